import { signal } from '@preact/signals'
import { useMemo } from 'preact/hooks'
import { go, query } from './app'
import type { Cell, Page, Result } from './data'
import { CaseRow } from './overview'
import { percent, topicName } from './names'
import { words } from './words'

const picked = signal<Cell | null>(null)

export function Topics({ page }: { page: Page }) {
  const w = words()
  const s = page.scores
  const cells = s.cells ?? []
  const worst = useMemo(() => cells.filter((c) => c.want !== c.got).sort((a, b) => b.cases.length - a.cases.length), [cells])
  if (s.questions === 0) return <p class="muted">{w.nothing}</p>
  return (
    <>
      <section class="part">
        <h2>{w.confusions}</h2>
        <ul class="rows">
          {worst.slice(0, 12).map((c) => (
            <li key={`${c.want}|${c.got}`}><button type="button" class="row-case row-flat" aria-pressed={picked.value === c} onClick={() => { picked.value = c }}>
              <span class="grow clip">{topicName(page, c.want)} <span class="muted">→</span> {topicName(page, c.got)}</span><strong class="num">{c.cases.length}</strong>
            </button></li>
          ))}
        </ul>
      </section>
      <section class="part">
        <h2>{w.matrix}</h2>
        <p class="hint">{w.matrixHint}</p>
        <Matrix page={page} cells={cells} />
        <Picked page={page} />
      </section>
      <section class="part">
        <h2>{w.topics}</h2>
        <div class="scroll-x">
          <table class="table">
            <thead><tr><th scope="col">{w.topic}</th><th scope="col">F1</th><th scope="col">{w.precision}</th><th scope="col">{w.recall}</th><th scope="col">{w.n}</th><th scope="col">{w.given}</th></tr></thead>
            <tbody>
              {(s.topics ?? []).map((t) => (
                <tr key={t.topic}>
                  <th scope="row"><button type="button" class="btn-link" onClick={() => { query.value = `topic:${t.topic}`; go('cases') }}>{topicName(page, t.topic)}</button></th>
                  <td class="num">{t.f1.toFixed(2)}</td><td class="num">{percent(t.precision)}</td><td class="num">{percent(t.recall)}</td><td class="num">{t.wanted}</td><td class="num">{t.given}</td>
                </tr>
              ))}
            </tbody>
          </table>
        </div>
      </section>
    </>
  )
}

function Picked({ page }: { page: Page }) {
  const w = words()
  const c = picked.value
  if (!c) return <p class="muted small">{w.pick}</p>
  const list = c.cases.map((i) => page.run.cases?.[i]).filter((r): r is Result => r !== undefined)
  return (
    <div class="picked" role="status">
      <h3>{topicName(page, c.want)} → {topicName(page, c.got)} <span class="muted num">{list.length}</span></h3>
      <ul class="rows">{list.slice(0, 60).map((r) => <CaseRow key={r.id} page={page} c={r} />)}</ul>
    </div>
  )
}

/** The topics that are ever confused, wanted by given. The rest of the matrix is a diagonal. */
function Matrix({ page, cells }: { page: Page; cells: Cell[] }) {
  const [rows, cols, at, most] = useMemo(() => {
    const off = cells.filter((c) => c.want !== c.got)
    const rows = [...new Set(off.map((c) => c.want))].sort()
    const cols = [...new Set([...off.map((c) => c.got), ...rows])].sort()
    return [rows, cols, new Map(cells.map((c) => [`${c.want}|${c.got}`, c])), Math.max(1, ...off.map((c) => c.cases.length))] as const
  }, [cells])
  return (
    <div class="matrix" tabIndex={0} role="group" aria-label={words().matrix}>
      <table>
        <thead><tr><td />{cols.map((c) => <th key={c} scope="col" title={topicName(page, c)}><span>{c}</span></th>)}</tr></thead>
        <tbody>
          {rows.map((r) => (
            <tr key={r}>
              <th scope="row" title={topicName(page, r)}>{r}</th>
              {cols.map((c) => {
                const cell = at.get(`${r}|${c}`)
                if (!cell) return <td key={c} />
                const n = cell.cases.length
                return (
                  <td key={c}><button type="button" class={r === c ? 'cell cell-right' : 'cell'} style={r === c ? undefined : { '--heat': String(0.15 + 0.85 * (n / most)) }}
                    aria-pressed={picked.value === cell} title={`${topicName(page, r)} → ${topicName(page, c)}: ${n}`} onClick={() => { picked.value = cell }}>{n}</button></td>
                )
              })}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  )
}
