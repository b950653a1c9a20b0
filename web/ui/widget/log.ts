// The conversation as this page knows it: pure functions over the entries of the log.
import type { Pending } from '../shared/outbox'
import type { CardKind, LogEntry } from '../shared/wire'

/** Adds an entry in its place; one that is already there changes nothing. */
export function merge(entries: readonly LogEntry[], entry: LogEntry): readonly LogEntry[] {
  const last = entries.at(-1)
  if (!last || entry.seq > last.seq) return [...entries, entry]
  const at = entries.findIndex((e) => e.seq >= entry.seq)
  if (entries[at]?.seq === entry.seq) return entries
  return [...entries.slice(0, at), entry, ...entries.slice(at)]
}

/** The position to resume from. Notes among agents are not sent to buyers, so gaps are no loss. */
export function position(entries: readonly LogEntry[]): number {
  return entries.at(-1)?.seq ?? 0
}

/** What is shown after the log: written here and not yet in it. */
export function unstored(pending: readonly Pending[], entries: readonly LogEntry[]): readonly Pending[] {
  const stored = new Set(entries.map((e) => e.client).filter((c) => c !== undefined))
  return pending.filter((p) => !stored.has(p.id))
}

/** How many entries of others come after a position. Presses and notes do not count. */
export function unread(entries: readonly LogEntry[], seen: number): number {
  return entries.filter((e) => e.seq > seen && e.author.kind !== 'buyer' && e.kind !== 'note').length
}

/** Where the newest card of a kind about a case is; older ones stay what they were. 0: nowhere. */
export function lastCard(entries: readonly LogEntry[], kind: CardKind, id: string | undefined): number {
  if (!id) return 0
  return entries.findLast((e) => e.card?.kind === kind && (e.card.case ?? e.card.complaint) === id)?.seq ?? 0
}

const anywhere: ReadonlySet<string> = new Set(['human', 'start_refund', 'status', 'back_to_bot'])

/** The card whose button for a standing action is shown: the newest that has it, or, for ways that are open all the time, the newest of all. */
export function newestOffer(entries: readonly LogEntry[], action: string): number {
  const card = entries.findLast((e) => e.card && (anywhere.has(action) || e.card.buttons?.some((b) => b.action === action)))
  return card?.seq ?? 0
}
