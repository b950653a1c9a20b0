import { render } from 'preact'
import { act } from 'preact/test-utils'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { Connection } from '../../shared/connection'
import { setLocale } from '../../shared/i18n'
import { FakeSocket, welcome } from '../../shared/test/fake_socket'
import type { Frame, LogEntry, State } from '../../shared/wire'
import { Panel } from '../app'
import { Chat } from '../chat'
import { readDraft, runes, sends } from '../draft'

let socket: FakeSocket
let chat: Chat
let root: HTMLElement
const posted: unknown[] = []
const host = { embedded: true, post: (m: unknown) => void posted.push(m), token: async () => 'tok' }

const entry = (seq: number, patch: Partial<LogEntry>): Frame => ({
  t: 'entry', conversation: 'd_001_a', entry: { seq, at: '2026-11-23T10:00:00Z', author: { kind: 'bot' }, kind: 'text', ...patch },
})
const state = (patch: Partial<Omit<State, 't'>> = {}): Frame => ({
  t: 'state', conversation: 'd_001_a', version: 1, holder: 'bot', epoch: 0, seen_buyer: 0, seen_agent: 0, ...patch,
})
const give = (frame: Frame): Promise<void> => act(() => socket.give(frame))

function area(): HTMLTextAreaElement {
  const found = root.querySelector('textarea')
  if (!found) throw new Error('no composer')
  return found
}

async function type(text: string): Promise<void> {
  await act(() => {
    area().value = text
    area().dispatchEvent(new InputEvent('input', { bubbles: true }))
  })
}

async function key(init: KeyboardEventInit): Promise<void> {
  await act(() => {
    area().dispatchEvent(new KeyboardEvent('keydown', { bubbles: true, cancelable: true, ...init }))
  })
}

const button = (label: string): HTMLButtonElement | undefined =>
  [...root.querySelectorAll('button')].find((b) => b.textContent.includes(label))

beforeEach(async () => {
  localStorage.clear()
  posted.length = 0
  setLocale('zh-CN')
  vi.stubGlobal('matchMedia', () => ({ matches: false }))
  Element.prototype.scrollTo = () => undefined
  root = document.body.appendChild(document.createElement('div'))
  chat = new Chat({
    url: 'ws://test/ws', token: host.token,
    connection: (o) => new Connection({ ...o, socket: () => (socket = new FakeSocket()) }),
  })
  await act(() => render(<Panel parts={{ chat, host }} shown />, root))
  await act(async () => {
    chat.connection.start()
    await Promise.resolve()
  })
  await act(() => socket.open())
  await give(welcome({ limits: { text_runes: 10, frame_bytes: 1, images: 1, videos: 1, image_bytes: 1, video_bytes: 1, video_seconds: 60, min_side: 0 } }))
  await give(state())
})
afterEach(() => {
  chat.connection.stop()
  render(null, root)
  root.remove()
  vi.unstubAllGlobals()
})

describe('a text under way', () => {
  const bubbles = (): string[] => [...root.querySelectorAll('.bubble')].map((b) => b.textContent)
  const draft = (text: string): Promise<void> => give({ t: 'draft', conversation: 'd_001_a', client: 're:1:0', text })

  it('grows, and gives way to its entry', async () => {
    await draft('我理解您。')
    await draft('我理解您。请')
    expect(bubbles()).toEqual(['我理解您。请'])
    await give(entry(2, { client: 're:1:0', text: '请先选择商品：' }))
    expect(bubbles()).toEqual(['请先选择商品：'])
    await draft('我理解您。late')
    expect(bubbles()).toEqual(['请先选择商品：'])
  })

  it('is taken back, and dropped when a person takes over', async () => {
    await draft('我理解您。')
    await draft('')
    expect(bubbles()).toEqual([])
    await draft('我理解您。')
    await give(state({ version: 2, holder: 'human', epoch: 1 }))
    expect(bubbles()).toEqual([])
    await draft('还在写')
    expect(bubbles()).toEqual([])
  })

  it('is not read out while it grows', async () => {
    await draft('我理解您。')
    const bubble = root.querySelector('.bubble')
    expect(bubble?.textContent).toContain('我理解您。')
    expect(bubble?.closest('[aria-hidden="true"]')).not.toBeNull()
    await give(entry(2, { client: 're:1:0', text: '请先选择商品：' }))
    expect(root.querySelector('.bubble')?.closest('[aria-hidden="true"]')).toBeNull()
  })
})

