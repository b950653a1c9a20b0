// What was sent and is not yet stored. Kept in storage, one key per message, so that two tabs do not
// overwrite each other and a reload sends the same ids again; the server stores an id once.
import { signal } from '@preact/signals'
import type { Kept } from './frame'
import { readJSON, type Store } from './storage'

export interface SendError { code: string; message: string; retry: boolean }

export interface Pending {
  id: string
  frame: Kept
  /** When it was written, on the server's clock. */
  at: string
  /** waiting: to be sent; sent: on the wire; stored: acked, its entry has not come yet; failed: refused. */
  status: 'waiting' | 'sent' | 'stored' | 'failed'
  tries: number
  error?: SendError
}

const PREFIX = 'recourse.outbox.'

function isPending(v: unknown): v is Pending {
  if (typeof v !== 'object' || v === null) return false
  const p = v as Partial<Pending>
  return typeof p.id === 'string' && typeof p.at === 'string' && typeof p.frame === 'object' && p.frame !== null
}

/** What changes who has the floor loses its sense with time: it lives in memory only. */
const durable = (p: Pending): boolean => 'text' in p.frame || p.frame.t === 'press'

export class Outbox {
  readonly items = signal<readonly Pending[]>([])
  private scope = ''
  private readonly mine = new Set<string>()

  constructor(private readonly store: Store) {}

  /** Moves to the messages of another conversation. What was written in this page goes along. */
  open(scope: string): void {
    if (scope === this.scope) return
    const carried = this.items.value.filter((p) => this.mine.has(p.id))
    for (const p of carried) this.store.write(this.key(p.id), null)
    this.scope = scope
    const found = this.store.keys(this.key(''))
      .map((key) => readJSON(this.store, key, isPending))
      .filter((p) => p !== undefined)
      .map((p): Pending => (p.status === 'failed' ? p : { ...p, status: 'waiting' }))
    const ids = new Set(carried.map((p) => p.id))
    this.set([...found.filter((p) => !ids.has(p.id)), ...carried].sort((a, b) => (a.at < b.at ? -1 : a.at > b.at ? 1 : 0)))
    for (const p of carried) this.keep(p)
  }

  add(frame: Kept, at: string): Pending {
    const p: Pending = { id: frame.id, frame, at, status: 'waiting', tries: 0 }
    this.mine.add(p.id)
    this.set([...this.items.value, p])
    this.keep(p)
    return p
  }

  find(id: string): Pending | undefined {
    return this.items.value.find((p) => p.id === id)
  }

  change(id: string, patch: Partial<Omit<Pending, 'id'>>): void {
    const old = this.find(id)
    if (!old) return
    const next: Pending = { ...old, ...patch }
    this.set(this.items.value.map((p) => (p.id === id ? next : p)))
    if (next.status === 'stored') this.store.write(this.key(id), null)
    else this.keep(next)
  }

  /** Its place is taken by the same frame under another id. */
  rename(id: string, frame: Kept): void {
    const old = this.find(id)
    if (!old) return
    this.store.write(this.key(id), null)
    this.mine.add(frame.id)
    const next: Pending = { id: frame.id, frame, at: old.at, status: 'waiting', tries: 0 }
    this.set(this.items.value.map((p) => (p.id === id ? next : p)))
    this.keep(next)
  }

  remove(id: string): void {
    if (!this.find(id)) return
    this.store.write(this.key(id), null)
    this.set(this.items.value.filter((p) => p.id !== id))
  }

  /** What is to be sent after a welcome, in the order it was written. */
  unsent(): readonly Pending[] {
    return this.items.value.filter((p) => p.status === 'waiting' || p.status === 'sent')
  }

  private keep(p: Pending): void {
    if (durable(p)) this.store.write(this.key(p.id), JSON.stringify(p))
  }

  private key(id: string): string {
    return `${PREFIX}${this.scope}.${id}`
  }

  private set(next: readonly Pending[]): void {
    this.items.value = next
  }
}
