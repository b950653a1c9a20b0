// The list of conversations by section, most urgent first.

import { signal } from '@preact/signals'
import { Countdown } from '../shared/countdown'
import { clock, time } from '../shared/format'
import { Icon } from '../shared/icon'
import type { InboxItem } from '../shared/wire'
import type { Desk } from './desk'
import { stateName, timerName } from './names'
import { listed, sectionOf, tabs, unread, waitingFor, waitingUrgency } from './inbox'
import type { Section, Tab } from './inbox'
import { Rows } from './rows'
import { Offers } from './team_bar'
import { teamWords } from './team_words'
import { text } from './text'

/** What an agent looks at in his inbox. */
export const tab = signal<Tab>('all')

/** Every row has this height, so that a long list needs only those in sight; the style sheet knows it too. */
const rowHeight = 116

export function InboxPane({ desk, onOpen }: { desk: Desk; onOpen(id: string): void }) {
  const t = text()
  const w = teamWords()
  const groups = desk.groups.value
  const items = listed(groups, tab.value)
  const counts: Record<Tab, number> = { mine: groups.mine.length, waiting: groups.waiting.length, all: desk.inbox.value.size }
  const nothing = tab.value === 'all' ? t.inboxEmpty : t.sectionEmpty[tab.value]
  return (
    <nav class="pane pane-inbox" aria-label={t.panes.inbox}>
      <Offers team={desk.team} onOpen={onOpen} />
      <div class="inbox-tabs" role="group" aria-label={w.tabsOf}>
        {tabs.map((name) => (
          <button key={name} type="button" class="inbox-tab" aria-pressed={tab.value === name} onClick={() => { tab.value = name }}>
            {w.tabs[name]}<span class={`count num ${name === 'waiting' && counts.waiting > 0 ? 'is-hot' : ''}`}>{counts[name]}</span>
          </button>
        ))}
      </div>
      {!desk.ready.value && <p class="pane-quiet">{t.loading}</p>}
      {desk.ready.value && items.length === 0 && <p class="pane-quiet"><Icon name="checkCircle" />{nothing}</p>}
      {items.length > 0 && (
        <Rows count={items.length} height={rowHeight} label={w.tabs[tab.value]} current={items.findIndex((i) => i.conversation === desk.open.value)} row={(i) => {
          const item = items[i]
          return item && <Row key={item.conversation} item={item} section={sectionOf(item, desk.login)} desk={desk} onOpen={onOpen} />
        }} />
      )}
    </nav>
  )
}

function Row({ item, section, desk, onOpen }: { item: InboxItem; section: Section; desk: Desk; onOpen(id: string): void }) {
  const t = text()
  const open = desk.open.value === item.conversation
  const fresh = unread(item, desk.viewed.value.get(item.conversation)) && !(open && document.hasFocus())
  return (
      <button type="button" id={`inbox-${item.conversation}`} class={`inbox-item ${fresh ? 'is-unread' : ''}`} aria-current={open ? 'true' : undefined} onClick={() => onOpen(item.conversation)}>
        <span class="inbox-top">
          {fresh && <span class="dot"><span class="sr-only">{t.unread}</span></span>}
          <span class="inbox-buyer clip">{item.buyer}</span>
          {section === 'waiting' ? <Waited since={item.waiting_since} /> : item.last_at && <time class="inbox-time num" dateTime={item.last_at}>{time(item.last_at)}</time>}
        </span>
        {item.last && <span class="inbox-last clip">{item.last}</span>}
        {item.case_title && <span class="inbox-case clip">{item.case_title}</span>}
        {(item.case_state || item.deadline || section !== 'mine' || item.owed) && (
          <span class="inbox-facts">
            {section === 'waiting' && item.place && <span class="num muted">{teamWords().place(item.place)}</span>}
            {section === 'waiting' && item.offered && item.offered.to !== desk.login && <span class="inbox-holder clip">{teamWords().offeredTo(item.offered.name)}</span>}
            {section === 'mine' && item.owed && <span class="chip chip-owed">{teamWords().owed}</span>}
            {item.case_state && <span class="chip">{stateName(item.case_state)}</span>}
            {item.deadline && <span class="inbox-deadline" title={item.deadline_of && timerName(item.deadline_of)}><Countdown deadline={item.deadline} short /></span>}
            {section === 'others' && item.agent_name && <span class="inbox-holder clip"><Icon name="headset" class="icon-sm" />{item.agent_name}</span>}
          </span>
        )}
      </button>
  )
}

function Waited({ since }: { since: string | undefined }) {
  void clock.tick.value
  const now = clock.now()
  if (!since) return null
  return <span class={`waited num is-${waitingUrgency(since, now)}`}><span class="sr-only">{text().waited} </span>{waitingFor(since, now)}</span>
}
