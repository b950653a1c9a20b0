// A conversation's transcript as data: entries by position, and how they are laid out as lines.
// The server's log is the truth; everything here can be rebuilt from it by position.

import type { Pending } from '../shared/outbox'
import type { LogEntry } from '../shared/wire'

export interface Transcript {
  entries: readonly LogEntry[]
  /** Nothing is missing from the first entry that is here up to this position: where to resume from. */
  upTo: number
}

export const emptyTranscript: Transcript = { entries: [], upTo: 0 }

/** before is the position of the first entry that is here, if there are entries in front of it; 0: there are none. */
export function before(t: Transcript): number {
  const first = t.entries[0]?.seq ?? 1
  return first > 1 ? first : 0
}

/** mergeOlder lays entries in front of those that are here. */
export function mergeOlder(t: Transcript, older: readonly LogEntry[]): Transcript {
  const first = t.entries[0]?.seq ?? Number.POSITIVE_INFINITY
  const fresh = older.filter((e) => e.seq < first)
  return fresh.length === 0 ? t : { ...t, entries: [...fresh, ...t.entries] }
}

/** mergeEntry puts an entry where its position says. The same position twice changes nothing. */
export function mergeEntry(t: Transcript, entry: LogEntry): Transcript {
  const last = t.entries[t.entries.length - 1]
  let entries: readonly LogEntry[]
  if (!last || entry.seq > last.seq) {
    entries = [...t.entries, entry]
  } else {
    const at = t.entries.findIndex((e) => e.seq >= entry.seq)
    if (t.entries[at]?.seq === entry.seq) return t
    entries = [...t.entries.slice(0, at), entry, ...t.entries.slice(at)]
  }
  // The first that comes is where the transcript begins: a socket tells the log in order.
  return { entries, upTo: gapFree(entries, last ? t.upTo : entry.seq - 1) }
}

function gapFree(entries: readonly LogEntry[], from: number): number {
  let upTo = from
  for (const entry of entries) {
    if (entry.seq === upTo + 1) upTo = entry.seq
    else if (entry.seq > upTo + 1) break
  }
  return upTo
}

/** hasGap tells that live entries overtook missing ones, so that the log must be read again from upTo. */
export function hasGap(t: Transcript): boolean {
  const last = t.entries[t.entries.length - 1]
  return last !== undefined && last.seq > t.upTo
}

/** A line of the transcript as it is drawn. */
export type Line =
  | { kind: 'day'; key: string; at: string }
  | { kind: 'entry'; key: string; entry: LogEntry; first: boolean }
  | { kind: 'pending'; key: string; pending: Pending }

/**
 * lines puts day separators between entries and marks the first of a run by one author, so that a name
 * is shown once. Messages not stored yet come last, in the order written.
 */
export function lines(t: Transcript, pending: readonly Pending[], dayOf: (at: string) => string): Line[] {
  const out: Line[] = []
  let day = ''
  let before: LogEntry | undefined
  for (const entry of t.entries) {
    const d = dayOf(entry.at)
    if (d !== day) {
      out.push({ kind: 'day', key: `day-${d}-${entry.seq}`, at: entry.at })
      day = d
      before = undefined
    }
    out.push({ kind: 'entry', key: `e-${entry.seq}`, entry, first: !sameVoice(before, entry) })
    before = entry
  }
  const stored = new Set(t.entries.map((e) => e.client).filter((c) => c !== undefined))
  for (const p of pending) {
    if (!stored.has(p.id) && isMessage(p)) out.push({ kind: 'pending', key: `p-${p.id}`, pending: p })
  }
  return out
}

/** isMessage tells what is drawn while it is on its way; a claim or release is not. */
export function isMessage(p: Pending): boolean {
  return p.frame.t === 'say' || p.frame.t === 'note'
}

function sameVoice(a: LogEntry | undefined, b: LogEntry): boolean {
  return a !== undefined && a.kind === b.kind && a.author.kind === b.author.kind && a.author.name === b.author.name
}

/** pressLabel finds what the pressed button said, in the card it was pressed on. */
export function pressLabel(t: Transcript, press: LogEntry): string {
  if (press.text) return press.text
  const card = t.entries.find((e) => e.seq === press.on)?.card
  const button = card?.buttons?.find((b) => b.action === press.action && sameArgs(b.args, press.args))
    ?? card?.buttons?.find((b) => b.action === press.action)
  if (button) return button.label
  const line = press.args?.['line']
  const order = line ? card?.orders?.find((o) => o.line === line) : undefined
  return order?.title ?? press.action ?? ''
}

function sameArgs(a: Record<string, string> | undefined, b: Record<string, string> | undefined): boolean {
  const left = Object.entries(a ?? {})
  return left.length === Object.keys(b ?? {}).length && left.every(([k, v]) => b?.[k] === v)
}
