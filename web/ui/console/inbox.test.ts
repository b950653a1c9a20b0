import { describe, expect, it } from 'vitest'
import type { InboxItem } from '../shared/wire'
import { byUrgency, called, emptyInbox, grouped, listed, mergeInbox, put, putOff, sectionOf, step, unread, waitingFor, waitingUrgency } from './inbox'

const item = (conversation: string, more: Partial<InboxItem> = {}): InboxItem =>
  ({ conversation, buyer: conversation, holder: 'waiting_human', epoch: 1, seq: 1, seen: 0, ...more })

describe('merging the inbox', () => {
  it('replaces everything by a whole list', () => {
    const before = mergeInbox(emptyInbox, [item('a'), item('b')], true)
    expect([...mergeInbox(before, [item('c')], true).keys()]).toEqual(['c'])
  })

  it('changes single items and leaves the others', () => {
    const before = mergeInbox(emptyInbox, [item('a'), item('b')], true)
    const after = mergeInbox(before, [item('b', { last: 'new', epoch: 2 })])
    expect(after.get('b')?.last).toBe('new')
    expect(after.get('a')).toBe(before.get('a'))
  })

  it('drops an item that went back to the bot', () => {
    const before = mergeInbox(emptyInbox, [item('a')], true)
    expect(mergeInbox(before, [item('a', { holder: 'bot', epoch: 2 })]).size).toBe(0)
  })

  it('ignores an item of an older epoch, so that a claim does not jump back', () => {
    const claimed = mergeInbox(emptyInbox, [item('a', { holder: 'human', agent: 'wang', epoch: 3 })], true)
    expect(mergeInbox(claimed, [item('a', { epoch: 2 })]).get('a')?.holder).toBe('human')
  })

  it('moves lines in the queue, and knows no others', () => {
    const before = mergeInbox(emptyInbox, [item('a', { place: 1 }), item('b', { place: 2, last: 'x' })], true)
    const after = mergeInbox(before, [item('a', { holder: 'human', epoch: 2 })], false, { b: 1, gone: 2 })
    expect(after.get('b')).toEqual(item('b', { place: 1, last: 'x' }))
    expect(after.size).toBe(2)
  })

  it('does not change the map it was given', () => {
    const before = mergeInbox(emptyInbox, [item('a')], true)
    mergeInbox(before, [item('b')])
    expect([...before.keys()]).toEqual(['a'])
  })
})

describe('sections', () => {
  it.each([
    ['waiting', item('a')],
    ['mine', item('a', { holder: 'human', mine: true })],
    ['mine', item('a', { holder: 'human', agent: 'wang' })],
    ['others', item('a', { holder: 'human', agent: 'li' })],
  ] as const)('puts it under %s', (section, it) => {
    expect(sectionOf(it, 'wang')).toBe(section)
  })
})

describe('order', () => {
  const near = '2026-11-25T10:00:00Z'
  const far = '2026-11-28T10:00:00Z'

  it('is nearest deadline first, then longest wait, then id', () => {
    const items = [
      item('no-deadline', { waiting_since: '2026-11-24T00:00:00Z' }),
      item('far', { deadline: far }),
      item('near-young', { deadline: near, waiting_since: '2026-11-24T09:00:00Z' }),
      item('near-old', { deadline: near, waiting_since: '2026-11-24T08:00:00Z' }),
      item('z', { deadline: far }),
    ]
    expect(items.sort(byUrgency).map((i) => i.conversation)).toEqual(['near-old', 'near-young', 'far', 'z', 'no-deadline'])
  })

  it('holds within each section', () => {
    const map = mergeInbox(emptyInbox, [item('b', { deadline: far }), item('a', { deadline: near }), item('m', { holder: 'human', mine: true })], true)
    expect(listed(grouped(map, 'wang'), 'all', 0).map((i) => i.conversation)).toEqual(['a', 'b', 'm'])
  })
})

describe('walking with j and k', () => {
  const items = [item('a'), item('b')]
  it.each([
    [undefined, 1, 'a'], [undefined, -1, 'b'], ['a', 1, 'b'], ['b', 1, 'b'], ['a', -1, 'a'], ['gone', 1, 'a'],
  ] as const)('from %s by %i comes to %s', (open, by, to) => {
    expect(step(items, open, by)).toBe(to)
  })
  it('has nowhere to go in an empty inbox', () => {
    expect(step([], undefined, 1)).toBeUndefined()
  })
})

describe('waiting', () => {
  const since = '2026-11-24T08:00:00Z'
  const at = (seconds: number) => Date.parse(since) + seconds * 1000
  it.each([[0, 'calm', '0:00'], [61, 'soon', '1:01'], [100, 'urgent', '1:40'], [180, 'over', '3:00'], [3725, 'over', '1:02:05']] as const)(
    'after %i s is %s and reads %s', (seconds, look, words) => {
      expect(waitingUrgency(since, at(seconds))).toBe(look)
      expect(waitingFor(since, at(seconds))).toBe(words)
    })
  it('is nothing without a start', () => {
    expect(waitingUrgency(undefined, 0)).toBe('none')
    expect(waitingFor(undefined, 0)).toBe('')
  })
})

describe('the unread dot', () => {
  it('goes when agents have read, or when it was looked at here', () => {
    expect(unread(item('a', { seq: 5, seen: 4 }))).toBe(true)
    expect(unread(item('a', { seq: 5, seen: 5 }))).toBe(false)
    expect(unread(item('a', { seq: 5, seen: 0 }), 5)).toBe(false)
  })
})

describe('what is put off', () => {
  const now = Date.parse('2026-11-25T10:00:00Z')
  const mine = (id: string, more: Partial<InboxItem> = {}): InboxItem => item(id, { holder: 'human', mine: true, ...more })
  const groups = grouped(mergeInbox(emptyInbox, [
    mine('calm', { deadline: '2026-11-25T11:00:00Z' }), mine('owed', { owed: true }), mine('back', { snoozed_until: '2026-11-25T10:00:00Z' }),
    mine('long', { snoozed_until: '2026-11-26T10:00:00Z' }), mine('short', { snoozed_until: '2026-11-25T10:00:01Z', owed: true }),
  ], true), 'wang')

  it('stands apart, the next to come back first', () => {
    expect(putOff(groups, now).map((i) => i.conversation)).toEqual(['short', 'long'])
    expect(listed(groups, 'mine', now).map((i) => i.conversation)).not.toContain('long')
  })

  it('comes back to the top, before who waits for an answer, before what is near its deadline', () => {
    expect(listed(groups, 'mine', now).map((i) => i.conversation)).toEqual(['back', 'owed', 'calm'])
    expect(listed(groups, 'mine', now + 1000).map((i) => i.conversation)).toEqual(['back', 'short', 'owed', 'calm'])
  })

  it('is in the list of everything', () => {
    expect(listed(groups, 'all', now)).toHaveLength(5)
  })

  it.each([[undefined, undefined], ['2026-11-25T10:00:01Z', 'off'], ['2026-11-25T09:00:00Z', 'back']] as const)('until %s is %s', (snoozed_until, want) => {
    expect(put(item('a', snoozed_until ? { snoozed_until } : {}), now)).toBe(want)
  })
})

it('calls whom a note names until he has looked', () => {
  const named = item('a', { mentions: { wang: 7 } })
  expect([called(named, 'wang'), called(named, 'wang', 6), called(named, 'wang', 7), called(named, 'li')]).toEqual([true, true, false, false])
})
