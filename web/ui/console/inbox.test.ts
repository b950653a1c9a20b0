import { describe, expect, it } from 'vitest'
import type { InboxItem } from '../shared/wire'
import { byUrgency, emptyInbox, grouped, listed, mergeInbox, sectionOf, step, unread, waitingFor, waitingUrgency } from './inbox'

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
    expect(listed(grouped(map, 'wang'), 'all').map((i) => i.conversation)).toEqual(['a', 'b', 'm'])
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
