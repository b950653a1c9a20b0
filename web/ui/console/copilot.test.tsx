import { signal } from '@preact/signals'
import { render } from 'preact'
import { act } from 'preact/test-utils'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { ApiFailure } from '../shared/api'
import { setLocale } from '../shared/i18n'
import type { CopilotAsk, CopilotText } from '../shared/wire'
import { Composer } from './composer'
import type { Mode } from './composer'
import { Copilot } from './copilot'
import type { Live } from './session'
import { suggestions } from './suggestion'

const asked: CopilotAsk[] = []
const said: string[] = []
let answer: () => Promise<CopilotText>
let drafts: Map<string, string>
let root: HTMLElement
const mine = signal(true)

const live = (): Live => {
  const fake = {
    desk: {
      mine, transcript: signal({ entries: [{ seq: 1, kind: 'text', author: { kind: 'buyer' }, text: 'where is my money' }] }),
      typed: () => undefined, say: (text: string) => said.push(text), note: () => undefined,
    },
    connection: { welcome: signal({ copilot: true, limits: { text_runes: 2000 } }) },
    drafts: { read: (key: string) => drafts.get(key) ?? '', write: (key: string, text: string) => drafts.set(key, text) },
    api: { copilot: (_: string, ask: CopilotAsk) => (asked.push(ask), answer()) },
  }
  return fake as unknown as Live // only what the two components use
}

function Both() {
  const l = live()
  return <><Copilot live={l} conversation="d_1" composing={composing} /><Composer live={l} conversation="d_1" composing={composing} /></>
}
const composing = signal<Mode | undefined>(undefined)

const press = (label: string): Promise<void> => act(async () => {
  const button = [...root.querySelectorAll('button')].find((b) => b.textContent === label)
  if (!button) throw new Error(`no button ${label}`)
  button.click()
  await Promise.resolve()
})
const field = (): string => root.querySelector('textarea')?.value ?? ''
const words = (): string => root.textContent

beforeEach(async () => {
  asked.length = 0
  said.length = 0
  drafts = new Map()
  suggestions.value = new Map()
  mine.value = true
  composing.value = undefined
  answer = () => Promise.resolve({ text: '您好，商家正在处理。' })
  setLocale('zh-CN')
  root = document.body.appendChild(document.createElement('div'))
  await act(() => render(<Both />, root))
})
afterEach(() => {
  render(null, root)
  root.remove()
})

it('shows a suggestion, puts it into the field on a press, marked, and sends nothing', async () => {
  await press('建议回复')
  expect(asked).toEqual([{ kind: 'suggest' }])
  expect(root.querySelector('.copilot-text')?.textContent).toBe('建议的回复您好，商家正在处理。')
  expect(field()).toBe('')
  expect(document.activeElement?.tagName).not.toBe('TEXTAREA')
  await press('放入回复框')
  expect(field()).toBe('您好，商家正在处理。')
  expect(document.activeElement?.tagName).toBe('TEXTAREA')
  expect(root.querySelector('.copilot-text')).toBeNull()
  expect(root.querySelector('.suggested')?.textContent).toBe('智能助手的建议，请核对后再发送')
  expect(said).toEqual([])
  await press('发送')
  expect(said).toEqual(['您好，商家正在处理。'])
  expect(root.querySelector('.suggested')).toBeNull()
})

it('leaves what the agent has written alone, and puts a suggestion after it', async () => {
  drafts.set('d_1/reply', '我看一下')
  await act(() => { composing.value = 'reply' })
  await press('建议回复')
  expect(field()).toBe('我看一下')
  await press('放入回复框')
  expect(field()).toBe('我看一下\n您好，商家正在处理。')
  expect(root.querySelector('.suggested')?.textContent).toBe('由智能助手的建议改写')
})

it('puts a newer suggestion in place of one that nobody touched', async () => {
  await press('建议回复')
  await press('放入回复框')
  answer = () => Promise.resolve({ text: '您好，请稍等。' })
  await press('建议回复')
  await press('放入回复框')
  expect(field()).toBe('您好，请稍等。')
})

it('asks once at a time, and the button that asked keeps the focus', async () => {
  let come = (_: CopilotText): void => undefined
  answer = () => new Promise((resolve) => { come = resolve })
  const button = [...root.querySelectorAll('button')].find((b) => b.textContent === '总结会话')
  button?.focus()
  await press('总结会话')
  await press('总结会话')
  expect(asked).toHaveLength(1)
  expect(document.activeElement).toBe(button)
  expect(button?.getAttribute('aria-busy')).toBe('true')
  await act(async () => { come({ text: '买家问退款。' }); await Promise.resolve() })
  expect(words()).toContain('买家问退款。')
  await press('收起')
  expect(document.activeElement).toBe(button)
})

it('names what stands nowhere', async () => {
  answer = () => Promise.resolve({ text: '退您¥999。', doubts: ['¥999'] })
  await press('建议回复')
  expect(root.querySelector('.copilot-doubts')?.textContent).toContain('¥999')
  await press('放入回复框')
  expect(root.querySelector('.copilot-doubts')?.textContent).toContain('¥999')
  expect(root.querySelector('.copilot-words')).toBeNull()
  await press('发送')
  expect(root.querySelector('.copilot-text')).toBeNull()
})

it('shows a summary and a translation, and puts neither into the field', async () => {
  await press('总结会话')
  await press('翻译买家的话')
  expect(asked).toEqual([{ kind: 'summary' }, { kind: 'translate', text: 'where is my money' }])
  expect(field()).toBe('')
  expect(words()).toContain('您好，商家正在处理。')
})

it('says when there is no answer', async () => {
  answer = () => Promise.reject(new ApiFailure(503, { code: 'COPILOT_BUSY', message_zh: '现在没有回应', message_en: 'no answer', retryable: true }))
  await press('总结会话')
  expect(root.querySelector('[role=alert]')?.textContent).toBe('现在没有回应')
})

it('suggests nothing for a conversation of somebody else', async () => {
  await act(() => { mine.value = false })
  const button = [...root.querySelectorAll('button')].find((b) => b.textContent === '建议回复')
  expect(button?.disabled).toBe(true)
})
