import { render } from 'preact'
import { act } from 'preact/test-utils'
import { afterEach, beforeEach, expect, it, vi } from 'vitest'
import { links } from '../thumb'
import { EvidenceViewer } from '../viewer'

let root: HTMLElement

beforeEach(() => {
  HTMLDialogElement.prototype.showModal = function (this: HTMLDialogElement) { this.open = true }
  vi.stubGlobal('ResizeObserver', class { observe() {} disconnect() {} })
  root = document.body.appendChild(document.createElement('div'))
})
afterEach(() => {
  delete links.renew
  render(null, root)
  root.remove()
  vi.unstubAllGlobals()
})

const show = (): Promise<void> =>
  act(() => render(<EvidenceViewer items={[{ id: 'e_1', label: '实拍图', media: 'image/jpeg', url: '/old' }]} start={0} onClose={() => undefined} />, root))
const breaks = (): Promise<void> => act(async () => {
  root.querySelector('img')?.dispatchEvent(new Event('error'))
  await Promise.resolve()
})
const src = (): string | undefined => root.querySelector('img')?.getAttribute('src') ?? undefined

it('a picture whose link is over is shown by a fresh one', async () => {
  links.renew = async (id) => `/fresh/${id}`
  await show()
  await breaks()
  expect(src()).toBe('/fresh/e_1')
  await breaks() // the file itself cannot be shown
  expect(src()).toBeUndefined()
  expect(root.textContent).toContain('暂时无法预览')
})

it.each([['there is none', async () => undefined], ['it cannot be asked for', () => Promise.reject(new Error('offline'))]])('says so when %s', async (_, renew) => {
  links.renew = renew
  await show()
  await breaks()
  await act(() => Promise.resolve())
  expect(src()).toBeUndefined()
})
