// The handoff brief on top of the case pane: what an agent must know before he writes the first word. It is read from
// the server, which tells it from state; what a model sums up is elsewhere and marked.

import type { ComponentChildren } from 'preact'
import { useEffect, useId, useRef, useState } from 'preact/hooks'
import { failureText } from '../shared/api'
import { Countdown } from '../shared/countdown'
import { clock, dateTime, span } from '../shared/format'
import { locale } from '../shared/i18n'
import { Icon } from '../shared/icon'
import type { Brief, BriefFact, BriefMissing } from '../shared/wire'
import { factText, leading, named, stamp, temper } from './brief'
import { briefWords } from './brief_words'
import { timerName } from './names'
import type { Live } from './session'
import { text } from './text'
import './brief.css'

/** Entries come in bursts; the brief is read once after them. */
const settle = 400
const foldKey = 'brief'

export function BriefPanel({ live, conversation }: { live: Live; conversation: string }) {
  const w = briefWords()
  const { desk, api, drafts } = live
  const [brief, setBrief] = useState<Brief>()
  const [failure, setFailure] = useState('')
  const [again, setAgain] = useState(0)
  const [open, setOpen] = useState(drafts.read(foldKey) !== 'folded')
  const body = useId()
  const last = useRef('')
  const now = `${stamp(desk.state.value, desk.transcript.value.upTo, desk.caseView.value)}/${locale.value}/${again}`

  useEffect(() => {
    let current = true
    // The first is wanted at once.
    const timer = setTimeout(() => {
      last.current = now
      api.brief(conversation).then(
        (b) => { if (!current) return; setBrief(b); setFailure('') },
        (err: unknown) => { if (current) setFailure(failureText(err)) },
      )
    }, last.current === '' ? 0 : settle)
    return () => { current = false; clearTimeout(timer) }
  }, [now])

  // What could not be read while the server was away is read when it is back.
  const phase = live.connection.phase.value
  useEffect(() => { if (phase === 'open' && failure) setAgain(again + 1) }, [phase])

  const fold = (): void => {
    setOpen(!open)
    drafts.write(foldKey, open ? 'folded' : '')
  }
  const mood = brief && temper(brief)
  return (
    <section class="brief" aria-label={w.title}>
      <h2 class="brief-head">
        <button type="button" class="brief-fold" aria-expanded={open} aria-controls={body} onClick={fold}>
          <Icon name="chevron" class="icon-sm" />
          <span class="grow">{w.title}</span>
          {mood && <span class={`chip ${mood.kind !== 'anger' ? 'chip-bad' : 'chip-warn'}`}>{named(w.moods, mood.kind)}{w.times(mood.times)}</span>}
          {brief?.handoff && <Wait reason={brief.handoff.reason} since={brief.handoff.since} />}
        </button>
      </h2>
      <div id={body} class="brief-body" hidden={!open}>
        {!brief && !failure && <p class="small muted">{w.loading}</p>}
        {failure && <p class="note note-bad" role="alert"><span class="grow">{w.failed}：{failure}</span><button type="button" class="btn-link" onClick={() => setAgain(again + 1)}>{w.retry}</button></p>}
        {brief && <Told brief={brief} />}
      </div>
    </section>
  )
}

function Wait({ reason, since }: { reason: string; since: string }) {
  void clock.tick.value
  const waited = Date.parse(since)
  return <span class="chip chip-accent wrap">{text().reasons(reason)}{waited > 0 && ` · ${briefWords().since(span(Math.max(0, clock.now() - waited), true))}`}</span>
}

