import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { setLocale } from '../shared/i18n'
import type { Times, Wall, WallAgent, WallChat } from '../shared/wire'
import { timeBound } from './reports'
import { addDays, ceiling, filled, labelled, percent, sound, stack, ticks } from './reports_chart'
import { assignable, figuresOf, WallReader } from './wall'
import { duration, outcomeWord, reasonWord } from './wall_words'

const agent = (login: string, more: Partial<WallAgent> = {}): WallAgent => ({ login, name: login, status: 'online', open: 0, capacity: 5, holds: 0, owed: 0, missed: 0, ...more })
const chat = (more: Partial<WallChat> = {}): WallChat => ({ conversation: 'd_1', buyer: 'b', holder: 'waiting_human', epoch: 2, locale: 'zh-CN', ...more })
const wall = (more: Partial<Wall> = {}): Wall => ({ at: '2026-03-02T10:00:00Z', waiting: 0, offered: 0, skills: [], reasons: [], queue: [], agents: [], risk: [], at_risk: 0, hours: 4, missed: 0, ...more })
const now = Date.parse('2026-03-02T10:00:00Z')
const ago = (s: number): string => new Date(now - s * 1000).toISOString()

beforeEach(() => { vi.useFakeTimers(); setLocale('en') })
afterEach(() => { vi.useRealTimers() })

describe('the wall', () => {
  it('reads again while it is seen, keeps what it had when it cannot, and stops', async () => {
    const asked: number[] = []
    let hidden = false
    let down = false
    const reader = new WallReader({ wall: (hours) => { asked.push(hours); return down ? Promise.reject(new Error('down')) : Promise.resolve(wall({ waiting: asked.length })) } }, () => hidden)
    await reader.read()
    await vi.advanceTimersByTimeAsync(3100)
    expect(asked).toEqual([4, 4])
    hidden = true
    await vi.advanceTimersByTimeAsync(30_000)
    expect(asked).toHaveLength(2)
    hidden = false
    down = true
    await vi.advanceTimersByTimeAsync(3100)
    expect(reader.trouble.value).not.toBe('')
    expect(reader.wall.value?.waiting).toBe(2)
    down = false
    reader.within(24)
    await vi.advanceTimersByTimeAsync(0)
    expect(asked.at(-1)).toBe(24)
    expect(reader.trouble.value).toBe('')
    reader.stop()
    const before = asked.length
    await vi.advanceTimersByTimeAsync(30_000)
    expect(asked).toHaveLength(before)
  })

  it('tells how pressing it is, and the load of those who take chats', () => {
    const f = figuresOf(wall({
      waiting_since: ago(200),
      agents: [agent('a', { open: 7, owed: 2, owed_since: ago(70) }), agent('b', { status: 'away', owed: 1, owed_since: ago(120) }), agent('c', { capacity: 0 }), agent('d', { open: 1 })],
    }), now)
    expect(f).toEqual({ waiting: 'over', owed: 3, owedSince: ago(120), owedLevel: 'urgent', online: 3, away: 1, open: 6, seats: 10 })
    expect(figuresOf(wall(), now)).toEqual({ waiting: 'none', owed: 0, owedSince: undefined, owedLevel: 'none', online: 0, away: 0, open: 0, seats: 0 })
  })

  it('offers who is there and does not have it, the freest first', () => {
    const w = wall({ agents: [agent('full', { open: 5 }), agent('free'), agent('has'), agent('away', { status: 'away' }), agent('gone', { status: 'gone' })] })
    expect(assignable(w, chat({ holder: 'human', agent: 'has' })).map((a) => a.login)).toEqual(['free', 'full', 'away'])
    expect(assignable(w, chat({ agent: 'has' })).map((a) => a.login)).toContain('has') // offered only
  })
})

describe('reports', () => {
  it('words times and bounds in both languages', () => {
    expect([0, 59, 60, 90, 3600, 7500, 86_400, 90_000].map(duration)).toEqual(['0 s', '59 s', '1 min', '1 min 30 s', '1 h', '2 h 5 min', '1 d', '1 d 1 h'])
    const times: Times = { count: 2, mean: 40, median: 60, nine: -1, spans: [1, 1] }
    expect(timeBound(times, 60, [60, 120])).toBe('up to 1 min')
    expect(timeBound(times, -1, [60, 120])).toBe('over 2 min')
    setLocale('zh-CN')
    expect(duration(90)).toBe('1 分 30 秒')
    expect(timeBound(times, 60, [60, 120])).toBe('1 分以内')
    expect(timeBound({ ...times, count: 0 }, 0, [])).toBe('—')
    expect([reasonWord('asked'), reasonWord('taken'), reasonWord('anger'), outcomeWord('dismiss'), outcomeWord('new')]).toEqual(['买家要求人工', '客服主动接手', '买家多次表达不满', '驳回', 'new'])
  })

  it('scales', () => {
    expect([0, 3, 5, 6, 11, 20, 21, 99, 100, 101].map(ceiling)).toEqual([5, 5, 5, 10, 20, 20, 50, 100, 100, 200])
    expect([ticks(5), ticks(20)]).toEqual([[0, 1, 2, 3, 4, 5], [0, 4, 8, 12, 16, 20]])
    const bars = stack([[2, 1], [0, 5]], 5, { width: 110, height: 120, left: 10, bottom: 10, top: 10 })
    expect(bars.map((b) => [b.day, b.series, b.y, b.height])).toEqual([[0, 0, 70, 40], [0, 1, 50, 20], [1, 0, 110, 0], [1, 1, 10, 100]])
    expect(bars.every((b) => b.x >= 10 && b.x + b.width <= 110)).toBe(true)
    expect(labelled(7, 7)).toEqual([0, 1, 2, 3, 4, 5, 6])
    expect(labelled(30, 7)).toEqual([4, 9, 14, 19, 24, 29])
    expect([filled([0, 2, 0, 0]), filled([0, 0])]).toEqual([2, 0])
    expect([percent(1, 3), percent(0, 0)]).toEqual(['33%', undefined])
  })

  it('knows days', () => {
    expect([addDays('2026-03-01', -1), addDays('2024-02-28', 1), addDays('2026-12-31', 1)]).toEqual(['2026-02-28', '2024-02-29', '2027-01-01'])
    expect([sound('2026-03-01', '2026-03-01'), sound('2026-03-02', '2026-03-01'), sound('', '2026-03-01'), sound('2025-01-01', '2026-01-01'), sound('2025-01-02', '2026-01-01')]).toEqual([true, false, false, true, true])
  })
})
