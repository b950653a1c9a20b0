import { useState } from 'preact/hooks'
import { complaintTone, complaintWords } from '../shared/complaint'
import { Countdown } from '../shared/countdown'
import { Icon } from '../shared/icon'
import type { ComplaintView } from '../shared/wire'
import { ComplaintBody } from './cards/complaint'
import { useApp } from './context'
import { words } from './rich_words'

/** The newest complaint that is not over, pinned over the log: one line, which opens to all there is to know. */
export function ComplaintStrip() {
  const { chat } = useApp()
  const [open, setOpen] = useState(false)
  const now = pinned(chat.state.value?.complaints)
  const w = words()
  if (!now) return null
  return (
    <section class={`strip ${open ? 'is-open' : ''}`} aria-label={complaintWords().about}
      onKeyDown={(e) => { if (e.key === 'Escape' && open) { e.stopPropagation(); setOpen(false) } }}>
      <button type="button" class="strip-line" aria-expanded={open} aria-controls="complaint-panel" onClick={() => setOpen(!open)}>
        <span class="grow clip">{complaintWords().about}{' · '}{now.kind_name || now.order.title}</span>
        {now.deadline && !now.terminal && <Countdown deadline={now.deadline} short />}
        <span class={`chip ${complaintTone(now)}`}>{now.state_name}</span>
        <span class="sr-only">{open ? w.collapse : w.expand}</span>
        <Icon name="chevron" class="icon-sm turn" />
      </button>
      <div id="complaint-panel" class="strip-panel" hidden={!open} tabIndex={-1}>
        {open && (
          // What a press leads to stands in the log, so the panel makes way for it.
          <div class="panel" onClick={(e) => { if (e.target instanceof Element && e.target.closest('.buttons button:not([aria-disabled="true"])')) setOpen(false) }}>
            <ComplaintBody now={now} buttons={now.buttons} on={0} />
          </div>
        )}
      </div>
    </section>
  )
}

/** Whatever waits for the reader first; else the newest that is open. A draft is in the log already. */
export function pinned(list: readonly ComplaintView[] | undefined): ComplaintView | undefined {
  const open = list?.filter((c) => !c.terminal && c.state !== 'draft')
  return open?.find((c) => c.waiting_on_you) ?? open?.[0]
}
