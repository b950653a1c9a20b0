import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { Connection, type ConnectionOptions } from '../connection'
import { safeStore, type Store } from '../storage'
import type { Frame } from '../wire'
import { FakeSocket, welcome } from './fake_socket'

let sockets: FakeSocket[]
let frames: Frame[]
let store: Store

function memory(): Store {
  const map = new Map<string, string>()
  return safeStore(() => ({
    get length() { return map.size },
    key: (i: number) => [...map.keys()][i] ?? null,
    getItem: (k: string) => map.get(k) ?? null,
    setItem: (k: string, v: string) => void map.set(k, v),
    removeItem: (k: string) => void map.delete(k),
    clear: () => map.clear(),
  }))
}

function connect(patch: Partial<ConnectionOptions> = {}): Connection {
  return new Connection({
    url: 'ws://test/ws',
    token: async () => 'tok',
    resume: () => ({}),
    onFrame: (f) => frames.push(f),
    store,
    socket: () => {
      const s = new FakeSocket()
      sockets.push(s)
      return s
    },
    random: () => 1,
    ...patch,
  })
}

const settle = (): Promise<unknown> => vi.advanceTimersByTimeAsync(0)
const last = (): FakeSocket => {
  const s = sockets.at(-1)
  if (!s) throw new Error('no socket')
  return s
}

async function opened(c: Connection, patch: Parameters<typeof welcome>[0] = {}): Promise<FakeSocket> {
  c.start()
  await settle()
  last().open()
  last().give(welcome(patch))
  return last()
}

const say = (id: string, text = 'hello'): Extract<Frame, { t: 'say' }> => ({ t: 'say', id, text })
const entry = (seq: number, client?: string): Frame => ({
  t: 'entry', conversation: 'd_001_a',
  entry: { seq, at: '2026-11-23T10:00:01Z', author: { kind: 'buyer' }, kind: 'text', text: 'hello', ...(client ? { client } : {}) },
})

beforeEach(() => {
  vi.useFakeTimers()
  sockets = []
  frames = []
  store = memory()
})
afterEach(() => vi.useRealTimers())

describe('hello and resume', () => {
  it('sends the token in the first frame and opens with welcome', async () => {
    const c = connect()
    const s = await opened(c)
    expect(s.sent[0]).toMatchObject({ t: 'hello', token: 'tok' })
    expect(c.phase.value).toBe('open')
    c.stop()
  })

  it('resumes after the last entry when the socket is lost', async () => {
    const c = connect({ resume: () => ({ conversation: 'd_001_a', since: 7, log: 'l1' }) })
    const s = await opened(c)
    s.drop(1006)
    expect(c.phase.value).toBe('waiting')
    await vi.advanceTimersByTimeAsync(500)
    last().open()
    expect(sockets).toHaveLength(2)
    expect(last().sent[0]).toMatchObject({ t: 'hello', conversation: 'd_001_a', since: 7, log: 'l1' })
    c.stop()
  })

  it('waits longer after each failure, up to twenty seconds', async () => {
    const c = connect()
    c.start()
    await settle()
    const waits: number[] = []
    for (let i = 0; i < 8; i++) {
      const before = Date.now()
      last().drop(1006)
      waits.push(c.retryAt.value - before)
      await vi.advanceTimersByTimeAsync(c.retryAt.value - before)
    }
    expect(waits).toEqual([500, 1000, 2000, 4000, 8000, 16_000, 20_000, 20_000])
    c.stop()
  })

  it('spreads its waiting over the whole span, which is full jitter', async () => {
    const c = connect({ random: () => 0.25 })
    c.start()
    await settle()
    const before = Date.now()
    last().drop(1011)
    expect(c.retryAt.value - before).toBe(125)
    c.stop()
  })

  it('tries again when no token can be had', async () => {
    let asked = 0
    const c = connect({ token: async () => { if (++asked === 1) throw new Error('offline'); return 'tok' } })
    c.start()
    await settle()
    expect(c.phase.value).toBe('waiting')
    await vi.advanceTimersByTimeAsync(600)
    expect(sockets).toHaveLength(1)
    c.stop()
  })

  it('gives up a socket that never welcomes', async () => {
    const c = connect()
    c.start()
    await settle()
    last().open()
    await vi.advanceTimersByTimeAsync(15_001)
    expect(sockets[0]?.closed).toBe(1000)
    expect(c.phase.value).toBe('waiting')
    c.stop()
  })
})

