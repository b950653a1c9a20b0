import { clock } from '../shared/format'
import type { Desk } from './desk'
import { text } from './text'

/** The other side writes; the line keeps its place so that nothing jumps. */
export function TypingLine({ desk }: { desk: Desk }) {
  void clock.tick.value
  const t = text()
  const typing = desk.open.value ? desk.typing.value.get(desk.open.value) : undefined
  const live = typing !== undefined && typing.until > Date.now()
  const name = typing?.name ?? (typing?.who === 'agent' ? t.who.agent : t.who.buyer)
  return <p class="typing" role="status">{live ? <><span class="typing-dots" aria-hidden="true"><i /><i /><i /></span>{t.typing(name)}</> : null}</p>
}
