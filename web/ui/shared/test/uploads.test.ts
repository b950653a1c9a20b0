import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import type { Transfer, TransferOptions } from '../tus'
import { accepts, precheck, Uploads } from '../uploads'

let made: { options: TransferOptions; calls: string[] }[]
let uploads: Uploads
const file = new File(['x'.repeat(100)], 'a.png', { type: 'image/png' })

beforeEach(() => {
  made = []
  URL.createObjectURL = () => 'blob:1'
  URL.revokeObjectURL = () => undefined
  uploads = new Uploads({
    token: () => 'tok',
    limits: () => ({ image_bytes: 1000, video_bytes: 5000 }),
    load: async () => (options): Transfer => {
      const calls: string[] = []
      made.push({ options, calls })
      return { start: () => void calls.push('start'), pause: () => void calls.push('pause'), cancel: () => void calls.push('cancel') }
    },
  })
})
afterEach(() => uploads.dispose())

const first = (): (typeof made)[number] => {
  const m = made[0]
  if (!m) throw new Error('no transfer')
  return m
}
const item = () => uploads.items.value[0]

describe('an upload', () => {
  it('names its case and kind, and counts up to done', async () => {
    uploads.add('c_1', 'item_photo', ['image'], file)
    await vi.waitFor(() => expect(first().calls).toEqual(['start']))
    expect(first().options.metadata).toEqual({ case: 'c_1', kind: 'item_photo', filename: 'a.png', filetype: 'image/png' })
    first().options.onProgress(40, 100)
    expect(item()).toMatchObject({ status: 'uploading', progress: 40 })
    first().options.onProgress(100, 100)
    expect(item()?.status).toBe('checking')
    first().options.onDone('e_1')
    expect(item()).toMatchObject({ status: 'done', evidence: 'e_1' })
  })

  it('pauses offline and goes on when the network is back', async () => {
    uploads.add('c_1', 'item_photo', ['image'], file)
    await vi.waitFor(() => expect(first().calls).toEqual(['start']))
    dispatchEvent(new Event('offline'))
    expect(item()?.status).toBe('paused')
    dispatchEvent(new Event('online'))
    expect(first().calls).toEqual(['start', 'pause', 'start'])
    expect(item()?.status).toBe('uploading')
  })

  it('tells the reason of a refusal and begins anew on retry', async () => {
    uploads.add('c_1', 'item_photo', ['image'], file)
    await vi.waitFor(() => expect(made).toHaveLength(1))
    first().options.onFailed({ code: 'EVIDENCE_REJECTED', message_zh: '太模糊', message_en: 'too blurry', retryable: false })
    expect(item()).toMatchObject({ status: 'failed', failure: { code: 'EVIDENCE_REJECTED' } })
    uploads.retry(item()?.id ?? '')
    await vi.waitFor(() => expect(made).toHaveLength(2))
  })

  it('can be taken back while it runs', async () => {
    uploads.add('c_1', 'item_photo', ['image'], file)
    await vi.waitFor(() => expect(made).toHaveLength(1))
    uploads.remove(item()?.id ?? '')
    expect(first().calls).toEqual(['start', 'cancel'])
    expect(uploads.items.value).toEqual([])
  })
})

it('files that cannot be taken are refused before a byte is sent', () => {
  const limits = { image_bytes: 10, video_bytes: 10 }
  expect(precheck(file, ['image'], limits)?.code).toBe('TOO_LARGE')
  expect(precheck(file, ['video'], undefined)?.code).toBe('WRONG_TYPE')
  expect(precheck(new File([], 'e.png', { type: 'image/png' }), ['image'], undefined)?.code).toBe('EMPTY')
  expect(precheck(file, ['image'], undefined)).toBeUndefined()
  expect(accepts(['video', 'image', 'text'])).toBe('image/*,video/*')
})
