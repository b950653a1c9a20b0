import { beforeEach, describe, expect, it } from 'vitest'
import { setLocale } from '../shared/i18n'
import type { BriefFact } from '../shared/wire'
import { factText, leading, named, stamp, temper } from './brief'
import { briefWords } from './brief_words'

beforeEach(() => setLocale('en'))

const fact = (key: string, more: Partial<BriefFact> = {}): BriefFact => ({ key, source: 'order', ...more })

describe('a fact', () => {
  it('is its words, its amount and its time, as far as it has them', () => {
    expect(factText(fact('paid', { amount_fen: 19900, at: '2026-11-25T02:00:00Z' }))).toMatch(/^¥199\.00 · 25 Nov/)
    expect(factText(fact('item', { text: 'Smart band' }))).toBe('Smart band')
  })
  it('says yes and no in the language of the agent', () => {
    expect(factText(fact('answer.received', { text: 'yes' }))).toBe('yes')
    setLocale('zh-CN')
    expect(factText(fact('answer.received', { text: 'yes' }))).toBe('是')
  })
  it('that has no name is called by its key', () => {
    expect(named(briefWords().keys, 'new_fact')).toBe('new_fact')
  })
})

it('what the pane shows anyway does not lead', () => {
  expect(leading([fact('item'), fact('order'), fact('shop'), fact('paid')]).map((f) => f.key)).toEqual(['item', 'paid'])
  expect(leading(Array.from({ length: 20 }, (_, i) => fact(`f${i}`)), 8)).toHaveLength(8)
})

it('distress counts before anger', () => {
  const at = '2026-11-25T02:00:00Z'
  expect(temper({ mood: [] })).toBeUndefined()
  expect(temper({ mood: [{ kind: 'anger', at }, { kind: 'anger', at }] })).toEqual({ kind: 'anger', times: 2 })
  expect(temper({ mood: [{ kind: 'anger', at }, { kind: 'distress', at }] })).toEqual({ kind: 'distress', times: 1 })
})

it('is read again when the floor, the log or the case has moved, and not otherwise', () => {
  const before = stamp({ epoch: 1, holder: 'bot' }, 4, { id: 'c', version: 2 })
  expect(stamp({ epoch: 1, holder: 'bot' }, 4, { id: 'c', version: 2 })).toBe(before)
  expect(stamp({ epoch: 2, holder: 'waiting_human' }, 4, { id: 'c', version: 2 })).not.toBe(before)
  expect(stamp({ epoch: 1, holder: 'bot' }, 5, { id: 'c', version: 2 })).not.toBe(before)
  expect(stamp({ epoch: 1, holder: 'bot' }, 4, { id: 'c', version: 3 })).not.toBe(before)
})
