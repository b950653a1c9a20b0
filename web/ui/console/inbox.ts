// The inbox as data: which conversations there are, in which section, in which order.
// It knows nothing of sockets or of the screen.

import type { InboxItem } from '../shared/wire'

export type Section = 'waiting' | 'mine' | 'others'

export const sections: readonly Section[] = ['waiting', 'mine', 'others']

/** Every known conversation by id. */
export type InboxMap = ReadonlyMap<string, InboxItem>

export const emptyInbox: InboxMap = new Map()

/** An item that left the inbox is sent with the bot as holder and no agent. */
function left(item: InboxItem): boolean {
  return item.holder === 'bot' && !item.agent
}

/**
 * mergeInbox applies an inbox frame: a whole list replaces everything, single items replace their like.
 * An item of an older holder epoch comes too late and changes nothing, so that a claim just made does
 * not jump back. Places are those of lines that have only moved in the queue.
 */
export function mergeInbox(now: InboxMap, items: readonly InboxItem[], whole = false, places: Readonly<Record<string, number>> = {}): InboxMap {
  const next = whole ? new Map<string, InboxItem>() : new Map(now)
  for (const item of items) {
    const known = next.get(item.conversation)
    if (known && item.epoch < known.epoch) continue
    if (left(item)) next.delete(item.conversation)
    else next.set(item.conversation, item)
  }
  for (const [id, place] of Object.entries(places)) {
    const known = next.get(id)
    if (known) next.set(id, { ...known, place })
  }
  return next
}

/** sectionOf tells where an item stands for the agent who looks. */
export function sectionOf(item: InboxItem, login: string): Section {
  if (item.holder === 'waiting_human') return 'waiting'
  if (item.mine || (item.agent !== undefined && item.agent === login)) return 'mine'
  return 'others'
}

const never = Number.POSITIVE_INFINITY

function instant(at: string | undefined): number {
  if (!at) return never
  const t = Date.parse(at)
  return Number.isNaN(t) ? never : t
}

/** Nearest deadline first, then who has waited longest, then the id, so that equal items do not dance. */
export function byUrgency(a: InboxItem, b: InboxItem): number {
  const deadline = compare(instant(a.deadline), instant(b.deadline))
  if (deadline !== 0) return deadline
  const waiting = compare(instant(a.waiting_since ?? a.last_at), instant(b.waiting_since ?? b.last_at))
  if (waiting !== 0) return waiting
  return a.conversation < b.conversation ? -1 : a.conversation > b.conversation ? 1 : 0
}

function compare(a: number, b: number): number {
  return a === b ? 0 : a < b ? -1 : 1
}

export interface Grouped {
  waiting: InboxItem[]
  mine: InboxItem[]
  others: InboxItem[]
}

/** grouped puts every item into its section, most urgent first. */
export function grouped(map: InboxMap, login: string): Grouped {
  const out: Grouped = { waiting: [], mine: [], others: [] }
  for (const item of map.values()) out[sectionOf(item, login)].push(item)
  for (const section of sections) out[section].sort(byUrgency)
  return out
}

/** The tabs of the inbox; j and k walk through the one that is open. What is closed is not known here: it is looked for. */
export type Tab = 'mine' | 'waiting' | 'all' | 'closed'

export const tabs: readonly Tab[] = ['mine', 'waiting', 'all', 'closed']

/** listed are the lines of a tab; those who wait stand first, by the place that the server gives them. */
export function listed(groups: Grouped, tab: Exclude<Tab, 'closed'>, now: number): InboxItem[] {
  if (tab === 'mine') return groups.mine.filter((item) => put(item, now) !== 'off').sort((a, b) => first(a, now) - first(b, now))
  const waiting = [...groups.waiting].sort((a, b) => (a.place ?? never) - (b.place ?? never) || byUrgency(a, b))
  return tab === 'waiting' ? waiting : [...waiting, ...groups.mine, ...groups.others]
}

/** put says whether a conversation is put off, or was and is due; what the buyer wrote since is the server's to know. */
export function put(item: InboxItem, now: number): 'off' | 'back' | undefined {
  if (!item.snoozed_until) return undefined
  return instant(item.snoozed_until) > now ? 'off' : 'back'
}

/** What an agent put off until now stands first, then who waits for his answer. */
const first = (item: InboxItem, now: number): number => (put(item, now) === 'back' ? 0 : item.owed ? 1 : 2)

/** putOff are an agent's conversations that are put off, the one that comes back next first. */
export function putOff(groups: Grouped, now: number): InboxItem[] {
  return groups.mine.filter((item) => put(item, now) === 'off').sort((a, b) => compare(instant(a.snoozed_until), instant(b.snoozed_until)) || byUrgency(a, b))
}

/** called says that a note names the agent and he has not looked since. */
export function called(item: InboxItem, login: string, viewed = 0): boolean {
  return (item.mentions?.[login] ?? 0) > viewed
}

/** step finds the neighbour of the open conversation; with none open, the first or the last. */
export function step(items: readonly Pick<InboxItem, 'conversation'>[], open: string | undefined, by: 1 | -1): string | undefined {
  if (items.length === 0) return undefined
  const at = items.findIndex((item) => item.conversation === open)
  if (at < 0) return items[by === 1 ? 0 : items.length - 1]?.conversation
  const next = Math.min(items.length - 1, Math.max(0, at + by))
  return items[next]?.conversation
}

export type Wait = 'none' | 'calm' | 'soon' | 'urgent' | 'over'

/** waitingUrgency colours the wait of a buyer: a minute is noticed, three minutes are too long. */
export function waitingUrgency(since: string | undefined, now: number): Wait {
  const at = instant(since)
  if (at === never) return 'none'
  const waited = now - at
  if (waited >= 180_000) return 'over'
  if (waited >= 100_000) return 'urgent'
  if (waited >= 60_000) return 'soon'
  return 'calm'
}

/** waitingFor words a wait as minutes and seconds, hours from the first hour on. */
export function waitingFor(since: string | undefined, now: number): string {
  const at = instant(since)
  if (at === never) return ''
  const seconds = Math.max(0, Math.floor((now - at) / 1000))
  const two = (n: number) => String(n).padStart(2, '0')
  const h = Math.floor(seconds / 3600)
  const m = Math.floor((seconds % 3600) / 60)
  const s = seconds % 60
  return h > 0 ? `${h}:${two(m)}:${two(s)}` : `${m}:${two(s)}`
}

/** unread holds when the log is longer than what agents have read, or than what was looked at here. */
export function unread(item: InboxItem, viewed = 0): boolean {
  return item.seq > Math.max(item.seen, viewed)
}
