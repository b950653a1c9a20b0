// Requests of the tus client, with what it does not do itself: a checksum on every chunk, a session that is renewed
// when it has expired, an end to requests in which nothing moves any more, and no new upload while the server is away.
import { DefaultHttpStack, type HttpRequest, type HttpResponse, type HttpStack } from 'tus-js-client'
import { NoAnswer } from './trouble'

export interface StackOptions {
  token: () => string | undefined
  /** A fresh token after a refusal; undefined when there is none to be had. */
  renew?: () => Promise<string | undefined>
  /** The Upload-Expires of an answer. */
  onExpires?: (at: string) => void
  base?: HttpStack
}

/** Nothing sent for so long: the connection is dead although nobody said so. */
export const STALL = 40_000
/** The last answer comes after the server has looked at the file. */
const LOOKING = 130_000

export class Stack implements HttpStack {
  private readonly base: HttpStack
  private renewed: { before: string | undefined; token: string } | undefined

  constructor(private readonly options: StackOptions) {
    this.base = options.base ?? new DefaultHttpStack({})
  }

  getName(): string {
    return 'recourse'
  }

  createRequest(method: string, url: string): HttpRequest {
    return new Exchange(method, url, this.base, {
      token: () => {
        const token = this.options.token()
        return this.renewed && this.renewed.before === token ? this.renewed.token : token
      },
      renew: async () => {
        const token = await this.options.renew?.().catch(() => undefined)
        if (token) this.renewed = { before: this.options.token(), token }
        return token
      },
      ...(this.options.onExpires ? { onExpires: this.options.onExpires } : {}),
    })
  }
}

class Exchange implements HttpRequest {
  private readonly headers = new Map<string, string>()
  private inner: HttpRequest | undefined
  private onProgress: ((sent: number) => void) | undefined
  private timer: ReturnType<typeof setTimeout> | undefined

  constructor(private readonly method: string, private readonly url: string, private readonly base: HttpStack, private readonly options: StackOptions) {}

  getMethod(): string { return this.method }
  getURL(): string { return this.url }
  setHeader(name: string, value: string): void { this.headers.set(name, value) }
  getHeader(name: string): string | undefined { return this.headers.get(name) }
  setProgressHandler(handler: (sent: number) => void): void { this.onProgress = handler }
  getUnderlyingObject(): unknown { return this.inner?.getUnderlyingObject() }

  abort(): Promise<void> {
    clearTimeout(this.timer)
    return this.inner?.abort() ?? Promise.resolve()
  }

  async send(body: unknown): Promise<HttpResponse> {
    if (this.method === 'PATCH' && body instanceof Blob) await this.sum(body)
    let answer = await this.once(body)
    if (answer.getStatus() === 401 && await this.options.renew?.()) answer = await this.once(body)
    const expires = answer.getHeader('Upload-Expires')
    if (expires) this.options.onExpires?.(expires)
    const status = answer.getStatus()
    // To these the client would begin a new upload, and what the server has would be sent again.
    if (this.method === 'HEAD' && (status >= 500 || status === 401 || status === 408 || status === 429)) throw new NoAnswer('status', status)
    return answer
  }

  /** Reading the chunk here also tells an unreadable file from a broken network. */
  private async sum(chunk: Blob): Promise<void> {
    const raw = await chunk.arrayBuffer()
    if (!globalThis.crypto?.subtle) return // a page without https
    const digest = new Uint8Array(await crypto.subtle.digest('SHA-256', raw))
    this.setHeader('Upload-Checksum', `sha256 ${btoa(String.fromCharCode(...digest))}`)
  }

  private once(body: unknown): Promise<HttpResponse> {
    const inner = this.base.createRequest(this.method, this.url)
    this.inner = inner
    for (const [name, value] of this.headers) inner.setHeader(name, value)
    const token = this.options.token()
    if (token) inner.setHeader('Authorization', `Bearer ${token}`)
    const size = body instanceof Blob ? body.size : 0
    return new Promise<HttpResponse>((resolve, reject) => {
      const watch = (wait: number): void => {
        clearTimeout(this.timer)
        this.timer = setTimeout(() => {
          reject(new NoAnswer('timeout'))
          void inner.abort()
        }, wait)
      }
      inner.setProgressHandler((sent) => {
        watch(sent >= size ? LOOKING : STALL)
        this.onProgress?.(sent)
      })
      watch(STALL)
      inner.send(body).then(resolve, reject)
    }).finally(() => clearTimeout(this.timer))
  }
}
