// What is closed: conversations that an agent resolved and that nobody has taken or asked for since, the latest first. They
// are found as any other conversation is (search.tsx); more is read at the end of the list.

import { useEffect } from 'preact/hooks'
import { dateTime } from '../shared/format'
import { Icon } from '../shared/icon'
import type { Found } from '../shared/wire'
import type { Desk } from './desk'
import type { InboxMap } from './inbox'
import { inboxWords } from './inbox_words'
import { stateName } from './names'
import { Rows } from './rows'
import type { Search } from './search'

/** closedOf are those of a reading that are still closed: what is on the desk again is not. */
export const closedOf = (found: readonly Found[] | undefined, inbox: InboxMap): Found[] => (found ?? []).filter((f) => !inbox.has(f.conversation))

export function ClosedList({ desk, closed, rowHeight, label, onOpen }: { desk: Desk; closed: Search; rowHeight: number; label: string; onOpen(id: string): void }) {
  const w = inboxWords()
  useEffect(() => {
    void closed.read('again')
    return () => closed.stop()
  }, [closed])
  // What leaves the desk may have been resolved.
  const onDesk = desk.inbox.value.size
  useEffect(() => { if (closed.found.peek()) closed.later() }, [closed, onDesk])
  const items = closedOf(closed.found.value, desk.inbox.value)
  const more = closed.next.value !== ''
  const busy = closed.busy.value
  return (
    <>
      {closed.trouble.value && <p class="note note-bad" role="alert">{closed.trouble.value}</p>}
      {items.length === 0 && !closed.trouble.value && <p class="pane-quiet" role="status">{busy || more ? w.reading : <><Icon name="checkCircle" />{w.closedNone}</>}</p>}
      {items.length > 0 && (
        <Rows count={items.length} height={rowHeight} label={label} current={items.findIndex((f) => f.conversation === desk.open.value)}
          onEnd={() => { if (more && !closed.busy.peek()) void closed.read('more') }} row={(i) => {
            const found = items[i]
            return found && <Closed key={found.conversation} found={found} open={desk.open.value === found.conversation} onOpen={onOpen} />
          }} />
      )}
      {more && <button type="button" class="btn btn-sm inbox-more" disabled={busy} onClick={() => void closed.read('more')}>{busy ? w.reading : w.more}</button>}
    </>
  )
}

function Closed({ found, open, onOpen }: { found: Found; open: boolean; onOpen(id: string): void }) {
  const at = found.resolved_at ?? found.at
  return (
    <button type="button" id={`inbox-${found.conversation}`} class="inbox-item" aria-current={open ? 'true' : undefined} onClick={() => onOpen(found.conversation)}>
      <span class="inbox-top">
        <span class="inbox-buyer clip">{found.buyer}</span>
        <span class="inbox-time num"><span class="sr-only">{inboxWords().closedAt} </span><time dateTime={at}>{dateTime(at)}</time></span>
      </span>
      {found.title && <span class="inbox-case clip">{found.title}</span>}
      <span class="inbox-facts">
        {found.case_state && <span class="chip">{stateName(found.case_state)}</span>}
        {found.agent_name && <span class="inbox-holder clip"><Icon name="headset" class="icon-sm" />{found.agent_name}</span>}
        {(found.tags ?? []).map((tag) => <span key={tag} class="chip clip">{tag}</span>)}
      </span>
    </button>
  )
}
