import { render } from 'preact'
import { act } from 'preact/test-utils'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { Connection } from '../../shared/connection'
import { setLocale } from '../../shared/i18n'
import { FakeSocket, welcome } from '../../shared/test/fake_socket'
import type { CaseView, EvidenceView, Frame } from '../../shared/wire'
import { Tracking } from '../cards/tracking'
import { Chat } from '../chat'
import { AppContext, type App } from '../context'
import { Pieces } from '../pieces'
import { UploadBar } from '../upload_bar'
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

describe('an upload that did not work', () => {
  const state = (more: Partial<CaseView>): Frame => ({ t: 'state', conversation: 'd_001_a', version: 1, holder: 'bot', epoch: 0, seen_buyer: 0, seen_agent: 0, case: { ...now, ...more } })
  const failed = async (of: string): Promise<void> => {
    uploadsOf(app).add(of, 'item_photo', ['image'], new File([], `${of}.jpg`, { type: 'image/jpeg', lastModified: 5 }))
    await vi.waitFor(() => expect(uploadsOf(app).items.value.find((i) => i.case === of)?.status).toBe('failed'))
  }
  const left = (): string[] => uploadsOf(app).items.value.map((i) => i.case)

  it('asks for nothing once the application was submitted without it', async () => {
    await act(() => socket.give(state({ state: 'draft', version: 4 })))
    await show(<UploadBar />)
    await act(() => failed('c_1'))
    await act(() => failed('k_1')) // of a complaint, which is still open
    expect(root.querySelector('.upload-bar')?.textContent).toContain('2')
    await act(() => socket.give(state({ state: 'draft', version: 5 })))
    expect(left()).toEqual(['c_1', 'k_1'])
    await act(async () => {
      socket.give(state({ state: 'merchant_review', version: 6 }))
      await Promise.resolve()
    })
    expect(left()).toEqual(['k_1'])
    expect(root.querySelector('.upload-bar')?.textContent).toContain('1')
  })

  it('of a filed case is asked about until the case is over', async () => {
    await act(() => failed('c_1'))
    await act(() => socket.give(state({ state: 'return_in_transit', version: 4 })))
    expect(left()).toEqual(['c_1'])
    await act(async () => {
      socket.give(state({ state: 'closed_withdrawn', version: 5, terminal: true }))
      await Promise.resolve()
    })
    expect(left()).toEqual([])
  })
})
