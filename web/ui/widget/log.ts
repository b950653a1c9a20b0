// The conversation as this page knows it: pure functions over the entries of the log.
import type { Pending } from '../shared/outbox'
import type { LogEntry } from '../shared/wire'

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

/** The last card about a case: it shows the live state; older ones stay what they were. */
export function lastCaseCard(entries: readonly LogEntry[], id: string | undefined): number {
  if (!id) return 0
  return entries.findLast((e) => e.card?.kind === 'case' && e.card.case === id)?.seq ?? 0
}
