import { signal } from '@preact/signals'
import { describe, expect, it } from 'vitest'
import type { Kept } from '../shared/frame'
import type { DeskAgent, Frame, InboxItem } from '../shared/wire'
import { emptyInbox, grouped, listed, mergeInbox } from './inbox'
import { inSight, shown } from './rows'
import { Team } from './team'

const item = (conversation: string, more: Partial<InboxItem> = {}): InboxItem =>
  ({ conversation, buyer: conversation, holder: 'waiting_human', epoch: 2, seq: 1, seen: 0, ...more })
const offered = (to: string, seconds: number): NonNullable<InboxItem['offered']> =>
  ({ to, name: to, at: '2026-11-26T10:00:00Z', end: new Date(Date.parse('2026-11-26T10:00:00Z') + seconds * 1000).toISOString() })

function setup(items: InboxItem[] = []) {
  const inbox = signal(mergeInbox(emptyInbox, items, true))
  const kept: Kept[] = []
  const sent: Frame[] = []
  let now = 1_000_000
  let ids = 0
  const team = new Team('wang', inbox, {
    wire: { outbox: { items: signal([]) }, send: (f: Kept) => kept.push(f), transmit: (f: Frame) => sent.push(f) > 0, retry: () => undefined, discard: () => undefined },
    load: () => Promise.reject(new Error('not asked for')), entries: () => Promise.reject(new Error('not asked for')), newId: () => `id${++ids}`, wall: () => now,
  })
  return { inbox, kept, sent, team, tick: (ms: number) => { now += ms }, now: () => now }
}

describe('offers', () => {
  it('are those to this agent, the one that ends first before the others', () => {
    const { team, now } = setup([item('a', { offered: offered('wang', 25) }), item('b', { offered: offered('wang', 5) }), item('c', { offered: offered('li', 5) }), item('d')])
    expect(team.offers.value.map((o) => [o.item.conversation, o.ends - now()])).toEqual([['b', 5000], ['a', 25_000]])
  })

  it('keep their end when the line is sent again later', () => {
    const { team, inbox, tick, now } = setup([item('a', { offered: offered('wang', 25) })])
    const ends = team.offers.value[0]?.ends
    tick(10_000)
    inbox.value = mergeInbox(inbox.value, [item('a', { seq: 2, offered: { ...offered('wang', 25), at: '2026-11-26T10:00:10Z' } })])
    expect(team.offers.value[0]?.ends).toBe(ends)
    expect((ends ?? 0) - now()).toBe(15_000)
  })

  it('are taken with the epoch that was offered, or declined', () => {
    const { team, kept } = setup()
    team.accept(item('a', { epoch: 7 }))
    team.decline(item('b'))
    expect(kept).toEqual([{ t: 'claim', id: 'id1', conversation: 'a', epoch: 7 }, { t: 'decline', id: 'id2', conversation: 'b' }])
  })
})

describe('the team', () => {
  const agent = (login: string, more: Partial<DeskAgent> = {}): DeskAgent => ({ login, name: login, status: 'online', open: 0, capacity: 2, ...more })

  it('lists colleagues with room first, then the full, then who is away', () => {
    const { team } = setup()
    team.receive({ t: 'inbox', items: [], desk: { status: 'online', capacity: 2, open: 0, waiting: 0, agents: [agent('away', { status: 'away' }), agent('full', { open: 2 }), agent('wang'), agent('free')] } })
    expect(team.colleagues.value.map((a) => a.login)).toEqual(['free', 'full', 'away'])
  })

  it('passes on to a person or a skill, with a note only if there is one', () => {
    const { team, kept } = setup()
    team.transfer('a', 3, { agent: 'li' }, ' ')
    team.transfer('a', 3, { skill: 'appeal' }, ' 要申诉 ')
    team.takeover('a', 3, ' 老客户 ')
    expect(kept).toEqual([
      { t: 'transfer', id: 'id1', conversation: 'a', epoch: 3, agent: 'li' },
      { t: 'transfer', id: 'id2', conversation: 'a', epoch: 3, skill: 'appeal', note: '要申诉' },
      { t: 'takeover', id: 'id3', conversation: 'a', epoch: 3, reason: '老客户' },
    ])
  })

  it('says that an answer is being written every few seconds, and once that it no longer is', () => {
    const { team, sent, tick } = setup()
    team.writing('a', false)
    team.writing('a', true)
    team.writing('a', true)
    tick(3000)
    team.writing('a', true)
    team.writing('a', false)
    expect(sent.map((f) => f.t === 'lease' && f.on)).toEqual([true, true, false])
  })

  it('shows who is writing while it holds', () => {
    const { team, tick, now } = setup()
    team.receive({ t: 'lease', conversation: 'a', on: true, login: 'li', name: '小李' })
    expect(team.writer('a', now())).toBe('小李')
    tick(8000)
    expect(team.writer('a', now())).toBeUndefined()
  })
})

describe('the tabs of the inbox', () => {
  it('list what waits by its place, then mine, then the others', () => {
    const map = mergeInbox(emptyInbox, [
      item('second', { place: 2, deadline: '2026-11-26T10:00:00Z' }), item('first', { place: 1 }), item('mine', { holder: 'human', mine: true }), item('other', { holder: 'human', agent: 'li' }),
    ], true)
    const groups = grouped(map, 'wang')
    expect(listed(groups, 'all', 0).map((i) => i.conversation)).toEqual(['first', 'second', 'mine', 'other'])
    expect(listed(groups, 'waiting', 0).map((i) => i.conversation)).toEqual(['first', 'second'])
    expect(listed(groups, 'mine', 0).map((i) => i.conversation)).toEqual(['mine'])
  })
})

describe('a long list', () => {
  it.each([[0, 0, 14], [100_000, 486, 500], [5000, 44, 64]] as const)('scrolled to %i needs rows %i to %i of 500', (top, from, to) => {
    expect(inSight(top, 800, 100, 500)).toEqual({ from, to })
  })
  it.each([[3, 0, 0], [3, 500, 300], [20, 0, 1300]] as const)('shows row %i from %i at %i', (row, top, want) => {
    expect(shown(row, top, 800, 100)).toBe(want)
  })
})
