import { render } from 'preact'
import { act } from 'preact/test-utils'
import { afterEach, beforeEach, expect, it, vi } from 'vitest'
import { ApiFailure, localFailure } from '../shared/api'
import { setLocale } from '../shared/i18n'
import type { FlagAnswer, LogEntry, Ticket } from '../shared/wire'
import { FlagLine, Flags } from './flag'

const entry: LogEntry = { seq: 4, at: '2026-03-05T10:00:00Z', author: { kind: 'bot' }, kind: 'text', text: '一般三天到账' }
let server: Map<number, Ticket>
let asked: FlagAnswer[]
let down: boolean
let flags: Flags
let root: HTMLElement

const api = {
  flags: () => Promise.resolve({ tickets: [...server.values()] }),
  flag: (conversation: string, at: number, body: FlagAnswer): Promise<Ticket> => {
    if (down) return Promise.reject(new ApiFailure(0, localFailure(0)))
    asked.push(body)
    const kept: Ticket = { id: `t${at}`, kind: 'wrong_answer', case: '', shop: '', at: entry.at, conversation, entry: at, by: 'li', ...body }
    server.set(at, kept)
    return Promise.resolve(kept)
  },
  unflag: (_: string, at: number): Promise<Ticket> => {
    const was = server.get(at)
    if (!was) return Promise.reject(new ApiFailure(404, localFailure(404)))
    server.set(at, { ...was, done_at: entry.at, outcome: 'taken_back' })
    return Promise.resolve(was)
  },
  topics: () => Promise.resolve([{ id: 'ret-address', label: '退货寄到哪里' }]),
}

const settle = (): Promise<void> => act(async () => { await vi.advanceTimersByTimeAsync(50) })
const button = (label: string): HTMLButtonElement => {
  const found = [...root.querySelectorAll('button')].find((b) => b.textContent === label)
  if (!found) throw new Error(`no button ${label} in ${root.textContent}`)
  return found
}
const press = async (label: string): Promise<void> => {
  await act(() => button(label).click())
  await settle()
}
const pick = (nth: number, value: string): void => {
  const field = root.querySelectorAll('select')[nth]
  if (!field) throw new Error(`no select ${nth}`)
  field.value = value
  field.dispatchEvent(new Event('change', { bubbles: true }))
}

beforeEach(async () => {
  vi.useFakeTimers()
  setLocale('zh-CN')
  server = new Map()
  asked = []
  down = false
  flags = new Flags(api, 'd_1')
  root = document.body.appendChild(document.createElement('div'))
  await act(() => render(<FlagLine entry={entry} flags={flags} me="li" />, root))
  await act(() => flags.read())
})
afterEach(() => {
  flags.stop()
  render(null, root)
  root.remove()
  vi.useRealTimers()
})

it('flags an answer with its reason and what would have been right, and takes it back', async () => {
  await press('答错了')
  expect(document.activeElement?.tagName).toBe('SELECT')
  await act(() => { pick(0, 'wrong_topic'); pick(1, 'ret-address') })
  await press('标记')
  expect(asked).toEqual([{ why: 'wrong_topic', topic: 'ret-address' }])
  expect(root.textContent).toContain('li 标记：答非所问')
  await press('撤回标记')
  expect(root.textContent).toBe('答错了')
})

it('shows what another agent says without being asked, and lets nobody else take it back', async () => {
  server.set(4, { id: 't4', kind: 'wrong_answer', why: 'wrong_fact', case: '', shop: '', at: entry.at, entry: 4, by: 'wang', text: '周末不算' })
  await act(async () => { await vi.advanceTimersByTimeAsync(6000) })
  expect(root.textContent).toContain('wang 标记：内容不对 · 周末不算')
  expect(() => button('撤回标记')).toThrow()
})

it('keeps what was written when it cannot be saved, and Escape leaves the form', async () => {
  await press('答错了')
  down = true
  await press('标记')
  expect(root.querySelector('[role=alert]')?.textContent).toContain('网络')
  await act(() => { root.querySelector('form')?.dispatchEvent(new KeyboardEvent('keydown', { key: 'Escape', bubbles: true })) })
  expect([root.textContent, asked]).toEqual(['答错了', []])
})
