// The audit trail as a supervisor reads it: what is wanted of it, page by page, and whether its hashes hold.

import { signal } from '@preact/signals'
import { failureText } from '../shared/api'
import type { AuditCheck, AuditEntry } from '../shared/wire'
import { Reader } from './reader'
import type { AgentApi } from './session'

/** What is wanted; '' is anything. Days are of Shanghai; about is a conversation or a case. */
export interface Wanted { actor: string; action: string; about: string; from: string; to: string }

export const anything: Wanted = { actor: '', action: '', about: '', from: '', to: '' }

const day = 86_400_000

/** The instant at which a day begins in Shanghai, where no clock is ever put forward or back. */
const begins = (date: string): number => Date.parse(`${date}T00:00:00+08:00`)

/** sound says whether the days are in order. */
export const soundDays = (w: Wanted): boolean => w.from === '' || w.to === '' || w.from <= w.to

/** wanted is the query of a request. The last day is wanted whole. */
export function wanted(w: Wanted, cursor = ''): string {
  const about = w.about.trim()
  const parts = {
    actor: w.actor.trim(), action: w.action, [about.startsWith('c_') ? 'case' : 'conversation']: about,
    from: w.from ? new Date(begins(w.from)).toISOString() : '', to: w.to ? new Date(begins(w.to) + day).toISOString() : '', cursor,
  }
  return new URLSearchParams(Object.entries(parts).filter(([, value]) => value !== '')).toString()
}

/** How long somebody types before it is looked for; every look is an entry of the trail itself. */
const pause = 600

/** How many pages without an entry are gone through for one; then it is asked again. */
const patience = 10

export class Trail extends Reader {
  readonly wanted = signal<Wanted>(anything)
  readonly entries = signal<readonly AuditEntry[] | undefined>(undefined)
  readonly next = signal('')

  constructor(private readonly api: Pick<AgentApi, 'audit'>) {
    super()
  }

  /** change wants something else, in a moment. */
  change(part: Partial<Wanted>): void {
    this.wanted.value = { ...this.wanted.value, ...part }
    this.in(pause, () => { if (soundDays(this.wanted.value)) void this.read() })
  }

  /** read reads the newest, or what is older than what there is; what an older reading answers is dropped. */
  async read(more = false): Promise<void> {
    if (more && (this.busy.value || this.next.value === '')) return
    await this.once(async (current) => {
      let next = more ? this.next.value : ''
      const found = more ? [...(this.entries.value ?? [])] : []
      const had = found.length
      for (let i = 0; i < patience && (i === 0 || (found.length === had && next !== '')); i++) {
        const page = await this.api.audit(wanted(this.wanted.value, next))
        if (!current()) return
        found.push(...page.entries)
        next = page.next ?? ''
      }
      this.entries.value = found
      this.next.value = next
    })
  }
}

/** How a check of the whole trail stands. */
export type Checked = { is: 'not' } | { is: 'running'; n: number; all: number } | { is: 'whole'; n: number; hash: string } | { is: 'broken'; n: number; at: number; fault: string } | { is: 'failed'; why: string }

/** A trail up to so many entries is checked without being asked: it is one request. */
export const checkUnasked = 20_000

/** Checks the trail from its beginning, stretch by stretch. */
export class Chain {
  readonly state = signal<Checked>({ is: 'not' })
  private run_ = 0

  constructor(private readonly api: Pick<AgentApi, 'checkAudit'>) {}

  async run(): Promise<void> {
    const mine = ++this.run_
    this.state.value = { is: 'running', n: 0, all: 0 }
    let got: AuditCheck
    let cursor = ''
    do {
      try {
        got = await this.api.checkAudit(cursor)
      } catch (err) {
        if (mine === this.run_) this.state.value = { is: 'failed', why: failureText(err) }
        return
      }
      if (mine !== this.run_) return
      cursor = got.next ?? ''
      this.state.value = got.fault
        ? { is: 'broken', n: got.n, at: got.at ?? 0, fault: got.fault }
        : cursor ? { is: 'running', n: got.n, all: got.all } : { is: 'whole', n: got.n, hash: got.hash ?? '' }
    } while (cursor && !got.fault)
  }

  stop(): void {
    this.run_++
  }
}

const stamp = new Intl.DateTimeFormat('sv-SE', { timeZone: 'Asia/Shanghai', year: 'numeric', month: '2-digit', day: '2-digit', hour: '2-digit', minute: '2-digit', second: '2-digit' })

/** stamped is an instant to the second, "2026-11-26 21:03:11", Shanghai time. */
export const stamped = (at: string): string => stamp.format(new Date(at))

/** toneOf is the colour of an outcome. */
export const toneOf = (outcome: string): string => (outcome === 'done' ? 'chip-good' : outcome === 'begun' ? '' : 'chip-bad')
