import { signal } from '@preact/signals'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import type { InboxItem } from '../shared/wire'
import { alerting, calls, watchCalls } from './alert'
import type { Desk } from './desk'
import type { InboxMap } from './inbox'

const item = (conversation: string, more: Partial<InboxItem> = {}): InboxItem => ({ conversation, buyer: 'b', holder: 'human', agent: 'li', epoch: 1, seq: 1, seen: 0, ...more })
const list = (...items: InboxItem[]): InboxMap => new Map(items.map((i) => [i.conversation, i]))
const offered = { to: 'li', name: '小李', at: '', end: '' }

describe('what an agent is called to', () => {
  const kinds = (before: InboxMap, after: InboxMap): string[] => calls(before, after, 'li').map((c) => `${c.kind} ${c.item.conversation}`)
  it('names an offer, a message, a mention and who waits, in this order', () => {
    const before = list(item('m'), item('n', { agent: 'wang' }))
    const after = list(item('w', { holder: 'waiting_human' }), item('n', { agent: 'wang', mentions: { li: 4 } }), item('m', { owed: true, seq: 2 }), item('o', { holder: 'waiting_human', offered }))
    expect(kinds(before, after)).toEqual(['offer o', 'message m', 'mention n', 'waiting w'])
  })
  it('is silent when nothing new is his', () => {
    const same = list(item('m', { owed: true }), item('o', { holder: 'waiting_human', offered }), item('n', { mentions: { li: 4 } }))
    expect(kinds(same, same)).toEqual([])
    expect(kinds(list(item('a', { agent: 'wang' })), list(item('a', { agent: 'wang', owed: true, seq: 9 })))).toEqual([])
    expect(kinds(list(item('o', { holder: 'waiting_human' })), list(item('o', { holder: 'waiting_human', offered: { ...offered, to: 'wang' } })))).toEqual([])
  })
  it('calls again for the next message of a buyer who is owed an answer', () => {
    expect(kinds(list(item('m', { owed: true, seq: 2 })), list(item('m', { owed: true, seq: 3 })))).toEqual(['message m'])
  })
})

describe('calling', () => {
  let stop: () => void = () => undefined
  const shown: string[] = []
  beforeEach(() => {
    alerting.value = true
    shown.length = 0
    vi.stubGlobal('Notification', class { static permission = 'granted'; onclick = null; close = (): void => undefined; constructor(title: string) { shown.push(title) } })
  })
  afterEach(() => { stop(); vi.unstubAllGlobals(); vi.restoreAllMocks() })

  function desk(open?: string) {
    const inbox = signal<InboxMap>(new Map())
    const ready = signal(false)
    let rings = 0
    stop = watchCalls({ inbox, ready, open: signal(open), login: 'li' } as unknown as Desk, () => undefined, () => { rings++ })
    return { inbox, ready, rings: () => rings }
  }

  it('does not ring for the list that is there at first, and once for a burst', () => {
    const d = desk()
    vi.spyOn(document, 'hasFocus').mockReturnValue(false)
    d.ready.value = true
    d.inbox.value = list(item('m', { owed: true }), item('o', { holder: 'waiting_human', offered }))
    expect(d.rings()).toBe(0)
    d.inbox.value = list(item('m', { owed: true, seq: 2 }), item('n', { holder: 'waiting_human', offered }))
    expect(d.rings()).toBe(1)
    expect(shown).toHaveLength(1)
  })

  it('is silent about what he looks at, and when he wants to be left alone', () => {
    const d = desk('m')
    vi.spyOn(document, 'hasFocus').mockReturnValue(true)
    d.ready.value = true
    d.inbox.value = list(item('m'))
    d.inbox.value = list(item('m', { owed: true, seq: 2 }))
    expect(d.rings()).toBe(0)
    alerting.value = false
    d.inbox.value = list(item('m', { owed: true, seq: 2 }), item('o', { holder: 'waiting_human', offered }))
    expect(d.rings()).toBe(0)
    expect(shown).toEqual([])
  })
})
