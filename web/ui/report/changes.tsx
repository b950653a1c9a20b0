import type { Change, Comparison, Page, Side } from './data'
import { chance, percent, topicName } from './names'
import { StatusChip } from './overview'
import { words } from './words'

/** What changed since the other run, broken first, both answers side by side. */
export function Changes({ page, compared }: { page: Page; compared: Comparison }) {
  const w = words()
  const list = compared.changes ?? []
  if (list.length === 0) return <p class="muted">{w.noChanges}</p>
  const [all, ...groups] = compared.tests ?? [] // the first is over all cases
  const kinds = [...new Set(list.map((c) => c.kind))]
  return (
    <>
      {all && <p class="hint">{w.broken} {all.broken}, {w.fixed} {all.fixed} · {w.chance(chance(all.p))}</p>}
      {kinds.map((k) => (
        <section key={k} class="part">
          <h2>{w.kinds[k] ?? k} <span class="muted num">{list.filter((c) => c.kind === k).length}</span></h2>
          <ul class="rows">{list.filter((c) => c.kind === k).slice(0, 200).map((c) => <One key={c.id} page={page} c={c} />)}</ul>
        </section>
      ))}
      {groups.length > 0 && (
        <section class="part">
          <h2>{w.byGroup}</h2>
          <ul class="rows">{groups.map((t) => <li key={t.name} class="change small">{t.name}: {w.broken} {t.broken}, {w.fixed} {t.fixed} <span class="muted">· {w.chance(chance(t.p))}</span></li>)}</ul>
        </section>
      )}
    </>
  )
}

function One({ page, c }: { page: Page; c: Change }) {
  const w = words()
  const asked = page.run.cases?.find((r) => r.id === c.id)?.question?.text
  return (
    <li class="change">
      <a href={`#cases/${encodeURIComponent(c.id)}`}><strong>{asked ?? c.id}</strong></a>
      {c.step ? <span class="muted"> · {w.step(c.step)}</span> : null}{c.why && <p class="small muted">{c.why}</p>}
      <div class="sides"><SideView name={w.before} side={c.old} page={page} /><SideView name={w.now} side={c.new} page={page} /></div>
    </li>
  )
}

function SideView({ name, side, page }: { name: string; side: Side | undefined; page: Page }) {
  const w = words()
  return (
    <div class="side">
      <p class="label">{name} {side?.status && <StatusChip status={side.status} />}</p>
      {side?.topic && <p class="small">{topicName(page, side.topic)} {side.confidence !== undefined && <span class="muted num">{percent(side.confidence)}</span>}</p>}
      {side?.text && <p class="bubble">{side.text}</p>}
      {(side?.failures ?? []).map((f, i) => <p key={i} class="small bad">{f.what}: {w.wanted} {f.want}, {w.got} {f.got}</p>)}
    </div>
  )
}