function Told({ brief }: { brief: Brief }) {
  const w = briefWords()
  const facts = leading(brief.facts)
  return (
    <>
      <Part title={w.lastWords}>
        {brief.last_words.length === 0 ? <Quiet>{w.nobody}</Quiet> : (
          <ul class="brief-list">
            {brief.last_words.map((x) => (
              <li key={x.seq}>
                <span class="brief-quote">{x.text}</span>
                <span class="small muted num"> <time dateTime={x.at}>{dateTime(x.at)}</time>{x.open && ` · ${w.open}`}</span>
              </li>
            ))}
          </ul>
        )}
      </Part>
      <Part title={w.promises}>
        {brief.promises.length === 0 ? <Quiet>{w.noPromises}</Quiet> : (
          <ul class="brief-list">
            {brief.promises.map((p) => (
              <li key={`${p.seq}${p.text}`}>
                <span class="brief-quote">{p.text}</span>
                <span class="small muted num"> {p.name || named(w.by, p.by)} · <time dateTime={p.at}>{dateTime(p.at)}</time> · {p.binds.map((b) => named(w.binds, b)).join(' ')}</span>
              </li>
            ))}
          </ul>
        )}
      </Part>
      {brief.verdict && (
        <Part title={w.verdict}>
          <p><code class="brief-code">{brief.verdict.code}</code> {brief.verdict.headline}</p>
          {brief.verdict.clauses && brief.verdict.clauses.length > 0 && (
            <details>
              <summary class="small">{w.clauses(brief.verdict.clauses.length)}</summary>
              <ul class="clauses">{brief.verdict.clauses.map((c) => <li key={c.id}><code>{c.id}</code> {c.text}</li>)}</ul>
              {brief.verdict.facts && <p class="small muted">{w.basis} {brief.verdict.facts.join(' ')}</p>}
            </details>
          )}
        </Part>
      )}
      <Part title={w.facts}>
        {brief.facts.length === 0 ? <Quiet>{w.noFacts}</Quiet> : <Facts facts={facts} />}
        {facts.length < brief.facts.length && (
          <details><summary class="small">{w.allFacts(brief.facts.length)}</summary><Facts facts={brief.facts.filter((f) => !facts.includes(f))} /></details>
        )}
      </Part>
      <Part title={w.evidence}>
        <dl class="brief-facts">
          {(['buyer', 'merchant'] as const).map((party) => {
            const has = brief.received.filter((e) => e.party === party)
            return (
              <div key={party}>
                <dt>{named(w.parties, party)} · {w.have}</dt>
                <dd>{has.length === 0 ? w.none : has.map((e) => (e.flags ? `${e.label}（${w.flagged(e.flags)}）` : e.label)).join(' · ')}</dd>
              </div>
            )
          })}
        </dl>
        <ul class="brief-list">
          {brief.missing.length === 0 && <li class="small muted">{w.missing}: {w.none}</li>}
          {brief.missing.map((m) => <li key={`${m.party}${m.labels.join()}`}><Missing row={m} /></li>)}
        </ul>
      </Part>
      <Part title={w.deadlines}>
        {brief.deadlines.length === 0 ? <Quiet>{w.noDeadlines}</Quiet> : (
          <ul class="brief-list">
            {brief.deadlines.map((d) => (
              <li key={d.timer} class={d.main ? 'is-main' : ''}><span>{timerName(d.timer)}</span> <Countdown deadline={d.at} />{d.then && <p class="small muted">{d.then}</p>}</li>
            ))}
          </ul>
        )}
      </Part>
      <Part title={w.mood}>
        {brief.mood.length === 0 ? <Quiet>{w.calm}</Quiet> : (
          <ul class="brief-list">
            {brief.mood.map((m) => (
              <li key={`${m.kind}${m.seq}${m.at}`}>
                <span class={`chip ${m.kind !== 'anger' ? 'chip-bad' : 'chip-warn'}`}>{named(w.moods, m.kind)}</span> {m.text && <span class="brief-quote">{m.text}</span>} <time class="small muted num" dateTime={m.at}>{dateTime(m.at)}</time>
              </li>
            ))}
          </ul>
        )}
      </Part>
      <Tried brief={brief} />
      <p class="small muted">{w.made}{brief.from > 1 && ` · ${w.from(brief.from)}`}</p>
    </>
  )
}

function Tried({ brief }: { brief: Brief }) {
  const w = briefWords()
  const { topics, repairs, step, misses } = brief.tried
  return (
    <Part title={w.tried}>
      {topics.length === 0 && repairs.length === 0 && !step && <Quiet>{w.nothing}</Quiet>}
      <dl class="brief-facts">
        {topics.length > 0 && <div><dt>{w.answered}</dt><dd>{topics.map((t) => `${t.label}${w.times(t.times)}`).join(' · ')}</dd></div>}
        {repairs.length > 0 && <div><dt>{w.stuck}</dt><dd>{repairs.map((r) => `${named(w.repairs, r.kind)}${r.code ? ` ${r.code}` : ''}${w.times(r.times)}`).join(' · ')}</dd></div>}
        {step && <div><dt>{w.stands}</dt><dd>{named(w.steps, step)}</dd></div>}
        {misses ? <div><dt /><dd>{w.missed(misses)}</dd></div> : null}
      </dl>
    </Part>
  )
}

function Facts({ facts }: { facts: readonly BriefFact[] }) {
  const w = briefWords()
  return (
    <dl class="brief-facts">
      {facts.map((f) => (
        <div key={f.key}><dt>{named(w.keys, f.key)}</dt><dd>{factText(f)} <span class="brief-source">{named(w.sources, f.source)}</span></dd></div>
      ))}
    </dl>
  )
}

function Missing({ row }: { row: BriefMissing }) {
  const w = briefWords()
  return (
    <>
      <Icon name="circle" class="icon-sm" /> {named(w.parties, row.party)} · {row.labels.join(w.or)}{' '}
      <span class={`chip ${row.required ? 'chip-warn' : ''}`}>{row.asked ? w.asked : row.required ? w.required : w.optional}</span>
      {row.until && <> <Countdown deadline={row.until} short /></>}
    </>
  )
}

function Part({ title, children }: { title: string; children: ComponentChildren }) {
  return <section class="brief-part"><h3>{title}</h3>{children}</section>
}

function Quiet({ children }: { children: ComponentChildren }) {
  return <p class="small muted">{children}</p>
}
