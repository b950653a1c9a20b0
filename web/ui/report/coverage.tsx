import type { Page, Touched } from './data'
import { percent, topicName } from './names'
import { words } from './words'

export function CoverageView({ page }: { page: Page }) {
  const w = words()
  const c = page.coverage
  return (
    <>
      <Block name={w.topics} t={c.topics} show={(id) => topicName(page, id)} />
      <Block name={w.steps} t={c.steps} />
      <Block name={w.states} t={c.states} />
      <Block name={w.transitions} t={c.transitions} />
    </>
  )
}

function Block({ name, t, show = (id) => id }: { name: string; t: Touched; show?: (id: string) => string }) {
  const w = words()
  const seen = Object.entries(t.seen).sort((a, b) => b[1] - a[1])
  const n = t.of - t.missed.length
  return (
    <section class="part">
      <h2>{name} <span class="muted num">{w.touched(n, t.of)} · {percent(t.of === 0 ? 0 : n / t.of)}</span></h2>
      <div class="split" aria-hidden="true"><span class="seg seg-good" style={{ flexGrow: n }} /><span class="seg seg-mute" style={{ flexGrow: t.missed.length }} /></div>
      {t.missed.length === 0 ? <p class="good">{w.allTouched}</p> : <p><span class="muted">{w.missed}</span> <span class="tags">{t.missed.map((m) => <span key={m} class="chip chip-warn">{show(m)}</span>)}</span></p>}
      <details><summary class="small muted">{w.all}</summary><p class="tags">{seen.map(([k, v]) => <span key={k} class="chip">{show(k)} <span class="num">{v}</span></span>)}</p></details>
    </section>
  )
}
