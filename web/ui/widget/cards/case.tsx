import { CaseSentence } from '../../shared/sentence'
import { money } from '../../shared/format'
import { Timeline } from '../../shared/timeline'
import type { Card, CaseView } from '../../shared/wire'
import { useApp } from '../context'
import { lastCard } from '../log'
import { Buttons } from './buttons'
import { Rows } from './rows'
import { Deadline } from './verdict'

export type ChipTone = '' | 'chip-good' | 'chip-warn' | 'chip-bad' | 'chip-accent'

/** A state that asks something of the buyer stands out; one that ended well is green. */
export function stateTone(c: Pick<CaseView, 'state' | 'waits_for' | 'terminal'>): ChipTone {
  if (c.state === 'refunded' || c.state === 'settled_no_refund') return 'chip-good'
  if (c.terminal || c.state.startsWith('closed_')) return ''
  return c.waits_for === 'buyer' ? 'chip-warn' : 'chip-accent'
}

/** Where the case stands. The newest such card lives with the case; older ones keep what was true then. */
export function CaseCard({ card, on }: { card: Card; on: number }) {
  const { chat } = useApp()
  const now = chat.state.value?.case
  const live = now && now.id === card.case && lastCard(chat.entries.value, 'case', now.id) === on
  if (!live) {
    return (
      <div class="card-body stack">
        {card.title && <h2>{card.title}</h2>}
        <Rows rows={card.rows} />
        {card.deadline && <Deadline deadline={card.deadline} label={card.deadline_label} past />}
        <Buttons buttons={card.buttons} on={on} />
      </div>
    )
  }
  return (
    <div class="card-body stack">
      <div class="row">
        <h2 class="grow clip">{now.order.title}</h2>
        <span class={`chip ${stateTone(now)}`}>{now.state_name}</span>
      </div>
      <p class="small muted num">{now.type_name}{now.type_name && ' · '}{money(now.amount_fen)}</p>
      <CaseSentence case={now} />
      <Timeline steps={now.steps} />
      <Buttons buttons={card.buttons} on={on} />
    </div>
  )
}