describe('the outbox', () => {
  it('keeps what is written before the welcome and sends it in order after it', async () => {
    const c = connect()
    c.start()
    c.send(say('a'))
    c.send(say('b'))
    await settle()
    last().open()
    expect(last().of('say')).toEqual([])
    last().give(welcome())
    expect(last().of('say').map((f) => f.id)).toEqual(['a', 'b'])
    c.stop()
  })

  it('resends the same id after a reconnect until it is acked', async () => {
    const c = connect()
    const first = await opened(c)
    c.send(say('a'))
    expect(first.of('say')).toHaveLength(1)
    first.drop(1006)
    await vi.advanceTimersByTimeAsync(500)
    last().open()
    last().give(welcome())
    expect(last().of('say').map((f) => f.id)).toEqual(['a'])
    last().give({ t: 'ack', id: 'a', seq: 1 })
    expect(c.outbox.find('a')?.status).toBe('stored')
    last().drop(1006)
    await vi.advanceTimersByTimeAsync(1000)
    last().open()
    last().give(welcome())
    expect(last().of('say')).toEqual([])
    c.stop()
  })

  it('survives a reload: another page sends what this one did not get acked', async () => {
    const c = connect()
    await opened(c)
    c.send(say('a', '第一句'))
    c.stop()
    const next = connect()
    const s = await opened(next)
    expect(s.of('say')).toEqual([{ t: 'say', id: 'a', text: '第一句' }])
    next.stop()
  })

  it('does not send one buyer\'s words into the conversation of another', async () => {
    const c = connect()
    await opened(c)
    c.send(say('a'))
    c.stop()
    const other = connect()
    const s = await opened(other, { conversation: 'd_002_b' })
    expect(s.of('say')).toEqual([])
    expect(other.outbox.items.value).toEqual([])
    other.stop()
  })

  it('drops its own copy when the entry comes, whichever of ack and entry is first', async () => {
    const c = connect()
    const s = await opened(c)
    c.send(say('a'))
    c.send(say('b'))
    s.give({ t: 'ack', id: 'a', seq: 1 })
    s.give(entry(1, 'a'))
    s.give(entry(2, 'b'))
    s.give({ t: 'ack', id: 'b', seq: 2 })
    expect(c.outbox.items.value).toEqual([])
    expect(store.keys('recourse.outbox.')).toEqual([])
    c.stop()
  })

  it('keeps the text of a refused message and sends it again on request', async () => {
    const c = connect()
    const s = await opened(c)
    c.send(say('a', '不能丢'))
    s.give({ t: 'error', code: 'TEXT_TOO_LONG', message: '太长', for: 'a' })
    expect(c.outbox.find('a')).toMatchObject({ status: 'failed', error: { code: 'TEXT_TOO_LONG', message: '太长' }, frame: { text: '不能丢' } })
    c.retry('a')
    expect(s.of('say').map((f) => f.id)).toEqual(['a', 'a'])
    c.stop()
  })

  it('takes a new id when the old one is used up', async () => {
    const c = connect()
    const s = await opened(c)
    c.send(say('a'))
    s.give({ t: 'error', code: 'ID_REUSED', message: '', for: 'a' })
    c.retry('a')
    const ids = s.of('say').map((f) => f.id)
    expect(ids).toHaveLength(2)
    expect(ids[1]).not.toBe('a')
    expect(c.outbox.items.value.map((p) => p.id)).toEqual([ids[1]])
    c.stop()
  })

  it('tries by itself what the server calls worth a retry, and stops after some tries', async () => {
    const c = connect()
    const s = await opened(c)
    c.send(say('a'))
    for (let i = 0; i < 8; i++) {
      s.give({ t: 'error', code: 'RATE_LIMITED', message: '稍等', for: 'a', retry: true, retry_after: 100 })
      await vi.advanceTimersByTimeAsync(200)
    }
    expect(s.of('say')).toHaveLength(5)
    expect(c.outbox.find('a')?.status).toBe('failed')
    c.stop()
  })

  it('leaves a half-dead socket that takes words and answers nothing', async () => {
    const c = connect()
    const s = await opened(c)
    c.send(say('a'))
    await vi.advanceTimersByTimeAsync(21_000)
    expect(s.closed).toBe(1000)
    expect(sockets.length).toBeGreaterThan(1)
    c.stop()
  })

  it('marks what was on the wire as too large when the server closes with 1009', async () => {
    const c = connect()
    const s = await opened(c)
    c.send(say('a'))
    s.drop(1009)
    expect(c.outbox.find('a')).toMatchObject({ status: 'failed', error: { code: 'TOO_LARGE' } })
    c.stop()
  })
})

