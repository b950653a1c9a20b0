// Typed text that must outlive a reload, a refresh of the case and a switch of the conversation.
// It knows keys and texts, nothing of what they are for.

import type { Store } from '../storage'

export class Drafts {
  constructor(private readonly prefix: string, private readonly store: Store) {}

  read(key: string): string {
    return this.store.read(this.prefix + key) ?? ''
  }

  write(key: string, text: string): void {
    this.store.write(this.prefix + key, text === '' ? null : text)
  }

  /** readObject lays what writeObject kept over a whole default, so that an old shape does no harm. */
  readObject<T extends object>(key: string, whole: T): T {
    const text = this.read(key)
    if (text === '') return whole
    try {
      const kept: unknown = JSON.parse(text)
      return typeof kept === 'object' && kept !== null ? { ...whole, ...kept } : whole
    } catch {
      return whole
    }
  }

  writeObject(key: string, value: object): void {
    this.write(key, JSON.stringify(value))
  }
}
