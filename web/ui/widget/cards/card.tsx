import type { Card as CardData } from '../../shared/wire'
import { useRich } from '../lazy'
import { words } from '../words'
import { Buttons, PressError } from './buttons'

/** The structured part of the entry at a position. */
export function Card({ card, on }: { card: CardData; on: number }) {
  if (card.kind === 'choices' && !card.title) {
    return <div class="choices"><Buttons buttons={card.buttons} on={on} /><PressError on={on} /></div>
  }
  return <Rich card={card} on={on} />
}

function Rich({ card, on }: { card: CardData; on: number }) {
  const rich = useRich()
  if (!rich) return <div class="card card-body muted" aria-busy="true">{words().loadingPart}</div>
  return <rich.RichCard card={card} on={on} />
}
