// HTTP with the one error shape of the API. A failed call throws ApiFailure; what it says is fit to be shown.
import { locale } from './i18n'
import type { APIError, APIErrorBody } from './wire'

export class ApiFailure extends Error {
  override readonly name = 'ApiFailure'
  constructor(readonly status: number, readonly body: APIErrorBody) {
    super(body.code)
  }
  get code(): string {
    return this.body.code
  }
  /** The message in the language of the page. */
  get text(): string {
    return locale.value === 'en' ? this.body.message_en : this.body.message_zh
  }
}

const isObject = (v: unknown): v is Record<string, unknown> => typeof v === 'object' && v !== null

export function isAPIError(v: unknown): v is APIError {
  return isObject(v) && isObject(v['error']) && typeof v['error']['code'] === 'string'
}

/** Makes an error body for what never reached the server, or came back unreadable. */
export function localFailure(status: number): APIErrorBody {
  if (status === 0) {
    return { code: 'NETWORK', message_zh: '网络不可用，请检查网络后重试。', message_en: 'No connection. Check the network and try again.', retryable: true }
  }
  return { code: `HTTP_${status}`, message_zh: `服务暂时不可用（${status}），请稍后重试。`, message_en: `The service is not available (${status}). Please try again later.`, retryable: status >= 500 }
}

/** Reads an error body out of a response text. */
export function parseFailure(status: number, text: string): APIErrorBody {
  try {
    const v: unknown = JSON.parse(text)
    if (isAPIError(v)) return v.error
  } catch {
    // Not JSON: a proxy's page.
  }
  return localFailure(status)
}

/** What to show for anything that was thrown. */
export function failureText(err: unknown): string {
  if (err instanceof ApiFailure) return err.text
  const body = localFailure(0)
  return locale.value === 'en' ? body.message_en : body.message_zh
}

/** One exchange, for those who want to show it (the demo merchant desk). */
export interface Exchange { method: string; path: string; status: number; code?: string; body?: unknown; answer?: unknown; ms: number }

export interface ApiOptions {
  token?: () => string | undefined
  /** Called at 401, before the call throws. */
  onUnauthorized?: () => void
  onExchange?: (x: Exchange) => void
  fetch?: typeof fetch
}

export interface CallOptions { body?: unknown; key?: string; signal?: AbortSignal }

export class Api {
  constructor(private readonly options: ApiOptions = {}) {}

  get<T>(path: string, options: CallOptions = {}): Promise<T> {
    return this.call<T>('GET', path, options)
  }

  /** A write. `key` is its Idempotency-Key: keep it for a repeat of the same intent. */
  post<T>(path: string, body: unknown, options: CallOptions = {}): Promise<T> {
    return this.call<T>('POST', path, { ...options, body })
  }

  /** A write that is harmless when it is repeated. */
  put<T>(path: string, body: unknown): Promise<T> {
    return this.call<T>('PUT', path, { body })
  }

  remove<T>(path: string): Promise<T> {
    return this.call<T>('DELETE', path, {})
  }

  /** A file that is not JSON; it is read whole. */
  async file(path: string): Promise<Blob> {
    const token = this.options.token?.()
    let response: Response
    try {
      response = await (this.options.fetch ?? fetch)(path, { cache: 'no-store', headers: token ? { Authorization: `Bearer ${token}` } : {} })
    } catch {
      throw new ApiFailure(0, localFailure(0))
    }
    if (!response.ok) {
      if (response.status === 401) this.options.onUnauthorized?.()
      throw new ApiFailure(response.status, parseFailure(response.status, await response.text()))
    }
    try {
      return await response.blob()
    } catch {
      throw new ApiFailure(0, localFailure(0)) // cut off: what came is not whole
    }
  }

  private async call<T>(method: string, path: string, { body, key, signal }: CallOptions): Promise<T> {
    const headers: Record<string, string> = { Accept: 'application/json', 'Accept-Language': locale.value }
    const token = this.options.token?.()
    if (token) headers['Authorization'] = `Bearer ${token}`
    if (body !== undefined) headers['Content-Type'] = 'application/json'
    if (key) headers['Idempotency-Key'] = key
    const started = performance.now()
    const report = (status: number, answer: unknown, code?: string): void => {
      this.options.onExchange?.({ method, path, status, ms: Math.round(performance.now() - started), answer, ...(code ? { code } : {}), ...(body === undefined ? {} : { body }) })
    }
    let response: Response
    try {
      const init: RequestInit = { method, headers, cache: 'no-store', signal: signal ?? null }
      if (body !== undefined) init.body = JSON.stringify(body)
      response = await (this.options.fetch ?? fetch)(path, init)
    } catch (err) {
      if (signal?.aborted) throw err
      report(0, undefined, 'NETWORK')
      throw new ApiFailure(0, localFailure(0))
    }
    const text = await response.text()
    if (!response.ok) {
      const failure = parseFailure(response.status, text)
      report(response.status, text, failure.code)
      if (response.status === 401) this.options.onUnauthorized?.()
      throw new ApiFailure(response.status, failure)
    }
    const answer: unknown = text === '' ? undefined : JSON.parse(text)
    report(response.status, answer)
    return answer as T
  }
}
