import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { safeStore } from '../storage'
import type { Checked } from './check'
import { Records, type Bytes } from './kept'
import { Uploads, type UploadItem, type UploadsOptions } from './queue'
import type { Transfer, TransferOptions } from './transfer'
import { failure } from './trouble'

interface Made { options: TransferOptions; calls: string[] }

let made: Made[]
let told: [string, string][]
let stored: Map<string, File>
let storage: Map<string, string>
let found: Partial<Checked>
const open: Uploads[] = []
const png = (name = 'a.png', size = 100): File => new File(['x'.repeat(size)], name, { type: 'image/png', lastModified: 7 })

const area = (): Storage => ({
  getItem: (k: string) => storage.get(k) ?? null, setItem: (k: string, v: string) => void storage.set(k, v), removeItem: (k: string) => void storage.delete(k),
  key: (i: number) => [...storage.keys()][i] ?? null, get length() { return storage.size }, clear: () => storage.clear(),
})
const bytes: Bytes = {
  keep: async (id, file) => void stored.set(id, file),
  read: async (id) => stored.get(id),
  drop: async (id) => void stored.delete(id),
}

/** A page: it shares storage with the pages before it. */
function page(more: Partial<UploadsOptions> = {}): Uploads {
  const uploads = new Uploads({
    token: () => 'tok', bounds: () => ({ image_bytes: 1000, video_bytes: 5000, images: 3 }),
    onTrouble: (item, f) => told.push([item.name, f.code]),
    look: async (file) => ({ type: file.type, doubts: [], ...found }),
    records: new Records(safeStore(area)), files: bytes, claim: async () => true,
    load: async () => (options): Transfer => {
      const calls: string[] = []
      made.push({ options, calls })
      return { start: () => void calls.push('start'), pause: () => void calls.push('pause'), cancel: () => void calls.push('cancel') }
    },
    ...more,
  })
  open.push(uploads)
  return uploads
}

beforeEach(() => {
  made = []
  told = []
  found = {}
  stored = new Map()
  storage = new Map()
  URL.createObjectURL = () => 'blob:1'
  URL.revokeObjectURL = () => undefined
})
afterEach(() => {
  for (const u of open.splice(0)) u.dispose()
  vi.useRealTimers()
})

const nth = (i: number): Made => {
  const m = made[i]
  if (!m) throw new Error(`no transfer ${i}`)
  return m
}
const item = (u: Uploads, i = 0): UploadItem => {
  const found = u.items.value[i]
  if (!found) throw new Error(`no item ${i}`)
  return found
}
const begun = (i = 0): Promise<void> => vi.waitFor(() => expect(nth(i).calls).toContain('start'))

describe('an upload', () => {
  it('names its case and kind, and counts up to done', async () => {
    const u = page()
    u.add('c_1', 'item_photo', ['image'], png())
    await begun()
    expect(nth(0).options.metadata).toEqual({ case: 'c_1', kind: 'item_photo', filename: 'a.png', filetype: 'image/png' })
    nth(0).options.onProgress(40, 100)
    expect(item(u)).toMatchObject({ status: 'uploading', progress: 40 })
    nth(0).options.onProgress(100, 100)
    expect(item(u).status).toBe('checking')
    nth(0).options.onDone('e_1')
    expect(item(u)).toMatchObject({ status: 'done', evidence: 'e_1' })
    expect(storage.size).toBe(0)
    expect(stored.size).toBe(0)
  })

  it('pauses offline and goes on when the network is back', async () => {
    const u = page()
    u.add('c_1', 'item_photo', ['image'], png())
    await begun()
    dispatchEvent(new Event('offline'))
    expect(item(u).status).toBe('offline')
    dispatchEvent(new Event('online'))
    expect(nth(0).calls).toEqual(['start', 'pause', 'start'])
    expect(item(u).status).toBe('uploading')
    expect(told).toEqual([])
  })

  it('is held and gone on with by its owner', async () => {
    const u = page()
    u.add('c_1', 'item_photo', ['image'], png())
    await begun()
    u.hold(item(u).id)
    expect(item(u).status).toBe('held')
    u.wake() // not his wish
    expect(item(u).status).toBe('held')
    u.retry(item(u).id)
    expect(nth(0).calls).toEqual(['start', 'pause', 'start'])
  })

  it('waits for its turn when two are on their way', async () => {
    const u = page()
    for (const n of ['a', 'b', 'c']) u.add('c_1', 'item_photo', ['image'], png(n))
    await vi.waitFor(() => expect(made).toHaveLength(2))
    expect(u.items.value.map((i) => i.status)).toEqual(['uploading', 'uploading', 'waiting'])
    nth(0).options.onDone('e_1')
    await vi.waitFor(() => expect(made).toHaveLength(3))
    expect(item(u, 2).status).toBe('uploading')
  })

  it('tells what went wrong and begins anew on retry when it was refused', async () => {
    const u = page()
    u.add('c_1', 'item_photo', ['image'], png())
    await begun()
    nth(0).options.onFailed({ ...failure('undecodable'), zh: '打不开', en: 'damaged' })
    expect(item(u)).toMatchObject({ status: 'failed', failure: { code: 'undecodable' } })
    expect(told).toEqual([['a.png', 'undecodable']])
    u.retry(item(u).id)
    await vi.waitFor(() => expect(made).toHaveLength(2))
  })

  it('tells while it still tries, and goes on with the same transfer when the server is back', async () => {
    const u = page()
    u.add('c_1', 'item_photo', ['image'], png())
    await begun()
    nth(0).options.onStruggle(failure('network'))
    expect(item(u)).toMatchObject({ status: 'uploading', struggling: true })
    nth(0).options.onFailed(failure('server'))
    expect(item(u).status).toBe('failed')
    u.wake()
    expect(nth(0).calls).toEqual(['start', 'start'])
    nth(0).options.onProgress(50, 100)
    expect(item(u)).toMatchObject({ status: 'uploading', struggling: false, failure: undefined })
    expect(told.map(([, code]) => code)).toEqual(['network', 'server'])
  })

  it('can be taken back while it runs', async () => {
    const u = page()
    u.add('c_1', 'item_photo', ['image'], png())
    await begun()
    u.remove(item(u).id)
    expect(nth(0).calls).toEqual(['start', 'cancel'])
    expect(u.items.value).toEqual([])
    expect(storage.size + stored.size).toBe(0)
  })

  it('is not begun twice for the same file', async () => {
    const u = page()
    u.add('c_1', 'item_photo', ['image'], png())
    await begun()
    u.add('c_1', 'item_photo', ['image'], png())
    expect(u.items.value).toHaveLength(1)
    u.add('c_1', 'packaging_photo', ['image'], png()) // another kind is another piece
    expect(u.items.value).toHaveLength(2)
  })
})

