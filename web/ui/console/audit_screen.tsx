// The audit trail, for supervisors: newest first, further back as one scrolls, and whether its chain of hashes holds.

import { useEffect, useMemo, useRef, useState } from 'preact/hooks'
import { failureText } from '../shared/api'
import { Icon } from '../shared/icon'
import type { AuditEntry } from '../shared/wire'
import { roleName } from './accounts_words'
import { anything, Chain, checkUnasked, soundDays, stamped, toneOf, Trail, wanted } from './audit'
import type { Checked } from './audit'
import { actionName, auditWords, subjects } from './audit_words'
import { saveFile } from './download'
import type { Live } from './session'
import './audit.css'
import './wall.css'
import './reports.css'

export function AuditScreen({ live, onClose, onConversation }: { live: Live; onClose(): void; onConversation(id: string): void }) {
  const w = auditWords()
  const trail = useMemo(() => new Trail(live.api), [live])
  const chain = useMemo(() => new Chain(live.api), [live])
  const [saving, setSaving] = useState(false)
  const [trouble, setTrouble] = useState('')
  const end = useRef<HTMLButtonElement>(null)
  useEffect(() => {
    void trail.read().then(() => {
      if ((trail.entries.value?.[0]?.n ?? 0) <= checkUnasked) void chain.run()
    })
    return () => {
      trail.stop()
      chain.stop()
    }
  }, [trail, chain])
  const entries = trail.entries.value
  const more = trail.next.value !== ''
  useEffect(() => {
    const button = end.current
    if (!button || typeof IntersectionObserver === 'undefined') return
    const seen = new IntersectionObserver((list) => { if (list.some((x) => x.isIntersecting)) void trail.read(true) }, { rootMargin: '200px' })
    seen.observe(button)
    return () => seen.disconnect()
  }, [entries, more])
  const save = (): void => {
    setSaving(true)
    setTrouble('')
    live.api.auditFile(wanted(trail.wanted.value))
      .then((file) => saveFile(file, `recourse-audit-${stamped(new Date().toISOString()).slice(0, 10)}.csv`), (err: unknown) => setTrouble(failureText(err)))
      .finally(() => setSaving(false))
  }
  const good = soundDays(trail.wanted.value)
  return (
    <main class="wall" aria-label={w.title} aria-busy={trail.busy.value}>
      <div class="row wall-bar">
        <h2 class="grow audit-title">{w.title}</h2>
        <button type="button" class="btn btn-sm" disabled={trail.busy.value || !good} onClick={() => void trail.read()}><Icon name="retry" class="icon-sm" />{w.refresh}</button>
        <button type="button" class="btn btn-sm" disabled={saving || !good} onClick={save}><Icon name="file" class="icon-sm" />{saving ? w.saving : w.save}</button>
        <button type="button" class="btn btn-sm" onClick={onClose}><Icon name="chat" class="icon-sm" />{w.close}</button>
      </div>
      <ChainLine chain={chain} />
      <Filters trail={trail} />
      {!good && <p class="note note-warn" role="alert">{w.badDays}</p>}
      {(trouble || trail.trouble.value) && <p class="note note-bad" role="alert">{trouble || trail.trouble.value}</p>}
      <p class="small muted audit-count" role="status">{trail.busy.value && !entries ? w.loading : entries?.length === 0 && !more ? w.none : ''}</p>
      <ul class="audit-list" aria-label={w.title}>{entries?.map((e) => <Line key={e.n} entry={e} onConversation={onConversation} />)}</ul>
      {more && <button ref={end} type="button" class="btn btn-block audit-more" disabled={trail.busy.value} onClick={() => void trail.read(true)}>{trail.busy.value ? w.loading : w.more}</button>}
      {!more && entries && entries.length > 0 && <p class="small muted audit-count">{w.all}</p>}
    </main>
  )
}

const noteOf: Record<Checked['is'], string> = { not: '', running: '', whole: 'note-good', broken: 'note-bad', failed: 'note-warn' }

function ChainLine({ chain }: { chain: Chain }) {
  const w = auditWords()
  const now = chain.state.value
  const said = now.is === 'not' ? w.notChecked
    : now.is === 'running' ? w.checking(now.n, now.all)
    : now.is === 'whole' ? w.whole(now.n)
    : now.is === 'failed' ? w.failed(now.why)
    : `${w.broken(now.at)} · ${w.faults[now.fault] ?? now.fault}${now.n > 0 ? ` · ${w.good(now.n)}` : ''}`
  return (
    <div class={`note audit-chain ${noteOf[now.is]}`}>
      <Icon name={now.is === 'whole' ? 'shield' : now.is === 'broken' || now.is === 'failed' ? 'alert' : 'info'} class="icon-sm" />
      <div class="grow">
        <p class="num" role={now.is === 'broken' ? 'alert' : 'status'}>{said}</p>
        {now.is === 'whole' && now.hash && <p class="small audit-hash">{w.wholeHash(now.hash)}</p>}
      </div>
      <button type="button" class="btn btn-sm" disabled={now.is === 'running'} onClick={() => void chain.run()}>{now.is === 'not' ? w.check : w.checkAgain}</button>
    </div>
  )
}

