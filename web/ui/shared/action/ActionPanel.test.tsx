import { render } from 'preact'
import { act } from 'preact/test-utils'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { ApiFailure } from '../api'
import { setLocale } from '../i18n'
import { safeStore } from '../storage'
import type { CaseAction, CaseView } from '../wire'
import { ActionPanel } from './ActionPanel'
import { Drafts } from './drafts'
import { agentForms } from './spec'

const view = (version: number, allowed = ['rule_refund']): CaseView => ({
  id: 'c1', version, state: 'platform_review', state_name: '', sentence: '', shop: 's', amount_fen: 19900, steps: [], allowed_actions: allowed, created_at: '', waiting_on_you: false, updated_at: '', policy: '',
  order: { order: 'o', line: 'l', title: '', shop: '', paid_fen: 19900, status: '' },
})

let root: HTMLElement
let sent: { body: CaseAction; key: string }[]
let answer: () => Promise<CaseView>
let refreshes: boolean[]

async function show(v: CaseView): Promise<void> {
  await act(() => render(
    <ActionPanel view={v} forms={agentForms(v)} drafts={new Drafts('t.', safeStore(() => sessionStorage))}
      send={(_, body, key) => { sent.push({ body, key }); return answer() }}
      done={() => undefined} refused={(advice) => refreshes.push(advice.refresh)} />, root))
}

const button = (label: string): HTMLButtonElement => {
  const found = [...root.querySelectorAll('button')].find((b) => b.textContent?.includes(label))
  if (!found) throw new Error(`no button ${label} in ${root.textContent}`)
  return found
}
const press = (label: string) => act(() => button(label).click())
const field = (): HTMLTextAreaElement => {
  const found = root.querySelector('textarea')
  if (!found) throw new Error('no text field')
  return found
}
const type = (text: string) => act(() => {
  field().value = text
  field().dispatchEvent(new Event('input', { bubbles: true }))
})
const tick = () => act(() => root.querySelector<HTMLInputElement>('input[type=checkbox]')?.click())
const reasons = 'The video shows that it does not start.'

beforeEach(() => {
  HTMLDialogElement.prototype.showModal = function (this: HTMLDialogElement) { this.open = true }
  sessionStorage.clear()
  setLocale('en')
  root = document.createElement('div')
  document.body.append(root)
  sent = []
  refreshes = []
  answer = () => Promise.resolve(view(8, []))
})

afterEach(async () => {
  await act(() => render(null, root))
  root.remove()
})

describe('a ruling', () => {
  it('goes out only after reasons, a review and an explicit tick', async () => {
    await show(view(7))
    await press('For the buyer: refund')
    await type('too short')
    await press('Next: review')
    expect(root.textContent).toContain('At least 10 characters')
    await type(reasons)
    await press('Next: review')
    expect(root.textContent).toContain('refunded ¥199.00')
    expect(button('Confirm: For the buyer').disabled).toBe(true)
    await tick()
    await press('Confirm: For the buyer')
    expect(sent.map((s) => s.body)).toEqual([{ expected_version: 7, text: reasons }])
  })

  it('is confirmed in a dialog of its own, and Escape goes back to the reasons', async () => {
    await show(view(7))
    await press('For the buyer: refund')
    await type(reasons)
    await press('Next: review')
    const dialog = root.querySelector('dialog')
    expect(dialog?.open).toBe(true)
    expect(dialog?.textContent).toContain(reasons)
    await act(() => { dialog?.dispatchEvent(new Event('cancel', { cancelable: true })) })
    expect(root.querySelector('dialog')).toBeNull()
    expect(field().value).toBe(reasons)
  })

  it('goes out once however fast it is pressed', async () => {
    let settle: (v: CaseView) => void = () => undefined
    answer = () => new Promise((resolve) => { settle = resolve })
    await show(view(7))
    await press('For the buyer: refund')
    await type(reasons)
    await press('Next: review')
    await tick()
    const form = root.querySelector('form')
    await act(() => {
      for (let i = 0; i < 2; i++) form?.dispatchEvent(new Event('submit', { bubbles: true, cancelable: true }))
    })
    expect(sent).toHaveLength(1)
    await act(() => settle(view(8, [])))
  })

  it('keeps the reasons and asks again when the case changes under it', async () => {
    await show(view(7))
    await press('For the buyer: refund')
    await type(reasons)
    await press('Next: review')
    await tick()
    await show(view(8))
    expect(field().value).toBe(reasons)
    expect(root.textContent).toContain('The case has just changed')
    await press('Next: review')
    expect(button('Confirm: For the buyer').disabled).toBe(true)
    await tick()
    await press('Confirm: For the buyer')
    expect(sent[0]?.body.expected_version).toBe(8)
  })

  it('keeps the reasons after a refusal, says why, and asks for the case again', async () => {
    answer = () => Promise.reject(new ApiFailure(409, { code: 'VERSION_CONFLICT', message_zh: '', message_en: 'It changed.', retryable: true }))
    await show(view(7))
    await press('For the buyer: refund')
    await type(reasons)
    await press('Next: review')
    await tick()
    await press('Confirm: For the buyer')
    await vi.waitFor(() => expect(root.textContent).toContain('It changed.'))
    expect(refreshes).toEqual([true])
    await press('Back to edit')
    expect(field().value).toBe(reasons)
  })

  it('sends a retry of the same request under the same key', async () => {
    answer = () => Promise.reject(new TypeError('offline'))
    await show(view(7))
    await press('For the buyer: refund')
    await type(reasons)
    await press('Next: review')
    await tick()
    await press('Confirm: For the buyer')
    await vi.waitFor(() => button('Confirm: For the buyer'))
    await press('Confirm: For the buyer')
    expect(sent).toHaveLength(2)
    expect(sent[1]?.key).toBe(sent[0]?.key)
  })

  it('keeps the reasons of a form that was closed, and forgets them once they are used', async () => {
    await show(view(7))
    await press('For the buyer: refund')
    await type(reasons)
    await press('Cancel')
    await press('For the buyer: refund')
    expect(field().value).toBe(reasons)
    await press('Next: review')
    await tick()
    await press('Confirm: For the buyer')
    await vi.waitFor(() => expect(root.querySelector('form')).toBeNull())
    await show(view(9))
    await press('For the buyer: refund')
    expect(field().value).toBe('')
  })
})
