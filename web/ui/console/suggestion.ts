// Replies that the copilot suggested and that stand in the reply field, by conversation. They are marked until they
// are sent or thrown away, so that an agent knows whose words he is about to send.

import { signal } from '@preact/signals'
import type { CopilotText } from '../shared/wire'

export const suggestions = signal<ReadonlyMap<string, CopilotText>>(new Map())

export function suggest(conversation: string, text: CopilotText): void {
  suggestions.value = new Map(suggestions.value).set(conversation, text)
}

export function unsuggest(conversation: string): void {
  const next = new Map(suggestions.value)
  if (next.delete(conversation)) suggestions.value = next
}
