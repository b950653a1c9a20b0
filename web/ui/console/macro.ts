// What a canned reply does besides being said, once the agent has sent it. Each part can be done by hand as well; one that
// fails says so and leaves the rest.

import { failureText } from '../shared/api'
import type { Macro } from '../shared/wire'
import type { Live } from './session'
import { withTag } from './work_bar'

export function runMacro({ api, desk }: Pick<Live, 'api' | 'desk'>, conversation: string, macro: Macro): void {
  if (macro.note) desk.note(macro.note)
  const had = desk.inbox.value.get(conversation)?.tags ?? []
  const tags = (macro.tags ?? []).reduce(withTag, had as readonly string[])
  const snooze = macro.then === 'snooze' ? macro.minutes : undefined
  if (tags !== had || snooze !== undefined) {
    api.work(conversation, { ...(tags !== had ? { tags: [...tags] } : {}), ...(snooze !== undefined ? { snooze_minutes: snooze } : {}) }).then(
      (kept) => desk.worked(conversation, kept),
      (err: unknown) => desk.toast(failureText(err)),
    )
  }
  // The outbox sends in order: what was said stands before the floor changes.
  if (macro.then === 'release' || macro.then === 'resolve') desk.release(macro.then === 'resolve')
}