function Filters({ trail }: { trail: Trail }) {
  const w = auditWords()
  const q = trail.wanted.value
  const actors = [...new Set((trail.entries.value ?? []).map((e) => e.actor))].sort()
  return (
    <form class="audit-filters" role="search" aria-label={w.filters} onSubmit={(e) => { e.preventDefault(); void trail.read() }}>
      <input class="input" aria-label={w.actor} placeholder={w.actor} list="audit-actors" maxLength={64} autocapitalize="none" autocomplete="off" spellcheck={false} value={q.actor} onInput={(e) => trail.change({ actor: e.currentTarget.value })} />
      <datalist id="audit-actors">{actors.map((a) => <option key={a} value={a} />)}</datalist>
      <select class="input" aria-label={w.action} value={q.action} onChange={(e) => trail.change({ action: e.currentTarget.value })}>
        <option value="">{w.anyAction}</option>
        {subjects().map(([subject, actions]) => actions.length === 1
          ? <option key={subject} value={actions[0]}>{actionName(actions[0] ?? '')}</option>
          : (
            <optgroup key={subject} label={w.subjects[subject] ?? subject}>
              {!actions.includes(subject) && <option value={subject}>{w.allOf(w.subjects[subject] ?? subject)}</option>}
              {actions.map((a) => <option key={a} value={a}>{actionName(a)}</option>)}
            </optgroup>
          ))}
      </select>
      <input class="input" aria-label={w.about} placeholder={w.about} maxLength={64} autocapitalize="none" autocomplete="off" spellcheck={false} value={q.about} onInput={(e) => trail.change({ about: e.currentTarget.value })} />
      <div class="row audit-days">
        <label class="row small">{w.from}<input type="date" class="input report-date" value={q.from} max={q.to || undefined} onChange={(e) => trail.change({ from: e.currentTarget.value })} /></label>
        <label class="row small">{w.to}<input type="date" class="input report-date" value={q.to} min={q.from || undefined} onChange={(e) => trail.change({ to: e.currentTarget.value })} /></label>
      </div>
      {Object.values(q).some(Boolean) && <button type="button" class="btn btn-sm btn-quiet" onClick={() => trail.change(anything)}>{w.clear}</button>}
    </form>
  )
}

const outcomeName = (outcome: string): string => {
  const w = auditWords()
  return outcome === 'done' ? w.done : outcome === 'begun' ? w.begun : w.refused(outcome)
}

/** An entry in a line; open, with everything that it says. */
function Line({ entry: e, onConversation }: { entry: AuditEntry; onConversation(id: string): void }) {
  const w = auditWords()
  const [open, setOpen] = useState(false)
  const f = w.fields
  const facts: [string, string | undefined][] = [
    [f.n, String(e.n ?? '')], [f.at, stamped(e.at)], [f.actor, e.actor], [f.role, e.role && roleName(e.role)], [f.action, `${actionName(e.action)} (${e.action})`], [f.outcome, outcomeName(e.outcome)],
    [f.object, e.object], [f.conversation, e.conversation], [f.case, e.case], [f.via, w.vias[e.via] ?? e.via], [f.address, e.address], [f.request, e.request],
    ...Object.entries(e.details ?? {}).map(([name, value]): [string, string] => [w.details[name] ?? name, value]), [f.hash, e.hash],
  ]
  return (
    <li>
      <details class="audit-line" onToggle={(x) => setOpen(x.currentTarget.open)}>
        <summary>
          <span class="audit-head">
            <time class="small muted num" dateTime={e.at}>{stamped(e.at)}</time>
            <strong class="audit-who">{e.actor}</strong>
            <span class="audit-what">{actionName(e.action)}{e.object && <span class="muted"> · {e.object}</span>}</span>
            <span class={`chip wrap ${toneOf(e.outcome)}`}>{outcomeName(e.outcome)}</span>
          </span>
        </summary>
        {open && <dl class="audit-facts">{facts.map(([name, value]) => value && <div key={name}><dt>{name}</dt><dd class="num">{value}</dd></div>)}</dl>}
        {open && e.conversation && <button type="button" class="btn btn-sm" onClick={() => onConversation(e.conversation ?? '')}>{w.open}</button>}
      </details>
    </li>
  )
}
