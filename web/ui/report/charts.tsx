import type { Point, Scores } from './data'
import { percent } from './names'
import { words } from './words'

/** The reliability diagram: how often the likeliest topic was right, by how sure the bot was. */
export function Calibration({ scores }: { scores: Scores }) {
  const w = words()
  const bins = (scores.bins ?? []).filter((b) => b.n > 0)
  if (bins.length === 0) return <p class="muted">{w.nothing}</p>
  const size = 320
  const most = Math.max(...bins.map((b) => b.n))
  const x = (f: number) => 40 + f * size
  const y = (f: number) => 10 + (1 - f) * size
  return (
    <section class="part">
      <p class="hint">{w.calibrationHint}</p>
      <div class="scroll-x">
        <svg class="chart" viewBox={`0 0 ${size + 60} ${size + 60}`} role="img" aria-label={`${w.ece} ${scores.ece.toFixed(3)}`}>
          {[0, 0.25, 0.5, 0.75, 1].map((f) => <g key={f}><line x1={x(0)} x2={x(1)} y1={y(f)} y2={y(f)} class="grid" /><text x={34} y={y(f) + 4} text-anchor="end">{f}</text><text x={x(f)} y={size + 28} text-anchor="middle">{f}</text></g>)}
          {bins.map((b) => <rect key={b.from} x={x(b.from) + 2} width={size / 10 - 4} y={y((b.n / most) * 0.5)} height={(b.n / most) * 0.5 * size} class="hist"><title>{b.n}</title></rect>)}
          <line x1={x(0)} y1={y(0)} x2={x(1)} y2={y(1)} class="ideal" />
          <polyline points={bins.map((b) => `${x(b.mean)},${y(b.right)}`).join(' ')} class="curve" />
          {bins.map((b) => <circle key={b.from} cx={x(b.mean)} cy={y(b.right)} r={4} class="point"><title>{`${percent(b.mean)} → ${percent(b.right)} (${b.n})`}</title></circle>)}
          <text x={x(0.5)} y={size + 50} text-anchor="middle">{w.meanConfidence}</text>
        </svg>
      </div>
      <p>{w.ece} <strong class="num">{scores.ece.toFixed(3)}</strong></p>
      <div class="scroll-x">
        <table class="table">
          <thead><tr><th scope="col">{w.confidence}</th><th scope="col">{w.questions}</th><th scope="col">{w.meanConfidence}</th><th scope="col">{w.share}</th></tr></thead>
          <tbody>{bins.map((b) => <tr key={b.from}><th scope="row" class="num">{b.from.toFixed(1)}–{b.to.toFixed(1)}</th><td class="num">{b.n}</td><td class="num">{percent(b.mean)}</td><td class="num">{percent(b.right)}</td></tr>)}</tbody>
        </table>
      </div>
    </section>
  )
}

/** How the runs that were kept went, oldest first. */
export function Trend({ points }: { points: Point[] }) {
  const w = words()
  const wide = Math.max(360, points.length * 48)
  const x = (i: number) => 46 + (points.length < 2 ? 0 : (i / (points.length - 1)) * (wide - 70))
  const y = (f: number) => 10 + (1 - f) * 200
  const pass = (p: Point) => (p.cases - (p.status['skipped'] ?? 0) === 0 ? 0 : (p.status['passed'] ?? 0) / (p.cases - (p.status['skipped'] ?? 0)))
  const line = (f: (p: Point) => number) => points.map((p, i) => `${x(i)},${y(f(p))}`).join(' ')
  return (
    <section class="part">
      <ul class="legend"><li><span class="dot seg-good" />{w.passShare}</li><li><span class="dot seg-soft" />{w.rightShare}</li></ul>
      <div class="scroll-x" tabIndex={0}>
        <svg class="chart chart-wide" style={{ width: `${wide}px` }} viewBox={`0 0 ${wide} 240`} role="img" aria-label={w.trend}>
          {[0, 0.25, 0.5, 0.75, 1].map((f) => <g key={f}><line x1={46} x2={wide - 20} y1={y(f)} y2={y(f)} class="grid" /><text x={40} y={y(f) + 4} text-anchor="end">{f * 100}</text></g>)}
          <polyline points={line(pass)} class="curve curve-good" />
          <polyline points={line((p) => p.right)} class="curve" />
          {points.map((p, i) => <g key={p.name}><circle cx={x(i)} cy={y(pass(p))} r={4} class="point point-good"><title>{`${p.name}: ${percent(pass(p))}`}</title></circle>{p.questions > 0 && <circle cx={x(i)} cy={y(p.right)} r={4} class="point"><title>{`${p.name}: ${percent(p.right)}`}</title></circle>}</g>)}
        </svg>
      </div>
      <div class="scroll-x">
        <table class="table">
          <thead><tr><th scope="col">{w.runs}</th><th scope="col">{w.cases}</th><th scope="col">{w.passShare}</th><th scope="col">{w.rightShare}</th><th scope="col">{w.macro}</th></tr></thead>
          <tbody>{points.map((p) => <tr key={p.name}><th scope="row">{p.name}</th><td class="num">{p.cases}</td><td class="num">{percent(pass(p))}</td><td class="num">{p.questions ? percent(p.right) : '—'}</td><td class="num">{p.questions ? p.macro_f1.toFixed(3) : '—'}</td></tr>)}</tbody>
        </table>
      </div>
    </section>
  )
}
