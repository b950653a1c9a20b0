import { ComplaintFacts } from '../../shared/complaint'
import type { Card, ComplaintView } from '../../shared/wire'
import { useApp } from '../context'
import { lastCard } from '../log'
import { words } from '../rich_words'
import { Buttons, PressError } from './buttons'
import { KindBlock } from './checklist'
import { Deadline } from './verdict'

/** Where a complaint stands. The newest such card lives with it; older ones keep what was true then. */
export function ComplaintCard({ card, on }: { card: Card; on: number }) {
  const { chat } = useApp()
  const now = chat.state.value?.complaints?.find((c) => c.id === card.complaint)
  const live = now && lastCard(chat.entries.value, 'complaint', now.id) === on
  if (!live) {
    return (
      <div class="card-body stack">
        {card.title && <h2>{card.title}</h2>}
        {card.deadline && <Deadline deadline={card.deadline} label={card.deadline_label} past />}
        <Buttons buttons={card.buttons} on={on} />
      </div>
    )
  }
  return <div class="card-body"><ComplaintBody now={now} buttons={card.buttons} on={on} /></div>
}

export function ComplaintBody({ now, buttons, on }: { now: ComplaintView; buttons: Card['buttons']; on: number }) {
  const { view } = useApp()
  const w = words()
  return (
    <div class="stack">
      <ComplaintFacts view={now} onOpen={view} />
      {now.can_add?.length ? (
        <details class="rules">
          <summary>{w.addEvidence}</summary>
          <ul class="checklist">
            {now.can_add.map((k) => <li key={k.kind} class="check-row"><KindBlock kind={k} titled of={now.id} now={now} can /></li>)}
          </ul>
        </details>
      ) : null}
      <Buttons buttons={buttons} on={on} />
      {on === 0 && <PressError on={0} />}
    </div>
  )
}
