// One resumable upload over tus 1.0. Loaded when the first file is chosen; nothing else imports it directly.
import { DetailedError, Upload, type HttpStack } from 'tus-js-client'
import { localFailure, parseFailure } from './api'
import type { APIErrorBody } from './wire'

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
  token: () => string | undefined
  onProgress: (sent: number, total: number) => void
  /** The id the server gave the piece. */
  onDone: (id: string) => void
  onFailed: (failure: APIErrorBody) => void
  stack?: HttpStack
}

const CHUNK = 1024 * 1024
const RETRIES = [500, 1500, 3000, 6000, 12_000]

/** A refusal of the content is final; a busy or broken server is worth another try. */
function passing(status: number): boolean {
  return status === 0 || status === 423 || status === 429 || status >= 500
}

function statusOf(err: Error | DetailedError): number {
  return err instanceof DetailedError ? (err.originalResponse?.getStatus() ?? 0) : 0
}

export function transfer(options: TransferOptions): Transfer {
  const upload = new Upload(options.file, {
    endpoint: '/api/uploads',
    chunkSize: CHUNK,
    retryDelays: RETRIES,
    metadata: options.metadata,
    removeFingerprintOnSuccess: true,
    // The same file for another case or kind is another upload.
    fingerprint: async (file) => {
      const f = file as File
      return ['recourse', options.metadata['case'], options.metadata['kind'], f.name, f.size, f.lastModified].join('-')
    },
    onBeforeRequest: (request) => {
      const token = options.token()
      if (token) request.setHeader('Authorization', `Bearer ${token}`)
    },
    onShouldRetry: (err) => passing(statusOf(err)) || statusOf(err) === 409,
    onProgress: options.onProgress,
    onSuccess: () => options.onDone(upload.url?.split('?')[0]?.split('/').at(-1) ?? ''),
    onError: (err) => {
      const status = statusOf(err)
      const body = err instanceof DetailedError ? err.originalResponse?.getBody() : undefined
      options.onFailed(status === 0 ? localFailure(0) : parseFailure(status, body ?? ''))
    },
    ...(options.stack ? { httpStack: options.stack } : {}),
  })
  let begun = false
  return {
    start() {
      if (begun) return upload.start()
      begun = true
      void upload.findPreviousUploads().then((found) => {
        const previous = found[0]
        if (previous) upload.resumeFromPreviousUpload(previous)
        upload.start()
      }, () => upload.start())
    },
    pause() {
      void upload.abort()
    },
    cancel() {
      void upload.abort(true).catch(() => undefined)
    },
  }
}
