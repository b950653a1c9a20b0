// One resumable upload over tus 1.0. Loaded when the first file is sent; nothing else imports it directly.
import { DetailedError, Upload, type HttpStack } from 'tus-js-client'
import { parseFailure } from '../api'
import { Stack } from './stack'
import { fromAnswer, fromThrown, type Failure } from './trouble'

export interface Transfer {
  /** Goes on from the last byte the server has. */
  start(): void
  pause(): void
  /** Gives up and tells the server to forget the bytes. */
  cancel(): void
}

export interface TransferOptions {
  file: File
  metadata: Record<string, string>
  /** Where an earlier page was uploading this file to. */
  url?: string
  token: () => string | undefined
  renew?: () => Promise<string | undefined>
  onURL: (url: string) => void
  onExpires: (at: string) => void
  onProgress: (sent: number, total: number) => void
  /** The id the server gave the piece. */
  onDone: (id: string) => void
  /** It has failed some times in a row and goes on trying. */
  onStruggle: (failure: Failure) => void
  onFailed: (failure: Failure) => void
  base?: HttpStack
  random?: () => number
}

/** A chunk whose connection breaks is sent again as a whole, so chunks get smaller on a bad network. */
const CHUNK = 1024 * 1024
const CHUNK_MIN = 64 * 1024
const DELAYS = [500, 1500, 3000, 6000, 12_000, 20_000, 30_000]
/** After so many failures in a row it is worth telling. */
const STRUGGLES = 2

function statusOf(err: Error | DetailedError): number {
  return err instanceof DetailedError ? (err.originalResponse?.getStatus() ?? 0) : 0
}

export function failureOf(err: Error | DetailedError): Failure {
  const response = err instanceof DetailedError ? err.originalResponse : null
  if (response) return fromAnswer(response.getStatus(), parseFailure(response.getStatus(), response.getBody() ?? ''))
  return fromThrown(err instanceof DetailedError ? (err.causingError ?? err) : err)
}

export function transfer(options: TransferOptions): Transfer {
  const random = options.random ?? Math.random
  const upload = new Upload(options.file, {
    endpoint: '/api/uploads',
    uploadUrl: options.url ?? null,
    chunkSize: CHUNK,
    retryDelays: DELAYS.map((d) => d * (0.5 + random())),
    metadata: options.metadata,
    storeFingerprintForResuming: false, // the queue keeps the URL with the rest of what it knows
    httpStack: new Stack({
      token: options.token, onExpires: options.onExpires,
      ...(options.renew ? { renew: options.renew } : {}), ...(options.base ? { base: options.base } : {}),
    }),
    onUploadUrlAvailable: () => { if (upload.url) options.onURL(upload.url) },
    onShouldRetry: (err, attempt) => {
      const status = statusOf(err)
      const f = failureOf(err)
      if (status === 404 || status === 410) {
        if (f.code !== 'network') return false // it is the case that is gone
        // The server knows nothing of this upload any more: begin anew.
        upload.url = null
        upload.options.uploadUrl = null
        return true
      }
      if (!f.again || f.code === 'session' || globalThis.navigator?.onLine === false) return false
      upload.options.chunkSize = Math.max(CHUNK_MIN, (upload.options.chunkSize ?? CHUNK) / 2)
      if (attempt === STRUGGLES) options.onStruggle(f)
      return f.code !== 'other'
    },
    onProgress: options.onProgress,
    onSuccess: () => options.onDone(upload.url?.split('?')[0]?.split('/').at(-1) ?? ''),
    onError: (err) => options.onFailed(failureOf(err)),
  })
  return {
    start: () => upload.start(),
    pause: () => void upload.abort(),
    cancel: () => void upload.abort(true).catch(() => undefined), // it expires by itself
  }
}
