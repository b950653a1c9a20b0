import { render } from 'preact'
import { act } from 'preact/test-utils'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { Connection } from '../../shared/connection'
import { setLocale } from '../../shared/i18n'
import { FakeSocket, welcome } from '../../shared/test/fake_socket'
import type { CaseView, EvidenceView } from '../../shared/wire'
import { Tracking } from '../cards/tracking'
import { Chat } from '../chat'
import { AppContext, type App } from '../context'
import { Pieces } from '../pieces'
import { report, uploadsOf } from '../uploads'

let socket: FakeSocket
let app: App
let root: HTMLElement
const button = { action: 'fill_tracking', label: '使用这个单号', args: { case: 'c_1', carrier: '顺丰速运', waybill: 'SF1234567890123' } }
const now = {
  id: 'c_1', version: 3, state: 'awaiting_return', state_name: '', sentence: '', shop: '', amount_fen: 1, steps: [], allowed_actions: [], created_at: '2026-11-23T10:00:00Z', policy: '',
  order: { order: '', line: '', title: '', shop: '', paid_fen: 1, status: '' }, buttons: [{ action: 'fill_tracking', label: '填写' }], waiting_on_you: true, updated_at: '2026-11-23T10:00:00Z',
} as CaseView
const piece = (more: object): EvidenceView => ({ id: 'e_1', kind: 'item_photo', label: '商品实拍图', party: 'buyer', at: '2026-11-23T10:00:00Z', sha256: 'abcdef0123456789', ...more }) as EvidenceView

beforeEach(async () => {
  localStorage.clear()
  setLocale('zh-CN')
  const chat = new Chat({ url: 'ws://test/ws', token: async () => 'tok', connection: (o) => new Connection({ ...o, socket: () => (socket = new FakeSocket()) }) })
  app = { chat, host: { embedded: true, post: () => undefined, token: async () => 'tok' }, view: () => undefined, edit: () => undefined }
  root = document.body.appendChild(document.createElement('div'))
  await act(async () => {
    chat.connection.start()
    await Promise.resolve()
  })
  await act(() => socket.open())
  await act(() => socket.give(welcome({})))
  await act(() => socket.give({ t: 'state', conversation: 'd_001_a', version: 1, holder: 'bot', epoch: 0, seen_buyer: 0, seen_agent: 0, case: now }))
})
afterEach(() => {
  app.chat.connection.stop()
  render(null, root)
  root.remove()
  vi.unstubAllGlobals()
})

const show = (node: preact.ComponentChild): Promise<void> => act(() => render(<AppContext.Provider value={app}>{node}</AppContext.Provider>, root))
const field = (i: number): HTMLInputElement => {
  const found = root.querySelectorAll('input')[i]
  if (!found) throw new Error(`no field ${i}`)
  return found
}

describe('a waybill number read from a photograph', () => {
  it('fills the form in, asks to compare it, and counts only when it is sent', async () => {
    await show(<Tracking button={button} on={7} />)
    expect([field(0).value, field(1).value]).toEqual(['顺丰速运', 'SF1234567890123'])
    expect(root.textContent).toContain('请和面单核对')
    expect(socket.of('press')).toEqual([])
    await act(() => {
      field(1).value = 'SF1234567890124' // as the label really says
      field(1).dispatchEvent(new InputEvent('input', { bubbles: true }))
    })
    await act(() => { root.querySelector('form')?.dispatchEvent(new SubmitEvent('submit', { bubbles: true, cancelable: true })) })
    expect(socket.of('press')).toMatchObject([{ seq: 7, action: 'fill_tracking', args: { case: 'c_1', carrier: '顺丰速运', waybill: 'SF1234567890124' } }])
  })

  it('is not claimed where none was read', async () => {
    await show(<Tracking button={{ ...button, args: { case: 'c_1' } }} on={7} />)
    expect(field(1).value).toBe('')
    expect(root.textContent).not.toContain('请和面单核对')
  })
})

describe('a piece that has arrived', () => {
  it('shows when, what it adds up to, and how firm it is', async () => {
    await show(<Pieces items={[piece({ name: 'a.jpg' })]} now={{ ...now, state: 'draft' }} />)
    for (const want of ['a.jpg', '11月23日 18:00 收到', '校验码 abcdef01', '未提交']) expect(root.textContent).toContain(want)
    await show(<Pieces items={[piece({})]} now={now} />)
    expect(root.textContent).toContain('已提交')
    await show(<Pieces items={[piece({ locked: true })]} now={now} />)
    expect(root.textContent).toContain('已锁定')
  })

  it('shows the server\'s doubts and can be taken back where it offers that', async () => {
    await show(<Pieces items={[piece({ hints: [{ code: 'blurry', text: '画面模糊' }], remove: { action: 'unstage', label: '移除', args: { case: 'c_1', evidence: 'e_1' } } })]} now={now} />)
    expect(root.textContent).toContain('画面模糊')
    await act(() => root.querySelector<HTMLButtonElement>('[aria-label^="从申请中移除"]')?.click())
    expect(socket.of('press')).toMatchObject([{ seq: 0, action: 'unstage', args: { case: 'c_1', evidence: 'e_1' } }])
  })
})

it('what failed is reported without a card, and kept until the server has it', async () => {
  report(app.chat, 'network', { case: 'c_1', kind: 'item_photo', type: '', bytes: '7' })
  expect(socket.of('press')).toMatchObject([{ seq: 0, action: 'upload_trouble', args: { code: 'network', bytes: '7' } }])
  expect(app.chat.pending.value).toHaveLength(1)
  expect(uploadsOf(app)).toBe(uploadsOf(app)) // one set for all cards of the chat
})
