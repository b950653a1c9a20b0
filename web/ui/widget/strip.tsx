import { useEffect, useRef, useState } from 'preact/hooks'
import { Countdown } from '../shared/countdown'
import { dateTime } from '../shared/format'
import { History } from '../shared/history'
import { Icon } from '../shared/icon'
import { CaseSentence } from '../shared/sentence'
import { Timeline } from '../shared/timeline'
import type { CaseView, KindView } from '../shared/wire'
import { Buttons, PressError } from './cards/buttons'
import { stateTone } from './cards/case'
import { KindBlock } from './cards/checklist'
import { OrderFacts } from './cards/orders'
import { Tracking } from './cards/tracking'
import { useApp } from './context'
import { Pieces } from './pieces'
import { renewLinks } from './links'
import { words } from './rich_words'
import { UploadBar } from './upload_bar'

/** The case, pinned over the log: one line, which opens to everything there is to know. */
export function CaseStrip() {
  const app = useApp()
  const { chat } = app
  const w = words()
  useEffect(() => renewLinks(app), [app])
  const [open, setOpen] = useState(false)
  const panel = useRef<HTMLDivElement>(null)
  const now = chat.state.value?.case
  useEffect(() => {
    if (open && panel.current) panel.current.scrollTop = 0
  }, [open])
  if (!now) return null
  return (
    <section class={`strip ${open ? 'is-open' : ''}`} aria-label={w.caseStrip}
      onKeyDown={(e) => { if (e.key === 'Escape' && open) { e.stopPropagation(); setOpen(false) } }}>
      <button type="button" class="strip-line" aria-expanded={open} aria-controls="case-panel" onClick={() => setOpen(!open)}>
        <span class="grow clip">{now.order.title}</span>
        {now.deadline && !now.terminal && <Countdown deadline={now.deadline} short />}
        <span class={`chip ${stateTone(now)}`}>{now.state_name}</span>
        <span class="sr-only">{open ? w.collapse : w.expand}</span>
        <Icon name="chevron" class="icon-sm turn" />
      </button>
      <div ref={panel} id="case-panel" class="strip-panel" hidden={!open} tabIndex={-1}>
        {open && <CasePanel now={now} onPressed={() => setOpen(false)} />}
      </div>
      {!open && <UploadBar />}
    </section>
  )
}

function CasePanel({ now, onPressed }: { now: CaseView; onPressed: () => void }) {
  const w = words()
  const form = now.buttons?.find((b) => b.action === 'fill_tracking')
  const rest = now.buttons?.filter((b) => b !== form)
  return (
    <div class="stack panel">
      <div class="order order-flat"><OrderFacts order={now.order} /></div>
      <CaseSentence case={now} />
      <dl class="facts">
        {now.reason_name && <div><dt>{now.type_name}</dt><dd>{now.reason_name}</dd></div>}
        {now.amounts?.map((row) => <div key={row.label}><dt>{row.label}</dt><dd class="num">{row.value}</dd></div>)}
      </dl>
      {now.asked_kinds?.length ? <Add title={w.asked} kinds={now.asked_kinds} now={now} /> : null}
      {now.rejection && <Said title={w.rejection} head={now.rejection.name} text={now.rejection.text} at={now.rejection.at} note={now.rejection.note} />}
      {now.ruling && <Said title={w.ruling} head={now.ruling.name} text={now.ruling.reasons} at={now.ruling.at} />}
      {form && <Tracking button={form} on={0} />}
      {/* The question that a press leads to stands in the log, so the panel makes way for it. */}
      <div onClick={(e) => { if (e.target instanceof Element && e.target.closest('button:not([aria-disabled="true"])')) onPressed() }}>
        <Buttons buttons={rest} on={0} label={w.actions} />
      </div>
      <PressError on={0} />
      <Timeline steps={now.steps} />
      {now.timeline?.length ? (
        <details class="rules">
          <summary><Icon name="clock" class="icon-sm" />{w.record}<span class="muted">({now.timeline.length})</span><Icon name="chevron" class="icon-sm" /></summary>
          <History lines={now.timeline} />
        </details>
      ) : null}
      <EvidenceList now={now} />
      <MoreEvidence now={now} />
      <p class="hint">{w.policyNote} · {w.ruleVersion(now.policy)}</p>
    </div>
  )
}

function Said({ title, head, text, at, note }: { title: string; head: string; text: string; at: string; note?: string | undefined }) {
  return (
    <div class="note note-block">
      <p class="small muted">{title} · <time class="num" dateTime={at}>{dateTime(at)}</time></p>
      <p><strong>{head}</strong></p>
      {text && <p class="quote">{text}</p>}
      {note && <p class="small">{note}</p>}
    </div>
  )
}

function EvidenceList({ now }: { now: CaseView }) {
  const w = words()
  const all = now.evidence ?? []
  const mine = all.filter((e) => e.party === 'buyer')
  const theirs = all.filter((e) => e.party === 'merchant')
  return (
    <div class="stack">
      <h2>{w.evidence}</h2>
      {all.length === 0 && <p class="small muted">{w.noEvidence}</p>}
      {mine.length > 0 && <div><h3 class="label">{w.ofBuyer}</h3><Pieces items={mine} now={now} titled /></div>}
      {theirs.length > 0 && <div><h3 class="label">{w.ofMerchant}</h3><Pieces items={theirs} now={now} titled /></div>}
    </div>
  )
}

function Add({ title, kinds, now }: { title: string; kinds: readonly KindView[]; now: CaseView }) {
  return (
    <div class="stack">
      {title && <h2>{title}</h2>}
      <ul class="checklist">
        {kinds.map((k) => <li key={k.kind} class="check-row"><KindBlock kind={k} titled of={now.id} now={now} can /></li>)}
      </ul>
    </div>
  )
}

/** What may be added besides what was asked for: closed at first, for it is long. */
function MoreEvidence({ now }: { now: CaseView }) {
  const w = words()
  const asked = new Set(now.asked_kinds?.map((k) => k.kind))
  const kinds = now.can_add?.filter((k) => !asked.has(k.kind)) ?? []
  if (kinds.length === 0) return null
  return (
    <details class="rules">
      <summary><Icon name="plus" class="icon-sm" />{w.addEvidence}<Icon name="chevron" class="icon-sm" /></summary>
      <Add title="" kinds={kinds} now={now} />
    </details>
  )
}
