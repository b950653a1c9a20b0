// @vitest-environment node
import { readFileSync } from 'node:fs'
import { afterEach, beforeEach, expect, it, vi } from 'vitest'
import { setLocale } from '../shared/i18n'
import type { AuditCheck, AuditEntry, AuditList } from '../shared/wire'
import { anything, Chain, soundDays, stamped, toneOf, Trail, wanted } from './audit'
import { actionName, subjects } from './audit_words'

const entry = (n: number): AuditEntry => ({ n, at: '2026-11-26T12:00:00Z', actor: 'boss', via: 'rest', action: 'account.add', outcome: 'done' })

beforeEach(() => { vi.useFakeTimers() })
afterEach(() => {
  vi.useRealTimers()
  setLocale('zh-CN')
})

it('asks for days of Shanghai, the last one whole, and tells a case from a conversation', () => {
  expect(wanted(anything)).toBe('')
  expect(new URLSearchParams(wanted({ actor: ' li ', action: 'case', about: ' c_1 ', from: '2026-11-26', to: '2026-11-26' }, '5-1')).toString())
    .toBe('actor=li&action=case&case=c_1&from=2026-11-25T16%3A00%3A00.000Z&to=2026-11-26T16%3A00%3A00.000Z&cursor=5-1')
  expect(wanted({ ...anything, about: 'd_1' })).toBe('conversation=d_1')
  expect(soundDays({ ...anything, from: '2026-11-27', to: '2026-11-26' })).toBe(false)
  expect(soundDays({ ...anything, from: '2026-11-27' })).toBe(true)
})

it('goes through empty pages for an entry, and further back when asked', async () => {
  const pages: Record<string, AuditList> = {
    '': { entries: [], next: 'a' }, 'cursor=a': { entries: [entry(9)], next: 'b' }, 'cursor=b': { entries: [], next: 'c' }, 'cursor=c': { entries: [entry(3), entry(2)] },
  }
  const asked: string[] = []
  const trail = new Trail({ audit: (query) => { asked.push(query); return Promise.resolve(pages[query] ?? { entries: [] }) } })
  await trail.read()
  expect(trail.entries.value?.map((e) => e.n)).toEqual([9])
  const [one, two] = [trail.read(true), trail.read(true)] // a button that comes into sight and is pressed
  await Promise.all([one, two])
  expect(trail.entries.value?.map((e) => e.n)).toEqual([9, 3, 2])
  await trail.read(true)
  expect(asked).toEqual(['', 'cursor=a', 'cursor=b', 'cursor=c'])
})

it('looks for what is wanted last, once the typing stops, and never for days in a wrong order', async () => {
  const asked: string[] = []
  const answers: ((list: AuditList) => void)[] = []
  const trail = new Trail({ audit: (query) => { asked.push(query); return new Promise((done) => { answers.push(done) }) } })
  trail.change({ actor: 'l' })
  trail.change({ actor: 'li' })
  await vi.advanceTimersByTimeAsync(600)
  trail.change({ actor: 'boss' })
  await vi.advanceTimersByTimeAsync(600)
  answers[1]?.({ entries: [entry(2)] })
  answers[0]?.({ entries: [entry(1)] })
  await vi.advanceTimersByTimeAsync(0)
  expect([asked, trail.entries.value?.map((e) => e.n)]).toEqual([['actor=li', 'actor=boss'], [2]])
  trail.change({ from: '2026-11-27', to: '2026-11-26' })
  await vi.advanceTimersByTimeAsync(5000)
  expect(asked).toHaveLength(2)
})

it('keeps what there was when the trail cannot be read', async () => {
  let down = false
  const trail = new Trail({ audit: () => (down ? Promise.reject(new Error('down')) : Promise.resolve({ entries: [entry(2)], next: 'a' })) })
  await trail.read()
  down = true
  await trail.read(true)
  expect(trail.trouble.value).not.toBe('')
  expect([trail.entries.value?.length, trail.next.value, trail.busy.value]).toEqual([1, 'a', false])
})

const chainOf = (answers: Record<string, AuditCheck | Error>): Chain => new Chain({
  checkAudit: (cursor) => { const a = answers[cursor]; return a instanceof Error || !a ? Promise.reject(a ?? new Error('no such stretch')) : Promise.resolve(a) },
})

it('checks the whole trail, stretch by stretch', async () => {
  const chain = chainOf({ '': { n: 5, all: 8, next: 'x' }, x: { n: 8, all: 8, hash: 'abc' } })
  const seen: string[] = []
  chain.state.subscribe((now) => { seen.push(now.is === 'running' ? `${now.n}/${now.all}` : now.is) })
  await chain.run()
  expect(seen).toEqual(['not', '0/0', '5/8', 'whole'])
  expect(chain.state.value).toEqual({ is: 'whole', n: 8, hash: 'abc' })
})

it('says where the trail is broken, and when it could not be checked to the end', async () => {
  const broken = chainOf({ '': { n: 5, all: 8, next: 'x' }, x: { n: 6, all: 8, fault: 'changed', at: 7 } })
  await broken.run()
  expect(broken.state.value).toEqual({ is: 'broken', n: 6, at: 7, fault: 'changed' })
  const failed = chainOf({ '': { n: 5, all: 8, next: 'x' } })
  await failed.run()
  expect(failed.state.value.is).toBe('failed')
})

it('says no more of a check that nobody waits for', async () => {
  const chain = chainOf({ '': { n: 8, all: 8 } })
  const run = chain.run()
  chain.stop()
  await run
  expect(chain.state.value.is).toBe('running')
})

it('writes instants of Shanghai to the second, and colours what came of it', () => {
  expect(stamped('2026-11-26T16:03:11Z')).toBe('2026-11-27 00:03:11')
  expect([toneOf('done'), toneOf('begun'), toneOf('FORBIDDEN')]).toEqual(['chip-good', '', 'chip-bad'])
})

it('has a name for every action that is recorded, in both languages, and a choice of it', () => {
  const table = readFileSync(new URL('../../MAY.md', import.meta.url), 'utf8').split('| recorded as |')[1] ?? ''
  const recorded = [...table.matchAll(/^\| ([a-z_.]+) \| /gm)].map((m) => m[1] ?? '')
  expect(recorded.length).toBeGreaterThan(40)
  const choices = subjects().flatMap(([, actions]) => actions)
  for (const action of recorded) {
    for (const lang of ['zh-CN', 'en'] as const) {
      setLocale(lang)
      expect(actionName(action), `${action} in ${lang}`).not.toBe(action)
    }
    expect(choices).toContain(action)
  }
})
