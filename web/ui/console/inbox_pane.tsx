// The inbox: what is the agent's, what waits, all of it, and what is closed, most urgent first.

import { signal } from '@preact/signals'
import { Countdown } from '../shared/countdown'
import { clock, dateTime, time } from '../shared/format'
import { Icon } from '../shared/icon'
import type { InboxItem } from '../shared/wire'
import { ClosedList } from './closed_list'
import type { Desk } from './desk'
import { called, listed, put, putOff, sectionOf, tabs, unread, waitingFor, waitingUrgency } from './inbox'
import type { Section, Tab } from './inbox'
import { inboxWords } from './inbox_words'
import { stateName, timerName } from './names'
import { Rows } from './rows'
import type { Search } from './search'
import { Offers } from './team_bar'
import { teamWords } from './team_words'
import { text } from './text'

/** What an agent looks at in his inbox. */
export const tab = signal<Tab>('all')

/** Every row has this height, so that a long list needs only those in sight; the style sheet knows it too. */
const rowHeight = 116

export function InboxPane({ desk, closed, onOpen }: { desk: Desk; closed: Search; onOpen(id: string): void }) {
  const t = text()
  const w = teamWords()
  const groups = desk.groups.value
  // Time brings back what is put off.
  if (groups.mine.some((item) => item.snoozed_until)) void clock.tick.value
  const now = clock.now()
  const shown = tab.value
  const items = shown === 'closed' ? [] : listed(groups, shown, now)
  const off = putOff(groups, now)
  const counts: Partial<Record<Tab, number>> = { mine: groups.mine.length - off.length, waiting: groups.waiting.length, all: desk.inbox.value.size }
  const line = (item: InboxItem | undefined) => item && <Row key={item.conversation} item={item} section={sectionOf(item, desk.login)} desk={desk} onOpen={onOpen} />
  return (
    <nav class="pane pane-inbox" aria-label={t.panes.inbox}>
      <Offers team={desk.team} onOpen={onOpen} />
      <div class="inbox-tabs" role="group" aria-label={w.tabsOf}>
        {tabs.map((name) => (
          <button key={name} type="button" class="inbox-tab" aria-pressed={shown === name} onClick={() => { tab.value = name }}>
            {w.tabs[name]}{counts[name] !== undefined && <span class={`count num ${name === 'waiting' && counts[name] > 0 ? 'is-hot' : ''}`}>{counts[name]}</span>}
          </button>
        ))}
      </div>
      {shown === 'closed' && <ClosedList desk={desk} closed={closed} rowHeight={rowHeight} label={w.tabs.closed} onOpen={onOpen} />}
      {shown !== 'closed' && !desk.ready.value && <p class="pane-quiet">{t.loading}</p>}
      {shown !== 'closed' && desk.ready.value && items.length === 0 && <p class="pane-quiet"><Icon name="checkCircle" />{shown === 'all' ? t.inboxEmpty : t.sectionEmpty[shown]}</p>}
      {items.length > 0 && (
        <Rows key={shown} count={items.length} height={rowHeight} label={w.tabs[shown]} current={items.findIndex((i) => i.conversation === desk.open.value)} row={(i) => line(items[i])} />
      )}
      {shown === 'mine' && off[0]?.snoozed_until && (
        <details class="inbox-off">
          <summary>{inboxWords().putOff(off.length, dateTime(off[0].snoozed_until))}</summary>
          <ul>{off.map((item) => <li key={item.conversation}>{line(item)}</li>)}</ul>
        </details>
      )}
    </nav>
  )
}

function Row({ item, section, desk, onOpen }: { item: InboxItem; section: Section; desk: Desk; onOpen(id: string): void }) {
  const t = text()
  const open = desk.open.value === item.conversation
  const w = inboxWords()
  const viewed = desk.viewed.value.get(item.conversation)
  const fresh = unread(item, viewed) && !(open && document.hasFocus())
  const named = called(item, desk.login, viewed)
  const snooze = put(item, clock.now())
  return (
      <button type="button" id={`inbox-${item.conversation}`} class={`inbox-item ${fresh ? 'is-unread' : ''}`} aria-current={open ? 'true' : undefined} onClick={() => onOpen(item.conversation)}>
        <span class="inbox-top">
          {fresh && <span class="dot"><span class="sr-only">{t.unread}</span></span>}
          <span class="inbox-buyer clip">{item.buyer}</span>
          {section === 'waiting' ? <Waited since={item.waiting_since} /> : item.last_at && <time class="inbox-time num" dateTime={item.last_at}>{time(item.last_at)}</time>}
        </span>
        {item.last && <span class="inbox-last clip">{item.last}</span>}
        {item.case_title && <span class="inbox-case clip">{item.case_title}</span>}
        {(item.case_state || item.deadline || section !== 'mine' || item.owed || named || snooze) && (
          <span class="inbox-facts">
            {named && <span class="chip chip-called" title={w.calledWhy}>{w.called}</span>}
            {snooze && item.snoozed_until && <span class={`chip ${snooze === 'back' ? 'chip-owed' : ''}`} {...(snooze === 'back' ? { title: w.dueWhy } : {})}>{snooze === 'back' ? w.due : w.back(dateTime(item.snoozed_until))}</span>}
            {section === 'waiting' && item.place && <span class="num muted">{teamWords().place(item.place)}</span>}
            {section === 'waiting' && item.offered && item.offered.to !== desk.login && <span class="inbox-holder clip">{teamWords().offeredTo(item.offered.name)}</span>}
            {section !== 'waiting' && item.owed && <Owed since={item.owed_since} />}
            {item.case_state && <span class="chip">{stateName(item.case_state)}</span>}
            {item.deadline && <span class="inbox-deadline" title={item.deadline_of && timerName(item.deadline_of)}><Countdown deadline={item.deadline} short /></span>}
            {section === 'others' && item.agent_name && <span class="inbox-holder clip"><Icon name="headset" class="icon-sm" />{item.agent_name}</span>}
          </span>
        )}
      </button>
  )
}

/** That the buyer waits for an answer, and for how long. */
function Owed({ since }: { since: string | undefined }) {
  void clock.tick.value
  const now = clock.now()
  return <span class={`chip chip-owed num is-wait-${waitingUrgency(since, now)}`}>{teamWords().owed}{since && ` ${waitingFor(since, now)}`}</span>
}

function Waited({ since }: { since: string | undefined }) {
  void clock.tick.value
  const now = clock.now()
  if (!since) return null
  return <span class={`waited num is-${waitingUrgency(since, now)}`}><span class="sr-only">{text().waited} </span>{waitingFor(since, now)}</span>
}
