import { dateTime } from '../shared/format'
import { go, query } from './app'
import type { Page, Result } from './data'
import { failed, shown, told } from './data'
import { percent, topicName } from './names'
import { words } from './words'

const order = ['failed', 'flaky', 'broken', 'error', 'skipped', 'passed']
const tones: Record<string, string> = { passed: 'chip-good', failed: 'chip-bad', flaky: 'chip-warn', broken: 'chip-bad', error: 'chip-bad' }

export function StatusChip({ status }: { status: string }) {
  return <span class={`chip ${tones[status] ?? ''}`}>{words().status[status] ?? status}</span>
}

export function Overview({ page }: { page: Page }) {
  const w = words()
  const { run, scores } = page
  const cases = run.cases ?? []
  const counts = order.map((s) => ({ s, n: cases.filter((c) => c.status === s).length })).filter((x) => x.n > 0)
  const bad = cases.filter(failed)
  const facts: [string, string][] = [
    [w.stage, run.about.stage], [w.policy, run.about.policy], [w.faq, run.about.faq], ...(run.about.model ? [[w.model, run.about.model] as [string, string]] : []),
    [w.seed, String(run.seed)], [w.repeat, String(run.repeat)], ...(run.filter ? [[w.filter, run.filter] as [string, string]] : []), ...(run.shard ? [[w.shard, run.shard] as [string, string]] : []),
    ...(run.started ? [[w.started, dateTime(run.started)] as [string, string]] : []), ...(run.took_ms ? [[w.took, w.ms(run.took_ms)] as [string, string]] : []),
  ]
  return (
    <>
      <section class="tiles" aria-label={w.overview}>
        {counts.map(({ s, n }) => (
          <button key={s} type="button" class={`tile tile-${s}`} onClick={() => { query.value = `status:${s}`; go('cases') }}>
            <strong class="num">{n}</strong><span>{w.status[s]}</span>
          </button>
        ))}
      </section>
      {scores.questions > 0 && <Outcomes page={page} />}
      {bad.length > 0 && (
        <section class="part">
          <h2>{w.failuresFirst}</h2>
          <ul class="rows">{bad.slice(0, 20).map((c) => <CaseRow key={c.id} page={page} c={c} />)}</ul>
          {bad.length > 20 && <button type="button" class="btn btn-sm" onClick={() => { query.value = 'status:failed'; go('cases') }}>{w.more(bad.length - 20)}</button>}
        </section>
      )}
      <section class="part">
        <dl class="about">{facts.map(([k, v]) => <div key={k}><dt>{k}</dt><dd>{v}</dd></div>)}</dl>
      </section>
    </>
  )
}

/** The five things that can become of a question, as one bar. */
function Outcomes({ page }: { page: Page }) {
  const w = words()
  const s = page.scores
  const parts: [string, number, string][] = [[w.right, s.right, 'good'], [w.askedRight, s.asked_right, 'soft'], [w.askedWrong, s.asked_wrong, 'warn'], [w.refused, s.refused, 'mute'], [w.wrong, s.wrong, 'bad']]
  return (
    <section class="part">
      <h2>{w.questions} <span class="muted num">{s.questions}</span></h2>
      <div class="split" role="img" aria-label={parts.map(([k, n]) => `${k} ${n}`).join(', ')}>
        {parts.filter(([, n]) => n > 0).map(([k, n, tone]) => <span key={k} class={`seg seg-${tone}`} style={{ flexGrow: n }} title={`${k}: ${n}`} />)}
      </div>
      <ul class="legend">
        {parts.map(([k, n, tone]) => <li key={k}><span class={`dot seg-${tone}`} />{k} <strong class="num">{n}</strong> <span class="muted num">{percent(n / s.questions)}</span></li>)}
        <li>{w.macro} <strong class="num">{s.macro_f1.toFixed(3)}</strong></li>
      </ul>
    </section>
  )
}

/** A case in a list: what was asked or who it is, and what went wrong. */
export function CaseRow({ page, c }: { page: Page; c: Result }) {
  const w = words()
  const f = shown(c)?.failures?.[0]
  return (
    <li>
      <a class="row-case" href={`#cases/${encodeURIComponent(c.id)}`}>
        <span class="row-head"><StatusChip status={c.status} /><span class="grow clip">{c.question ? c.question.text : c.id}</span>{c.tier !== 'regression' && <span class="chip">{c.tier}</span>}</span>
        {f && <span class="row-sub clip">{w.wanted} {f.what === 'topic' ? topicName(page, f.want) : f.want.startsWith(`${f.what} `) ? f.want : `${f.what}: ${f.want}`} · {w.got} {f.what === 'topic' ? topicName(page, f.got) : f.got}</span>}
        {!f && c.why && <span class="row-sub clip">{c.why}</span>}
        {!f && !c.why && c.question && <span class="row-sub clip">{told(shown(c)?.answer?.said)}</span>}
      </a>
    </li>
  )
}

export function Slowest({ page }: { page: Page }) {
  const w = words()
  const timed = (page.run.cases ?? []).map((c) => ({ c, us: Math.max(0, ...(c.trials ?? []).map((t) => t.took_us ?? 0)) })).filter((x) => x.us > 0)
  timed.sort((a, b) => b.us - a.us)
  if (timed.length === 0) return <p class="muted">{w.noSlow}</p>
  return (
    <ol class="rows">
      {timed.slice(0, 50).map(({ c, us }) => (
        <li key={c.id}><a class="row-case row-flat" href={`#cases/${encodeURIComponent(c.id)}`}><span class="grow clip">{c.question ? c.question.text : c.id}</span><span class="num">{w.us(us)}</span></a></li>
      ))}
    </ol>
  )
}
