import { afterEach, beforeEach, expect, it, vi } from 'vitest'
import type { AccountList, AccountView } from '../shared/wire'
import { Accounts, bodyOf, browserOf, changed, formOf, matching, newForm, wrongIn } from './accounts'

const li: AccountView = { login: 'li.na', name: '李娜', role: 'agent', languages: ['en'], skills: ['fraud', 'payment'], capacity: 3 }

it('asks for what stands in the form, and for nothing that is usual', () => {
  expect(bodyOf(formOf(li))).toEqual({ name: '李娜', role: 'agent', languages: ['en'], skills: ['fraud', 'payment'], capacity: 3 })
  expect(bodyOf({ ...newForm, name: '  ' })).toEqual({ role: 'agent' })
  expect(bodyOf({ ...newForm, room: 'none', skills: 'fraud，fraud、 a' })).toEqual({ role: 'agent', skills: ['fraud', 'a'], capacity: -1 })
  expect(formOf({ ...li, capacity: -1 }).room).toBe('none')
  expect(formOf({ login: 'x', name: 'x', role: 'admin' }).room).toBe('usual')
})

it('knows whether anything is to be saved', () => {
  const was = formOf(li)
  expect(changed({ ...was, skills: 'fraud payment ' }, was)).toBe(false)
  expect(changed({ ...was, seats: '4' }, was)).toBe(true)
  expect(changed({ ...was, room: 'usual' }, was)).toBe(true)
  expect(changed({ ...newForm, login: 'a' }, newForm)).toBe(true)
})

it.each([
  [{ login: 'Li' }, 'login'], [{ login: '' }, 'login'], [{ login: '.a' }, 'login'], [{ login: 'a'.repeat(65) }, 'login'],
  [{ skills: 'Two_Words' }, 'skills'], [{ skills: 'a'.repeat(33) }, 'skills'], [{ skills: Array.from({ length: 33 }, (_, i) => `s${i}`).join(' ') }, 'skills'],
  [{ room: 'number', seats: '0' }, 'seats'], [{ room: 'number', seats: '51' }, 'seats'], [{ room: 'number', seats: '2.5' }, 'seats'], [{ room: 'number', seats: '' }, 'seats'],
  [{ room: 'usual', seats: '' }, undefined], [{ room: 'number', seats: '50' }, undefined], [{}, undefined],
] as const)('names what cannot be: %j', (part, field) => {
  expect(wrongIn({ ...newForm, login: 'li.na', ...part })).toBe(field)
})

it('finds accounts by login, name and skill', () => {
  const list = [li, { login: 'boss', name: '王工', role: 'admin' }]
  expect(matching(list, ' NA').map((a) => a.login)).toEqual(['li.na'])
  expect(matching(list, '王').map((a) => a.login)).toEqual(['boss'])
  expect(matching(list, 'fraud')).toHaveLength(1)
  expect(matching(list, '')).toHaveLength(2)
})

it.each([
  ['Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/131.0 Safari/537.36 Edg/131.0', 'Edge · Windows'],
  ['Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.0 Safari/605.1.15', 'Safari · macOS'],
  ['Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) CriOS/131.0 Mobile/15E148 Safari/604.1', 'Chrome · iPhone'],
  ['Mozilla/5.0 (Linux; Android 15) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/131.0 Mobile Safari/537.36', 'Chrome · Android'],
  ['Mozilla/5.0 (X11; Linux x86_64; rv:133.0) Gecko/20100101 Firefox/133.0', 'Firefox · Linux'],
  ['curl/8.5.0', ''], ['', ''],
])('names the browser of %s', (client, name) => {
  expect(browserOf(client)).toBe(name)
})

beforeEach(() => { vi.useFakeTimers() })
afterEach(() => { vi.useRealTimers() })

it('reads the list again while it is seen, and keeps it when that fails', async () => {
  let hidden = false
  let answer: () => Promise<AccountList> = () => Promise.resolve({ accounts: [li] })
  let asked = 0
  const desk = new Accounts({ accounts: () => { asked++; return answer() } }, () => hidden)
  await desk.read()
  answer = () => Promise.reject(new Error('down'))
  await vi.advanceTimersByTimeAsync(15_000)
  expect([asked, desk.list.value?.length, desk.readings.value]).toEqual([2, 1, 1])
  expect(desk.trouble.value).not.toBe('')
  hidden = true
  await vi.advanceTimersByTimeAsync(60_000)
  expect(asked).toBe(2)
  hidden = false
  answer = () => Promise.resolve({ accounts: [] })
  await vi.advanceTimersByTimeAsync(15_000)
  expect([desk.list.value?.length, desk.trouble.value]).toEqual([0, ''])
  desk.stop()
  await vi.advanceTimersByTimeAsync(60_000)
  expect(asked).toBe(3)
})
