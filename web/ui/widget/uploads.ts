// The uploads of a chat: one set, wherever they are begun and shown; and what is told of those that do not work.
import { effect } from '@preact/signals'
import { Uploads } from '../shared/uploads/queue'
import type { App } from './context'

const made = new WeakMap<object, Uploads>()

export function uploadsOf({ chat, host }: Pick<App, 'chat' | 'host'>): Uploads {
  let uploads = made.get(chat)
  if (uploads) return uploads
  const fresh = uploads = new Uploads({
    token: () => chat.bearer(),
    renew: () => host.token(true),
    bounds: () => chat.connection.welcome.value?.limits,
    count: (id, family) => {
      const now = chat.state.value?.case
      return now?.id === id ? (now.evidence ?? []).filter((e) => e.party === 'buyer' && e.media?.startsWith(`${family}/`)).length : 0
    },
    onTrouble: (item, f) => report(chat, f.code, { case: item.case, kind: item.kind, type: item.media, bytes: String(item.bytes) }),
  })
  made.set(chat, fresh)
  effect(() => {
    // The server is back. Not within the effect: what wakes is read and written by it.
    if (chat.connection.phase.value === 'open') queueMicrotask(fresh.wake)
  })
  let before: { id: string; draft: boolean } | undefined
  effect(() => {
    // Submitted without them, or over: what did not work is no longer asked about.
    const now = chat.state.value?.case
    const filed = now !== undefined && before?.id === now.id && before.draft && now.state !== 'draft'
    if (now && (filed || now.terminal)) queueMicrotask(() => fresh.settle(now.id))
    before = now && { id: now.id, draft: now.state === 'draft' }
  })
  return fresh
}

/** Tells the assistant what went wrong; it answers with what to do about it. Kept until the server has it. */
export function report(chat: App['chat'], code: string, about: Record<string, string> = {}): void {
  chat.press(0, 'upload_trouble', { code, ...about })
}
