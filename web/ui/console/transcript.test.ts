import { describe, expect, it } from 'vitest'
import type { Pending } from '../shared/outbox'
import type { LogEntry } from '../shared/wire'
import { emptyTranscript, hasGap, lines, mergeEntry, pressLabel } from './transcript'
import type { Transcript } from './transcript'

const entry = (seq: number, more: Partial<LogEntry> = {}): LogEntry =>
  ({ seq, at: `2026-11-24T08:00:${String(seq).padStart(2, '0')}Z`, author: { kind: 'buyer' }, kind: 'text', text: `t${seq}`, ...more })
const merged = (...entries: LogEntry[]): Transcript => entries.reduce(mergeEntry, emptyTranscript)
const seqs = (t: Transcript) => t.entries.map((e) => e.seq)
const day = (at: string) => at.slice(0, 10)

describe('merging entries', () => {
  it('puts them in order of position, however they come', () => {
    expect(seqs(merged(entry(2), entry(1), entry(3)))).toEqual([1, 2, 3])
  })
  it('takes the same position once', () => {
    const t = merged(entry(1), entry(2))
    expect(mergeEntry(t, entry(2, { text: 'again' }))).toBe(t)
  })
  it('knows from where to resume when entries are missing', () => {
    const t = merged(entry(1), entry(2), entry(5))
    expect(t.upTo).toBe(2)
    expect(hasGap(t)).toBe(true)
    const healed = [entry(3), entry(4)].reduce(mergeEntry, t)
    expect(healed.upTo).toBe(5)
    expect(hasGap(healed)).toBe(false)
  })
})

describe('lines', () => {
  it('separate days and name a run of one author once', () => {
    const t = merged(entry(1), entry(2), entry(3, { author: { kind: 'bot' } }), entry(4, { at: '2026-11-25T00:00:00Z', author: { kind: 'bot' } }))
    expect(lines(t, [], day).map((l) => (l.kind === 'entry' ? `${l.entry.seq}${l.first ? '+' : ''}` : l.kind))).toEqual(
      ['day', '1+', '2', '3+', 'day', '4+'])
  })
  it('do not run an internal note together with a reply of the same agent', () => {
    const wang = { kind: 'agent', name: '小王' } as const
    const t = merged(entry(1, { author: wang }), entry(2, { author: wang, kind: 'note' }))
    expect(lines(t, [], day).filter((l) => l.kind === 'entry' && l.first)).toHaveLength(2)
  })
  it('show a message on its way once, and a claim never', () => {
    const say: Pending = { id: 'm1', frame: { t: 'say', id: 'm1', conversation: 'd', text: 'hi' }, at: '', status: 'sent', tries: 1 }
    const claim: Pending = { id: 'm2', frame: { t: 'claim', id: 'm2', conversation: 'd', epoch: 1 }, at: '', status: 'sent', tries: 1 }
    expect(lines(merged(entry(1)), [say, claim], day).filter((l) => l.kind === 'pending')).toHaveLength(1)
    expect(lines(merged(entry(1, { client: 'm1' })), [say], day).filter((l) => l.kind === 'pending')).toHaveLength(0)
  })
})

describe('what a press said', () => {
  const card = entry(1, {
    card: {
      kind: 'choices', buttons: [{ action: 'answer', label: '没收到', args: { value: 'no' } }, { action: 'answer', label: '收到了', args: { value: 'yes' } }],
      orders: [{ order: 'o', line: 'l1', title: '智能手环', shop: 's', paid_fen: 1, status: '' }],
    },
  })
  it('is the label of the button with these arguments', () => {
    expect(pressLabel(merged(card), entry(2, { kind: 'press', text: '', on: 1, action: 'answer', args: { value: 'yes' } }))).toBe('收到了')
  })
  it('is the order for a pressed order', () => {
    expect(pressLabel(merged(card), entry(2, { kind: 'press', text: '', on: 1, action: 'pick_order', args: { order: 'o', line: 'l1' } }))).toBe('智能手环')
  })
  it('falls back to the action when the card is not there', () => {
    expect(pressLabel(emptyTranscript, entry(2, { kind: 'press', text: '', on: 1, action: 'submit' }))).toBe('submit')
  })
})
