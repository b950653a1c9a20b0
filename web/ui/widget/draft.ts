// The unsent text of a conversation, kept over reloads.
import { local, type Store } from '../shared/storage'

const key = (conversation: string): string => `recourse.draft.${conversation}`

export function readDraft(conversation: string, store: Store = local): string {
  return store.read(key(conversation)) ?? ''
}

export function keepDraft(conversation: string, text: string, store: Store = local): void {
  store.write(key(conversation), text === '' ? null : text)
}

/** Length as the server counts it: in code points, not in UTF-16 units. */
export function runes(text: string): number {
  let n = 0
  for (const _ of text) n++
  return n
}

/** Enter sends, but not the Enter that ends an input method's composition, nor one with a modifier. */
export function sends(e: Pick<KeyboardEvent, 'key' | 'shiftKey' | 'altKey' | 'isComposing' | 'keyCode'>, composing: boolean): boolean {
  return e.key === 'Enter' && !e.shiftKey && !e.altKey && !e.isComposing && !composing && e.keyCode !== 229
}
