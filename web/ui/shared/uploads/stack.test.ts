// @vitest-environment node
import type { HttpRequest, HttpResponse, HttpStack } from 'tus-js-client'
import { afterEach, describe, expect, it, vi } from 'vitest'
import { STALL, Stack } from './stack'
import { NoAnswer } from './trouble'

interface Sent { method: string; headers: Record<string, string>; aborted: boolean; progress?: (sent: number) => void }

const sent: Sent[] = []

/** A network that gives these answers, one after the other; undefined: it never answers. */
function network(...answers: ({ status: number; headers?: Record<string, string> } | undefined)[]): HttpStack {
  sent.length = 0
  return {
    getName: () => 'test',
    createRequest(method): HttpRequest {
      const one: Sent = { method, headers: {}, aborted: false }
      sent.push(one)
      return {
        getMethod: () => method, getURL: () => '/', getHeader: (n) => one.headers[n], getUnderlyingObject: () => undefined,
        setHeader: (n, v) => { one.headers[n] = v },
        setProgressHandler: (f) => { one.progress = f },
        abort: async () => { one.aborted = true },
        send: () => {
          const answer = answers.shift()
          if (!answer) return new Promise<HttpResponse>(() => undefined)
          return Promise.resolve({ getStatus: () => answer.status, getHeader: (n: string) => answer.headers?.[n], getBody: () => '', getUnderlyingObject: () => undefined })
        },
      }
    },
  }
}

afterEach(() => vi.useRealTimers())

describe('a request of an upload', () => {
  it('carries the checksum of its chunk', async () => {
    const stack = new Stack({ token: () => 'a', base: network({ status: 204 }) })
    await stack.createRequest('PATCH', '/u').send(new Blob(['hello']))
    expect(sent[0]?.headers).toMatchObject({ Authorization: 'Bearer a', 'Upload-Checksum': 'sha256 LPJNul+wow4m6DsqxbninhsWHlwfp0JecwQzYpOLmCQ=' })
  })

  it('is sent once more with a fresh session, and so are those after it', async () => {
    const renew = vi.fn(async () => 'b')
    const stack = new Stack({ token: () => 'a', renew, base: network({ status: 401 }, { status: 204 }, { status: 204 }) })
    const request = stack.createRequest('PATCH', '/u')
    request.setHeader('Upload-Offset', '7')
    expect((await request.send(new Blob(['x']))).getStatus()).toBe(204)
    await stack.createRequest('HEAD', '/u').send(null)
    expect(sent.map((s) => s.headers['Authorization'])).toEqual(['Bearer a', 'Bearer b', 'Bearer b'])
    expect(sent[1]?.headers['Upload-Offset']).toBe('7')
    expect(renew).toHaveBeenCalledTimes(1)
  })

  it('keeps its refusal when there is no fresh session', async () => {
    const stack = new Stack({ token: () => 'a', renew: () => Promise.reject(new Error('the page gave none')), base: network({ status: 401 }) })
    expect((await stack.createRequest('PATCH', '/u').send(new Blob(['x']))).getStatus()).toBe(401)
  })

  it('ends when nothing moves, but not while bytes go', async () => {
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] })
    const stack = new Stack({ token: () => 'a', base: network(undefined) })
    const request = stack.createRequest('POST', '/u')
    let ended: unknown
    request.send(null).catch((err: unknown) => { ended = err })
    await vi.advanceTimersByTimeAsync(STALL - 10)
    sent[0]?.progress?.(-1)
    await vi.advanceTimersByTimeAsync(STALL - 10)
    expect(ended).toBeUndefined()
    await vi.advanceTimersByTimeAsync(20)
    expect(ended).toBeInstanceOf(NoAnswer)
    expect(sent[0]?.aborted).toBe(true)
  })

  it.each([503, 401, 429])('for the offset that is answered %i begins no new upload', async (status) => {
    const stack = new Stack({ token: () => 'a', base: network({ status }) })
    await expect(stack.createRequest('HEAD', '/u').send(null)).rejects.toMatchObject({ why: 'status', status })
  })

  it.each([404, 410, 423])('for the offset that is answered %i is left to the client', async (status) => {
    const stack = new Stack({ token: () => 'a', base: network({ status }) })
    expect((await stack.createRequest('HEAD', '/u').send(null)).getStatus()).toBe(status)
  })

  it('tells when the server will forget it', async () => {
    const at: string[] = []
    const stack = new Stack({ token: () => 'a', onExpires: (v) => at.push(v), base: network({ status: 201, headers: { 'Upload-Expires': 'soon' } }) })
    await stack.createRequest('POST', '/u').send(null)
    expect(at).toEqual(['soon'])
  })
})
