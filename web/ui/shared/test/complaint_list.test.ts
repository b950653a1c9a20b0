import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import { Complaints } from '../complaint_list'
import type { ComplaintList, ComplaintView } from '../wire'

const view = (id: string, version: number): ComplaintView => ({ id, version }) as ComplaintView

/** A server whose answers are given when the test says so. */
class Server {
  readonly asked: { answer(list: ComplaintView[]): void; fail(): void }[] = []
  readonly list = (): Promise<ComplaintList> => new Promise((resolve, reject) => {
    this.asked.push({ answer: (complaints) => resolve({ complaints } as ComplaintList), fail: () => reject(new Error('away')) })
  })
  async settle(): Promise<void> { await vi.advanceTimersByTimeAsync(0) }
}

describe('the complaints of a desk', () => {
  let server: Server
  let desk: Complaints
  beforeEach(() => {
    vi.useFakeTimers()
    server = new Server()
    desk = new Complaints({ every: 100, list: server.list, act: async (id) => view(id, 2) })
  })
  afterEach(() => {
    desk.stop()
    vi.useRealTimers()
  })

  test('are read again after every answer, also after a failed one, until it is stopped', async () => {
    void desk.read()
    server.asked[0]?.fail()
    await server.settle()
    expect(desk.trouble.value).not.toBe('')
    await vi.advanceTimersByTimeAsync(100)
    server.asked[1]?.answer([view('a', 1)])
    await server.settle()
    expect([desk.trouble.value, desk.list.value?.length]).toEqual(['', 1])
    desk.stop()
    await vi.advanceTimersByTimeAsync(1000)
    expect(server.asked.length).toBe(2)
  })

  test('an answer that comes after a newer question is dropped', async () => {
    void desk.read()
    void desk.read()
    server.asked[1]?.answer([view('new', 1)])
    server.asked[0]?.answer([view('old', 1)])
    await server.settle()
    expect(desk.list.value?.map((c) => c.id)).toEqual(['new'])
  })

  test('what was done shows at once', async () => {
    void desk.read()
    server.asked[0]?.answer([view('a', 1), view('b', 1)])
    await server.settle()
    await desk.act('b', 'claim', {}, 'k1')
    expect(desk.list.value?.map((c) => c.version)).toEqual([1, 2])
    expect(server.asked.length).toBe(2)
  })
})
