import type { Failure, Page, Result, View } from './data'
import { shown } from './data'
import { percent, topicName } from './names'
import { StatusChip } from './overview'
import { Bubbles, Own } from './transcript'
import { words } from './words'

/** One case: what was played, as the chat shows it, and what did not hold, where it did not hold. */
export function Detail({ page, c }: { page: Page; c: Result }) {
  const w = words()
  const trial = shown(c)
  const passed = (c.trials ?? []).reduce((n, t) => n + (t.failures?.length ? 0 : t.times), 0)
  const of = (c.trials ?? []).reduce((n, t) => n + t.times, 0)
  const at = (step: number) => (trial?.failures ?? []).filter((f) => (f.step ?? 0) === step)
  return (
    <article class="detail">
      <a class="btn btn-sm btn-quiet" href="#cases">{w.back}</a>
      <h2 class="detail-title">{c.id}</h2>
      <p class="tags"><StatusChip status={c.status} />{of > 1 && <span class="chip">{w.trials(passed, of)}</span>}<span class="chip">{c.lang}</span>{(c.tags ?? []).map((t) => <span key={t} class="chip">{t}</span>)}<code class="small">{c.pos.file}{c.pos.line ? `:${c.pos.line}` : ''}</code></p>
      {c.why && <p class="note note-warn">{c.why}</p>}
      <Failures list={at(0)} page={page} />
      <div class="chat">
        {c.question && trial?.answer && (
          <>
            <Own text={c.question.text} />
            <Bubbles list={trial.answer.said} />
          </>
        )}
        {(trial?.views ?? []).map((v, i) => <Turn key={i} page={page} v={v} n={i + 1} failures={at(i + 1)} was={trial?.views?.[i - 1]} />)}
        <Failures list={(trial?.failures ?? []).filter((f) => (f.step ?? 0) > (trial?.views?.length ?? 0))} page={page} />
      </div>
      {c.question && trial?.answer && <Ranks page={page} c={c} />}
    </article>
  )
}

function Turn({ page, v, n, failures, was }: { page: Page; v: View; n: number; failures: Failure[]; was: View | undefined }) {
  const w = words()
  const marks = [
    v.holder !== (was?.holder ?? 'bot') && (w.holder[v.holder] ?? v.holder), v.case && v.case.state !== was?.case?.state && v.case.state, ...(v.moves ?? []),
    v.step && v.step !== was?.step && `step ${v.step}`,
  ].filter((m): m is string => typeof m === 'string' && m !== '')
  return (
    <section class={`turn ${failures.length > 0 ? 'is-bad' : ''}`} aria-label={w.step(n)}>
      <p class="turn-head"><span class="num">{w.step(n)}</span>{marks.map((m) => <code key={m}>{m}</code>)}</p>
      {v.did && <Own text={v.did} />}
      {v.said?.length ? <Bubbles list={v.said} /> : <p class="muted small">{w.silent}</p>}
      <Failures list={failures} page={page} />
    </section>
  )
}

function Failures({ list, page }: { list: Failure[]; page: Page }) {
  const w = words()
  if (list.length === 0) return null
  return (
    <ul class="fails">
      {list.map((f, i) => (
        <li key={i} class="note note-bad">
          <p><strong>{f.what}</strong> <code class="small">{f.pos.file}{f.pos.line ? `:${f.pos.line}` : ''}</code></p>
          <p><span class="muted">{w.wanted}</span> {f.what === 'topic' ? topicName(page, f.want) : f.want}</p>
          <p><span class="muted">{w.got}</span> {f.what === 'topic' ? topicName(page, f.got) : f.got}</p>
        </li>
      ))}
    </ul>
  )
}

function Ranks({ page, c }: { page: Page; c: Result }) {
  const w = words()
  const ranked = shown(c)?.answer?.ranked ?? []
  if (ranked.length === 0) return null
  return (
    <section class="part">
      <h3>{w.likely}</h3>
      <ul class="bars">
        {ranked.map((r) => (
          <li key={r.topic} class={r.topic === c.question?.topic ? 'is-want' : ''}>
            <span class="grow clip">{topicName(page, r.topic)}</span><span class="bar"><span style={{ width: `${Math.max(1, r.p * 100)}%` }} /></span><span class="num">{percent(r.p)}</span>
          </li>
        ))}
      </ul>
    </section>
  )
}
