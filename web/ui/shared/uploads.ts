// The uploads of this page: outside the socket, each with its own progress, paused while offline.
import { signal } from '@preact/signals'
import { bytes } from './format'
import { newID } from './ids'
import { locale } from './i18n'
import type { Transfer, TransferOptions } from './tus'
import type { APIErrorBody, Limits } from './wire'

export type UploadStatus = 'uploading' | 'paused' | 'checking' | 'done' | 'failed'

export interface UploadItem {
  id: string
  case: string
  kind: string
  name: string
  bytes: number
  media: string
  /** A link to the local image, until the page goes. */
  preview?: string
  status: UploadStatus
  /** 0 to 100. */
  progress: number
  failure?: APIErrorBody
  /** Id of the stored piece, when done. */
  evidence?: string
}

export interface UploadsOptions {
  token: () => string | undefined
  limits: () => Pick<Limits, 'image_bytes' | 'video_bytes'> | undefined
  load?: () => Promise<(options: TransferOptions) => Transfer>
}

const DONE_SHOWN = 6000

/** accept of a file input, by the media a kind takes. */
export function accepts(media: readonly string[]): string {
  const list: string[] = []
  if (media.includes('image')) list.push('image/*')
  if (media.includes('video')) list.push('video/*')
  if (media.includes('pdf')) list.push('application/pdf')
  return list.join(',')
}

function fits(file: File, media: readonly string[]): boolean {
  // A phone sometimes names no type; the server looks at the bytes anyway.
  if (file.type === '') return true
  return media.some((m) => (m === 'pdf' ? file.type === 'application/pdf' : file.type.startsWith(m === 'text' ? 'text/' : `${m}/`)))
}

const refusal = (code: string, zh: string, en: string): APIErrorBody => ({ code, message_zh: zh, message_en: en, retryable: false })

/** Why a file need not be sent at all. */
export function precheck(file: File, media: readonly string[], limits: Pick<Limits, 'image_bytes' | 'video_bytes'> | undefined): APIErrorBody | undefined {
  if (file.size === 0) return refusal('EMPTY', '这个文件是空的，请换一个。', 'This file is empty. Please choose another.')
  if (!fits(file, media)) return refusal('WRONG_TYPE', '这种文件不能用作这项凭证，请换一个。', 'This kind of file cannot be used here. Please choose another.')
  const max = file.type.startsWith('video/') ? limits?.video_bytes : limits?.image_bytes
  if (max && file.size > max) return refusal('TOO_LARGE', `文件太大，最大 ${bytes(max)}。`, `The file is too big, ${bytes(max)} at most.`)
  return undefined
}

export class Uploads {
  readonly items = signal<readonly UploadItem[]>([])
  private readonly files = new Map<string, File>()
  private readonly running = new Map<string, Transfer>()

  constructor(private readonly options: UploadsOptions) {
    globalThis.addEventListener?.('online', this.onOnline)
    globalThis.addEventListener?.('offline', this.onOffline)
  }

  dispose(): void {
    globalThis.removeEventListener?.('online', this.onOnline)
    globalThis.removeEventListener?.('offline', this.onOffline)
    for (const t of this.running.values()) t.pause()
    for (const item of this.items.value) this.forgetPreview(item)
  }

  add(caseID: string, kind: string, media: readonly string[], file: File): void {
    const id = newID('u')
    const failure = precheck(file, media, this.options.limits())
    const item: UploadItem = {
      id, case: caseID, kind, name: file.name, bytes: file.size, media: file.type, status: failure ? 'failed' : 'uploading', progress: 0,
      ...(failure ? { failure } : {}),
      ...(file.type.startsWith('image/') ? { preview: URL.createObjectURL(file) } : {}),
    }
    this.items.value = [...this.items.value, item]
    this.files.set(id, file)
    if (!failure) void this.begin(id)
  }

  /** A text that serves as evidence is a small file like the others. */
  addText(caseID: string, kind: string, text: string): void {
    this.add(caseID, kind, ['text'], new File([text], `${kind}.txt`, { type: 'text/plain' }))
  }

  retry(id: string): void {
    this.change(id, { status: 'uploading', failure: undefined })
    const running = this.running.get(id)
    if (running) running.start()
    else void this.begin(id)
  }

  remove(id: string): void {
    const item = this.items.value.find((i) => i.id === id)
    if (!item) return
    if (item.status !== 'done') this.running.get(id)?.cancel()
    this.running.delete(id)
    this.files.delete(id)
    this.forgetPreview(item)
    this.items.value = this.items.value.filter((i) => i.id !== id)
  }

  private async begin(id: string): Promise<void> {
    const file = this.files.get(id)
    const item = this.items.value.find((i) => i.id === id)
    if (!file || !item) return
    let make: (options: TransferOptions) => Transfer
    try {
      make = await (this.options.load ?? (async () => (await import('./tus')).transfer))()
    } catch {
      this.change(id, { status: 'failed', failure: { ...refusal('NETWORK', '网络不可用，请重试。', 'No connection. Please try again.'), retryable: true } })
      return
    }
    if (!this.files.has(id)) return // removed meanwhile
    const running = make({
      file,
      metadata: { case: item.case, kind: item.kind, filename: file.name, filetype: file.type },
      token: this.options.token,
      onProgress: (sent, total) => this.onProgress(id, sent, total),
      onDone: (evidence) => this.onDone(id, evidence),
      onFailed: (failure) => this.onFailed(id, failure),
    })
    this.running.set(id, running)
    if (navigator.onLine === false) this.change(id, { status: 'paused' })
    else running.start()
  }

  private onProgress(id: string, sent: number, total: number): void {
    const progress = total > 0 ? Math.floor((sent / total) * 100) : 0
    this.change(id, { progress, status: sent >= total ? 'checking' : 'uploading' })
  }

  private onDone(id: string, evidence: string): void {
    this.change(id, { status: 'done', progress: 100, evidence })
    this.running.delete(id)
    this.files.delete(id)
    setTimeout(() => this.remove(id), DONE_SHOWN)
  }

  private onFailed(id: string, failure: APIErrorBody): void {
    // The piece was refused as it is: another try would be a new upload.
    if (!failure.retryable) this.running.delete(id)
    if (failure.code === 'NETWORK' && navigator.onLine === false) this.change(id, { status: 'paused' })
    else this.change(id, { status: 'failed', failure })
  }

  private change(id: string, patch: Partial<UploadItem>): void {
    this.items.value = this.items.value.map((i) => (i.id === id ? { ...i, ...patch } : i))
  }

  private forgetPreview(item: UploadItem): void {
    if (item.preview) URL.revokeObjectURL(item.preview)
  }

  private readonly onOnline = (): void => {
    for (const item of this.items.value) if (item.status === 'paused') this.retry(item.id)
  }

  private readonly onOffline = (): void => {
    for (const item of this.items.value) {
      if (item.status !== 'uploading') continue
      this.running.get(item.id)?.pause()
      this.change(item.id, { status: 'paused' })
    }
  }
}

/** The reason of a failed upload in the language of the page. */
export function uploadFailure(item: UploadItem): string {
  if (!item.failure) return ''
  return locale.value === 'en' ? item.failure.message_en : item.failure.message_zh
}
