import { signal } from '@preact/signals'
import { render } from 'preact'
import { act } from 'preact/test-utils'
import { afterEach, beforeEach, expect, it, vi } from 'vitest'
import { setLocale } from '../shared/i18n'
import type { ScoreList } from '../shared/wire'
import { ScoresPanel } from './scores_panel'
import type { Live } from './session'

const at = '2026-11-26T12:00:00Z'
const part = (id: string, more: object = {}) => ({ id, by: 'agent' as const, name: '小周', ended_at: at, asked_at: at, ...more })

let root: HTMLElement
let asked: string[]
let answer: () => Promise<ScoreList>
const transcript = signal({ upTo: 1 })

const live = (): Live => {
  const fake = { desk: { state: signal(undefined), transcript, caseView: signal(undefined) }, api: { scores: (id: string) => { asked.push(id); return answer() } } }
  return fake as unknown as Live // only what the panel uses
}

const wait = (ms: number): Promise<void> => act(async () => { await vi.advanceTimersByTimeAsync(ms) })

beforeEach(() => {
  vi.useFakeTimers()
  setLocale('en')
  asked = []
  transcript.value = { upTo: 1 }
  root = document.body.appendChild(document.createElement('div'))
})
afterEach(() => {
  render(null, root)
  root.remove()
  setLocale('zh-CN')
  vi.useRealTimers()
})

it('shows nothing while the buyer was not asked, and the newest first once he was', async () => {
  const scores: ScoreList = { scores: [] }
  answer = () => Promise.resolve(scores)
  const l = live()
  await act(() => { render(<ScoresPanel live={l} conversation="d_1" />, root) })
  await wait(0)
  expect(root.innerHTML).toBe('')
  scores.scores = [
    part('a', { by: 'bot', name: undefined, stars: 2, comment: '没有用', answered_at: at, case: 'c_1', case_state: 'refunded', result: 'helped' }),
    part('b', { declined: true }), part('c'),
  ]
  await act(() => { transcript.value = { upTo: 2 } })
  await act(() => { transcript.value = { upTo: 3 } })
  await wait(400)
  expect(asked).toEqual(['d_1', 'd_1'])
  const lines = [...root.querySelectorAll('.scores-one')].map((x) => x.textContent ?? '')
  expect(lines[0]).toContain('not answered yet')
  expect(lines[1]).toContain('does not want to score')
  expect(lines[2]).toContain('没有用')
  expect(lines[2]).toContain('Refunded · helped by then')
  expect(root.querySelector('[role=img]')?.getAttribute('aria-label')).toBe('2 stars of 5')
})

it('says when the scores cannot be read, and reads them again when asked', async () => {
  answer = () => Promise.reject(new Error('down'))
  const l = live()
  await act(() => { render(<ScoresPanel live={l} conversation="d_1" />, root) })
  await wait(0)
  expect(root.querySelector('[role=alert]')?.textContent).toContain('could not be read')
  answer = () => Promise.resolve({ scores: [part('a', { stars: 5, answered_at: at })] })
  await act(() => { root.querySelector('button')?.click() })
  await wait(400)
  expect(root.querySelector('[role=alert]')).toBeNull()
  expect(root.querySelector('[role=img]')?.getAttribute('aria-label')).toBe('5 stars of 5')
})
