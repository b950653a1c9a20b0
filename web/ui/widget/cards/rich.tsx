import { clock } from '../../shared/format'
import type { Card as CardData } from '../../shared/wire'
import { Buttons, PressError } from './buttons'
import { CaseCard } from './case'
import { Claim } from './claim'
import { ComplaintCard } from './complaint'
import { Checklist } from './checklist'
import { Orders } from './orders'
import { Rows } from './rows'
import { Tracking } from './tracking'
import { Deadline, Verdict } from './verdict'

/** Every card that is more than a row of buttons. */
export function RichCard({ card, on }: { card: CardData; on: number }) {
  return (
    <div class="card" role="group" aria-label={card.title ?? card.verdict?.headline ?? undefined}>
      <Body card={card} on={on} />
      <div class="card-error"><PressError on={on} /></div>
    </div>
  )
}

function Body({ card, on }: { card: CardData; on: number }) {
  const title = card.title ? <h2>{card.title}</h2> : null
  const buttons = <Buttons buttons={card.buttons} on={on} />
  switch (card.kind) {
    case 'verdict':
      return (
        <>
          {card.verdict && <Verdict verdict={card.verdict} card={card} />}
          <div class="card-foot">{buttons}</div>
        </>
      )
    case 'orders':
      return <div class="card-body stack">{title}<Orders orders={card.orders ?? []} on={on} />{buttons}</div>
    case 'evidence':
      return (
        <div class="card-body stack">
          {title}
          <Checklist rows={card.checklist ?? []} of={card.case ?? card.complaint} on={on} />
          {card.deadline && <Deadline deadline={card.deadline} label={card.deadline_label} past={Date.parse(card.deadline) < clock.now()} />}
          {buttons}
        </div>
      )
    case 'case':
      return <CaseCard card={card} on={on} />
    case 'complaint':
      return <ComplaintCard card={card} on={on} />
    case 'claim':
      return <Claim card={card} on={on} />
    case 'tracking': {
      const form = card.buttons?.find((b) => b.action === 'fill_tracking' || b.action === 'send_rest')
      return (
        <div class="card-body stack">
          {title}
          <Rows rows={card.rows} />
          {card.deadline && <Deadline deadline={card.deadline} label={card.deadline_label} />}
          {form && <Tracking button={form} on={on} />}
          <Buttons buttons={card.buttons?.filter((b) => b !== form)} on={on} />
        </div>
      )
    }
    case 'choices':
    case 'summary':
      return (
        <div class="card-body stack">
          {title}
          <Rows rows={card.rows} />
          {card.deadline && <Deadline deadline={card.deadline} label={card.deadline_label} />}
          {buttons}
        </div>
      )
  }
}
