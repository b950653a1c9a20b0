// The list of conversations by section, most urgent first.

import { Countdown } from '../shared/countdown'
import { clock, time } from '../shared/format'
import { Icon } from '../shared/icon'
import type { InboxItem } from '../shared/wire'
import type { Desk } from './desk'
import { stateName, timerName } from './names'
import { sections, unread, waitingFor, waitingUrgency } from './inbox'
import type { Section } from './inbox'
import { text } from './text'

export function InboxPane({ desk, onOpen }: { desk: Desk; onOpen(id: string): void }) {
  const t = text()
  const groups = desk.groups.value
  const nothing = desk.ready.value && desk.inbox.value.size === 0
  return (
    <nav class="pane pane-inbox" aria-label={t.panes.inbox}>
      {!desk.ready.value && <p class="pane-quiet">{t.loading}</p>}
      {nothing && <p class="pane-quiet"><Icon name="checkCircle" />{t.inboxEmpty}</p>}
      {desk.ready.value && !nothing && sections.map((section) => (
        <section key={section} class="inbox-section" aria-labelledby={`section-${section}`}>
          <h2 id={`section-${section}`} class="inbox-heading">
            {t.sections[section]}<span class={`count num ${section === 'waiting' && groups.waiting.length > 0 ? 'is-hot' : ''}`}>{groups[section].length}</span>
          </h2>
          {groups[section].length === 0
            ? <p class="inbox-none">{t.sectionEmpty[section]}</p>
            : <ul>{groups[section].map((item) => <Row key={item.conversation} item={item} section={section} desk={desk} onOpen={onOpen} />)}</ul>}
        </section>
      ))}
    </nav>
  )
}

function Row({ item, section, desk, onOpen }: { item: InboxItem; section: Section; desk: Desk; onOpen(id: string): void }) {
  const t = text()
  const open = desk.open.value === item.conversation
  const fresh = unread(item, desk.viewed.value.get(item.conversation)) && !(open && document.hasFocus())
  return (
    <li>
      <button type="button" id={`inbox-${item.conversation}`} class={`inbox-item ${fresh ? 'is-unread' : ''}`} aria-current={open ? 'true' : undefined} onClick={() => onOpen(item.conversation)}>
        <span class="inbox-top">
          {fresh && <span class="dot"><span class="sr-only">{t.unread}</span></span>}
          <span class="inbox-buyer clip">{item.buyer}</span>
          {section === 'waiting' ? <Waited since={item.waiting_since} /> : item.last_at && <time class="inbox-time num" dateTime={item.last_at}>{time(item.last_at)}</time>}
        </span>
        {item.last && <span class="inbox-last clip">{item.last}</span>}
        {item.case_title && <span class="inbox-case clip">{item.case_title}</span>}
        {(item.case_state || item.deadline || section === 'others') && (
          <span class="inbox-facts">
            {item.case_state && <span class="chip">{stateName(item.case_state)}</span>}
            {item.deadline && <span class="inbox-deadline" title={item.deadline_of && timerName(item.deadline_of)}><Countdown deadline={item.deadline} short /></span>}
            {section === 'others' && item.agent_name && <span class="inbox-holder clip"><Icon name="headset" class="icon-sm" />{item.agent_name}</span>}
          </span>
        )}
      </button>
    </li>
  )
}

function Waited({ since }: { since: string | undefined }) {
  void clock.tick.value
  const now = clock.now()
  if (!since) return null
  return <span class={`waited num is-${waitingUrgency(since, now)}`}><span class="sr-only">{text().waited} </span>{waitingFor(since, now)}</span>
}