describe('before a byte is sent', () => {
  it('a doubtful picture waits for its owner', async () => {
    found = { doubts: ['blurry'] }
    const u = page()
    u.add('c_1', 'item_photo', ['image'], png())
    await vi.waitFor(() => expect(item(u)).toMatchObject({ status: 'doubted', doubts: ['blurry'] }))
    expect(made).toEqual([])
    expect(told).toEqual([]) // nothing has failed
    u.sendAnyway(item(u).id)
    await begun()
  })

  it('a file that cannot be taken is told of and not sent', async () => {
    found = { failure: failure('too_large'), shrinkable: true }
    const u = page()
    u.add('c_1', 'item_photo', ['image'], png())
    await vi.waitFor(() => expect(item(u)).toMatchObject({ status: 'failed', shrinkable: true }))
    expect(made).toEqual([])
    expect(told).toEqual([['a.png', 'too_large']])
    expect(storage.size).toBe(0)
  })

  it('pictures are counted with those the case has', async () => {
    const u = page({ count: (_, family) => (family === 'image' ? 2 : 9) })
    u.add('c_1', 'item_photo', ['image'], png('a'))
    await begun()
    u.add('c_1', 'item_photo', ['image'], png('b'))
    await vi.waitFor(() => expect(item(u, 1)).toMatchObject({ status: 'failed', failure: { code: 'too_many' } }))
  })
})

describe('after a reload', () => {
  const leave = async (progress: number): Promise<void> => {
    const u = page()
    u.add('c_1', 'item_photo', ['image'], png())
    await begun()
    nth(0).options.onURL('http://here/api/uploads/e_1')
    nth(0).options.onProgress(progress, 100)
    made = []
  }

  it('an upload goes on by itself to where it was going, when the browser kept the bytes', async () => {
    await leave(40)
    const u = page()
    await u.restore('c_1')
    await begun()
    expect(nth(0).options.url).toBe('http://here/api/uploads/e_1')
    expect(item(u)).toMatchObject({ name: 'a.png', progress: 40, status: 'uploading' })
    await u.restore('c_1') // another card of the same case
    expect(u.items.value).toHaveLength(1)
    nth(0).options.onDone('e_1')
    expect(storage.size + stored.size).toBe(0)
  })

  it('asks for the same file when the browser has lost the bytes, and takes no other in its place', async () => {
    await leave(40)
    stored.clear()
    const u = page()
    await u.restore('c_1')
    expect(item(u)).toMatchObject({ status: 'lost', progress: 40 })
    u.give(item(u).id, png('b.png'))
    expect(item(u)).toMatchObject({ status: 'lost', another: true })
    u.give(item(u).id, png())
    await begun()
    expect(nth(0).options.url).toBe('http://here/api/uploads/e_1')
  })

  it('choosing it in the ordinary way goes on, too', async () => {
    await leave(40)
    stored.clear()
    const u = page()
    await u.restore('c_1')
    u.add('c_1', 'item_photo', ['image'], png())
    await begun()
    expect(u.items.value).toHaveLength(1)
    expect(nth(0).options.url).toBe('http://here/api/uploads/e_1')
  })

  it('begins anew when the server has forgotten it by its own word', async () => {
    const u = page()
    u.add('c_1', 'item_photo', ['image'], png())
    await begun()
    nth(0).options.onURL('http://here/api/uploads/e_1')
    nth(0).options.onExpires('Thu, 01 Jan 2026 00:00:00 GMT')
    made = []
    await page().restore('c_1')
    await begun()
    expect(nth(0).options.url).toBeUndefined()
  })

  it('leaves alone what another page is at, and other cases', async () => {
    await leave(40)
    const busy = page({ claim: async () => false })
    await busy.restore('c_1')
    expect(busy.items.value).toEqual([])
    const other = page()
    await other.restore('c_2')
    expect(other.items.value).toEqual([])
  })

  it('forgets what is too old, or no record of ours', async () => {
    await leave(40)
    storage.set('recourse.upload.x', '{"id":7}')
    expect(new Records(safeStore(area), () => Date.now() + 72 * 3_600_000).of('c_1')).toEqual([])
    expect(storage.size).toBe(0)
  })
})
