// The agent's place in the team: his status and room, what he is offered, who else is there, who is writing an answer.
// Changed only here, from frames and from what he does; the connection is a port.

import { computed, signal } from '@preact/signals'
import type { Signal } from '@preact/signals'
import type { Frame, DeskAgent, DeskView, InboxItem, Lease, Offered } from '../shared/wire'
import type { InboxMap } from './inbox'
import type { DeskPorts } from './desk'

/** An offer on this screen; it ends by the wall clock of this machine. */
export interface Offer {
  item: InboxItem
  ends: number
}

export type Goal = { agent: string } | { skill: string }

const leaseEvery = 3000
const leaseFor = 8000

export class Team {
  readonly view: Signal<DeskView | undefined> = signal(undefined)
  /** Who is writing an answer to whom, and until when that holds. */
  readonly leases: Signal<ReadonlyMap<string, Lease & { until: number }>> = signal(new Map())
  /** When the offers of this agent end, by conversation and epoch: a line that is sent again begins no new time. */
  private readonly ends = new Map<string, number>()

  readonly offers = computed<Offer[]>(() => {
    const out: Offer[] = []
    for (const item of this.inbox.value.values()) {
      if (item.offered?.to === this.login) out.push({ item, ends: this.endOf(item, item.offered) })
    }
    return out.sort((a, b) => a.ends - b.ends)
  })
  /** Colleagues who are there, those with room first. */
  readonly colleagues = computed<DeskAgent[]>(() => (this.view.value?.agents ?? [])
    .filter((a) => a.login !== this.login)
    .sort((a, b) => rank(a) - rank(b) || (a.login < b.login ? -1 : 1)))

  private lastLease = 0

  constructor(private readonly login: string, private readonly inbox: Signal<InboxMap>, private readonly ports: DeskPorts) {}

  receive(frame: Frame): void {
    if (frame.t === 'inbox' && frame.desk) this.view.value = frame.desk
    if (frame.t !== 'lease') return
    const next = new Map(this.leases.value)
    if (frame.on) next.set(frame.conversation, { ...frame, until: this.ports.wall() + leaseFor })
    else next.delete(frame.conversation)
    this.leases.value = next
  }

  setStatus(status: 'online' | 'away'): void {
    const view = this.view.value
    if (view) this.view.value = { ...view, status }
    this.ports.wire.send({ t: 'status', id: this.ports.newId(), status })
  }

  accept(item: InboxItem): void {
    this.ports.wire.send({ t: 'claim', id: this.ports.newId(), conversation: item.conversation, epoch: item.epoch })
  }

  decline(item: InboxItem): void {
    this.ports.wire.send({ t: 'decline', id: this.ports.newId(), conversation: item.conversation })
  }

  transfer(conversation: string, epoch: number, to: Goal, note: string): void {
    this.ports.wire.send({ t: 'transfer', id: this.ports.newId(), conversation, epoch, ...to, ...(note.trim() ? { note: note.trim() } : {}) })
  }

  takeover(conversation: string, epoch: number, reason: string): void {
    this.ports.wire.send({ t: 'takeover', id: this.ports.newId(), conversation, epoch, reason: reason.trim() })
  }

  assign(conversation: string, epoch: number, agent: string): void {
    this.ports.wire.send({ t: 'assign', id: this.ports.newId(), conversation, epoch, agent })
  }

  /** writing tells colleagues that an answer is being written, again every few seconds, or no longer is. */
  writing(conversation: string, on: boolean): void {
    const now = this.ports.wall()
    if (on ? now - this.lastLease < leaseEvery : this.lastLease === 0) return
    this.lastLease = on ? now : 0
    this.ports.wire.transmit({ t: 'lease', conversation, on })
  }

  /** writer is who else is writing an answer, while it holds. */
  writer(conversation: string | undefined, now: number): string | undefined {
    const lease = conversation ? this.leases.value.get(conversation) : undefined
    return lease && lease.until > now ? lease.name : undefined
  }

  private endOf(item: InboxItem, offered: Offered): number {
    const key = `${item.conversation} ${item.epoch} ${offered.end}`
    const known = this.ends.get(key)
    if (known !== undefined) return known
    const ends = this.ports.wall() + Math.max(0, Date.parse(offered.end) - Date.parse(offered.at))
    this.ends.set(key, ends)
    return ends
  }
}

/** Who is online with room, who is online, who is away. */
function rank(a: DeskAgent): number {
  if (a.status !== 'online') return 2
  return a.open < a.capacity ? 0 : 1
}
