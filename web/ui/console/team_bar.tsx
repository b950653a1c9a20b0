// The agent's status with his room, and what he is offered with the time that is left.

import { useEffect, useState } from 'preact/hooks'
import { Icon } from '../shared/icon'
import type { Offer, Team } from './team'
import { teamWords } from './team_words'

export function StatusSwitch({ team }: { team: Team }) {
  const w = teamWords()
  const view = team.view.value
  if (!view) return null
  const online = view.status === 'online'
  return (
    <span class="team-status">
      <span class="small muted num team-room">{view.capacity > 0 ? w.room(view.open, view.capacity) : w.noRoom}</span>
      <button type="button" class={`btn btn-quiet btn-sm team-switch ${online ? 'is-online' : ''}`} role="switch" aria-checked={online} aria-label={w.status}
        onClick={() => team.setStatus(online ? 'away' : 'online')}>
        <span class="team-light" />{online ? w.online : w.away}
      </button>
    </span>
  )
}

export function Offers({ team, onOpen }: { team: Team; onOpen(id: string): void }) {
  const w = teamWords()
  const offers = team.offers.value
  if (offers.length === 0) return null
  return (
    <ul class="offers" aria-label={w.offers} aria-live="assertive">
      {offers.map((o) => <OfferLine key={o.item.conversation} offer={o} team={team} onOpen={onOpen} />)}
    </ul>
  )
}

function OfferLine({ offer, team, onOpen }: { offer: Offer; team: Team; onOpen(id: string): void }) {
  const w = teamWords()
  const { item } = offer
  const left = useSecondsTo(offer.ends)
  return (
    <li class="offer">
      <Icon name="headset" class="icon-sm" />
      <span class="offer-buyer clip">{w.offer(item.buyer)}</span>
      <span class={`num offer-left ${left <= 5 ? 'is-soon' : ''}`} aria-hidden="true">{w.left(left)}</span>
      <button type="button" class="btn btn-sm" onClick={() => team.decline(item)}>{w.decline}</button>
      <button type="button" class="btn btn-sm btn-primary" onClick={() => { team.accept(item); onOpen(item.conversation) }}>{w.accept}</button>
    </li>
  )
}

/** Whole seconds until an instant of this machine's clock. */
function useSecondsTo(end: number): number {
  const left = (): number => Math.max(0, Math.ceil((end - Date.now()) / 1000))
  const [seconds, set] = useState(left)
  useEffect(() => {
    set(left())
    const id = setInterval(() => set(left()), 250)
    return () => clearInterval(id)
  }, [end])
  return seconds
}