describe('closing', () => {
  it('ignores the callbacks of a socket that was given up', async () => {
    const c = connect()
    const old = await opened(c)
    const { onmessage, onclose } = old
    c.reconnect()
    await settle()
    last().open()
    last().give(welcome())
    const seen = frames.length
    onmessage?.({ data: JSON.stringify(entry(99)) })
    onclose?.({ code: 4003, reason: '' })
    expect(frames).toHaveLength(seen)
    expect(c.phase.value).toBe('open')
    c.stop()
  })

  it('ignores a token that arrives after stop', async () => {
    let give: (t: string) => void = () => undefined
    const c = connect({ token: () => new Promise((resolve) => { give = resolve }) })
    c.start()
    c.stop()
    give('late')
    await settle()
    expect(sockets).toEqual([])
    expect(c.phase.value).toBe('closed')
  })

  it('asks for a new token after 4001 and reconnects at once', async () => {
    const asked: boolean[] = []
    const c = connect({ token: async (refused) => { asked.push(refused); return 'tok' } })
    const s = await opened(c)
    s.drop(4001)
    await vi.advanceTimersByTimeAsync(1)
    expect(asked).toEqual([false, true])
    expect(sockets).toHaveLength(2)
    last().drop(4001)
    await vi.advanceTimersByTimeAsync(1)
    expect(sockets).toHaveLength(2) // a second refusal backs off
    c.stop()
  })

  it.each([[4003, 'forbidden'], [4009, 'replaced']] as const)('stays closed after %i', async (code, reason) => {
    const c = connect()
    const s = await opened(c)
    s.drop(code)
    await vi.advanceTimersByTimeAsync(60_000)
    expect(sockets).toHaveLength(1)
    expect(c.phase.value).toBe('closed')
    expect(c.reason.value).toBe(reason)
  })

  it('can be taken back by hand after another window replaced it', async () => {
    const c = connect()
    const s = await opened(c)
    s.drop(4009)
    c.reconnect()
    await settle()
    expect(sockets).toHaveLength(2)
    c.stop()
  })

  it('comes back after the time that drain named, not by the back-off', async () => {
    const c = connect()
    const s = await opened(c)
    s.give({ t: 'drain', after: 3000 })
    s.drop(4012)
    await vi.advanceTimersByTimeAsync(2999)
    expect(sockets).toHaveLength(1)
    await vi.advanceTimersByTimeAsync(1002)
    expect(sockets).toHaveLength(2)
    c.stop()
  })

  it('leaves a draining server that does not close', async () => {
    const c = connect()
    const s = await opened(c)
    s.give({ t: 'drain', after: 1000 })
    await vi.advanceTimersByTimeAsync(2001)
    expect(s.closed).toBe(1000)
    expect(sockets).toHaveLength(2)
    c.stop()
  })

  it('tries at once when the network is back', async () => {
    const c = connect()
    const s = await opened(c)
    s.drop(1006)
    s.drop(1006)
    expect(c.phase.value).toBe('waiting')
    dispatchEvent(new Event('online'))
    await settle()
    expect(sockets).toHaveLength(2)
    c.stop()
  })

  it('ignores frames it does not know and text that is no frame', async () => {
    const c = connect()
    const s = await opened(c)
    const seen = frames.length
    s.onmessage?.({ data: '{"t":"fireworks"}' })
    s.onmessage?.({ data: 'not json' })
    s.onmessage?.({ data: '{"t":"ack"}' })
    expect(frames).toHaveLength(seen)
    c.stop()
  })
})