describe('the composer', () => {
  it('sends with Enter and clears', async () => {
    await type('开不了机')
    await key({ key: 'Enter' })
    expect(socket.of('say').map((f) => f.text)).toEqual(['开不了机'])
    expect(area().value).toBe('')
    expect(root.querySelector('.is-pending .bubble')?.textContent).toBe('开不了机')
  })

  it('does not send with the Enter that ends a composition', async () => {
    await type('kaibuliao')
    await act(() => { area().dispatchEvent(new CompositionEvent('compositionstart', { bubbles: true })) })
    await key({ key: 'Enter' })
    await key({ key: 'Enter', isComposing: true })
    expect(socket.of('say')).toEqual([])
    await act(() => { area().dispatchEvent(new CompositionEvent('compositionend', { bubbles: true })) })
    await key({ key: 'Enter' })
    expect(socket.of('say')).toHaveLength(1)
  })

  it('knows the key code 229 that some browsers give instead', () => {
    const e = { key: 'Enter', shiftKey: false, altKey: false, isComposing: false, keyCode: 13 }
    expect(sends(e, false)).toBe(true)
    expect(sends({ ...e, keyCode: 229 }, false)).toBe(false)
    expect(sends({ ...e, shiftKey: true }, false)).toBe(false)
  })

  it('breaks the line with Shift and Enter', async () => {
    await type('一')
    await key({ key: 'Enter', shiftKey: true })
    expect(socket.of('say')).toEqual([])
  })

  it('counts code points near the limit and refuses more', async () => {
    expect(runes('𠮷😀a')).toBe(3)
    await type('一二三四五六七八九')
    expect(root.querySelector('#composer-count')?.textContent).toBe('还可输入 1 字')
    await type('一二三四五六七八九十十一')
    expect(root.querySelector('#composer-count')?.textContent).toBe('超出 2 字')
    await key({ key: 'Enter' })
    expect(socket.of('say')).toEqual([])
    expect(area().value).toBe('一二三四五六七八九十十一')
  })

  it('keeps a draft for its conversation', async () => {
    await type('写到一半')
    expect(readDraft('d_001_a')).toBe('写到一半')
    expect(readDraft('d_002_b')).toBe('')
    await type('')
    expect(readDraft('d_001_a')).toBe('')
  })
})

describe('messages', () => {
  it('that were refused keep their text, say why, and can be taken back into the composer', async () => {
    await type('退钱')
    await key({ key: 'Enter' })
    const id = socket.of('say')[0]?.id ?? ''
    await give({ t: 'error', code: 'TEXT_TOO_LONG', message: '内容太长', for: id })
    expect(root.querySelector('.failed')?.textContent).toContain('内容太长')
    await act(() => button('改一改')?.click())
    expect(area().value).toBe('退钱')
    expect(root.querySelector('.failed')).toBeNull()
  })

  it('show once, although they come back as entries', async () => {
    await type('退钱')
    await key({ key: 'Enter' })
    const id = socket.of('say')[0]?.id ?? ''
    await give({ t: 'ack', id, seq: 1 })
    await give(entry(1, { author: { kind: 'buyer' }, client: id, text: '退钱' }))
    expect([...root.querySelectorAll('.bubble-own')].map((b) => b.lastChild?.textContent)).toEqual(['退钱'])
  })

  it('are in a log that is read out politely once the history is there', () => {
    const log = root.querySelector('[role=log]')
    expect(log?.getAttribute('aria-live')).toBe('polite')
    expect(log?.getAttribute('aria-label')).toBe('聊天记录')
  })
})

describe('a card', () => {
  const card = { kind: 'choices' as const, buttons: [{ action: 'pick_reason', label: '质量问题', args: { reason: 'quality_defect' } }, { action: 'pick_reason', label: '发错货', args: { reason: 'wrong_item' } }] }

  it('sends one press with its position, and keeps what was chosen', async () => {
    await give(entry(1, { text: '怎么了？', card }))
    await give(state({ version: 2, live: 1 }))
    await act(() => button('质量问题')?.click())
    await act(() => button('发错货')?.click())
    const sent = socket.of('press')
    expect(sent).toMatchObject([{ seq: 1, action: 'pick_reason', args: { reason: 'quality_defect' } }])
    await give(entry(2, { author: { kind: 'buyer' }, kind: 'press', on: 1, action: 'pick_reason', args: { reason: 'quality_defect' }, client: sent[0]?.id ?? '' }))
    await give(state({ version: 3, live: 0 }))
    expect(root.querySelector('.buttons .btn.is-chosen')?.textContent).toBe('质量问题')
    expect(button('发错货')).toBeUndefined()
  })

  it('that is not live cannot be pressed', async () => {
    await give(entry(1, { text: '怎么了？', card }))
    await give(state({ version: 2, live: 9 }))
    await act(() => button('质量问题')?.click())
    expect(socket.of('press')).toEqual([])
    expect(button('质量问题')?.disabled).toBe(true)
  })

  it('shows the refusal of a press beside itself', async () => {
    await give(entry(1, { text: '怎么了？', card }))
    await give(state({ version: 2, live: 1 }))
    await act(() => button('质量问题')?.click())
    await give({ t: 'error', code: 'CARD_STALE', message: '这一步已经过去了', for: socket.of('press')[0]?.id ?? '' })
    expect(root.querySelector('.choices [role=alert]')?.textContent).toContain('这一步已经过去了')
  })
})

it('a person can always be asked for, and the queue be left', async () => {
  await act(() => button('转人工')?.click())
  expect(socket.of('press')).toMatchObject([{ seq: 0, action: 'human' }])
  await give(state({ version: 2, holder: 'waiting_human' }))
  await give({ t: 'queue', position: 3, agents: 2, wait: 180 })
  expect(root.querySelector('header')?.textContent).toContain('前面还有 2 位')
  await act(() => button('回到智能助手')?.click())
  expect(socket.of('press').at(-1)).toMatchObject({ seq: 0, action: 'back_to_bot' })
})

it('forgets what it showed when the server has another log', async () => {
  await give(entry(1, { text: '旧的' }))
  await give(welcome({ log: 'l2', reset: true }))
  expect(root.textContent).not.toContain('旧的')
})

it('tells the page how many lines are unread', async () => {
  await act(() => render(<Panel parts={{ chat, host }} shown={false} />, root))
  await give(entry(1, { text: '在吗', author: { kind: 'agent', name: '小周' } }))
  expect(posted).toContainEqual({ type: 'unread', count: 1 })
})
