import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { bytes, Clock, clock, countdown, date, dateTime, dayKey, due, money, span, urgency } from '../format'
import { setLocale } from '../i18n'

const HOUR = 3_600_000

beforeEach(() => {
  clock.sync('2026-11-23T10:00:00Z', 1)
  setLocale('zh-CN')
})
afterEach(() => setLocale('zh-CN'))

describe('money', () => {
  it.each([[0, '¥0.00'], [5, '¥0.05'], [19900, '¥199.00'], [123456789, '¥1,234,567.89'], [-100, '-¥1.00']])('%i fen is %s', (fen, want) => {
    expect(money(fen)).toBe(want)
  })
})

describe('dates', () => {
  it('are Shanghai dates in both languages', () => {
    expect(dateTime('2026-11-25T10:00:00Z')).toBe('11月25日 18:00')
    expect(dateTime('2026-11-25T10:00:00Z', 'en')).toBe('25 Nov 18:00')
    expect(dateTime('2026-11-25T16:00:00Z')).toBe('11月26日 00:00')
  })
  it('call midnight the end of the day when it is a deadline', () => {
    expect(due('2026-12-02T16:00:00Z')).toBe('12月2日 24:00')
    expect(due('2026-12-02T15:59:00Z', 'en')).toBe('2 Dec 23:59')
  })
  it('carry the year only when it is another one', () => {
    expect(date('2027-01-02T00:00:00Z')).toBe('2027年1月2日')
    expect(date('2025-12-31T00:00:00Z', 'en')).toBe('31 Dec 2025')
  })
  it('separate days at Shanghai midnight', () => {
    expect(dayKey('2026-11-23T15:59:59Z')).not.toBe(dayKey('2026-11-23T16:00:00Z'))
  })
})

describe('spans', () => {
  it.each([[30_000, '不到 1 分钟'], [5 * 60_000, '5 分钟'], [2 * HOUR + 30 * 60_000, '2 小时 30 分钟'], [45 * HOUR, '45 小时'], [167 * HOUR, '6 天 23 小时'], [168 * HOUR, '7 天']])('%i ms is %s', (ms, want) => {
    expect(span(ms)).toBe(want)
  })
  it('say only days when short', () => {
    expect(span(167 * HOUR, true)).toBe('6 天')
  })
  it('are worded in English, with singulars', () => {
    setLocale('en')
    expect(span(1 * HOUR)).toBe('1 hour')
    expect(countdown('2026-11-25T10:00:00Z', Date.parse('2026-11-23T13:00:00Z'))).toBe('45 hours left')
  })
  it('end with the deadline', () => {
    expect(countdown('2026-11-23T10:00:00Z', Date.parse('2026-11-23T10:00:00Z'))).toBe('已到时间')
    expect([25, 23, 3, 0].map((h) => urgency(h * HOUR))).toEqual(['calm', 'soon', 'urgent', 'over'])
  })
})

it('sizes of files are short', () => {
  expect([500, 2048, 5 * 1024 * 1024].map(bytes)).toEqual(['500 B', '2 KB', '5.0 MB'])
})

describe('the clock', () => {
  it('runs with the speed of the server', () => {
    let t = 0
    const c = new Clock(() => t)
    c.sync('2026-11-23T10:00:00Z', 60)
    t = 1000
    expect(new Date(c.now()).toISOString()).toBe('2026-11-23T10:01:00.000Z')
  })
  it('is put forward by what happened later, never back', () => {
    const c = new Clock(() => 0)
    c.sync('2026-11-23T10:00:00Z', 1)
    c.atLeast('2026-11-24T10:00:00Z')
    c.atLeast('2026-11-22T10:00:00Z')
    expect(new Date(c.now()).toISOString()).toBe('2026-11-24T10:00:00.000Z')
  })
})
