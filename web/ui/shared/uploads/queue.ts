// The uploads of this page: outside the socket, each with its own progress. They pause offline, go on by themselves
// when the network or the server is back, and outlive a reload; what the server has is never sent again.
import { signal } from '@preact/signals'
import { clock } from '../format'
import { newID } from '../ids'
import { locale } from '../i18n'
import { check, type Bounds } from './check'
import { bytes as files, claim, Records, sameFile, type Bytes, type Kept } from './kept'
import { shrink, type Doubt } from './picture'
import type { Transfer, TransferOptions } from './transfer'
import { failure, failureText, fromThrown, type Failure } from './trouble'

export type UploadStatus =
  | 'looking' // at the file, in this page
  | 'doubted' // it may not do as evidence; its owner decides
  | 'waiting' // for its turn
  | 'uploading'
  | 'offline' // goes on by itself
  | 'held' // by its owner
  | 'checking' // all bytes are there, the server looks at them
  | 'done'
  | 'failed'
  | 'lost' // the page was gone and the browser kept no bytes: the same file is needed once more

export interface UploadItem {
  id: string
  case: string
  kind: string
  name: string
  bytes: number
  /** As the device named it, until the bytes told. */
  media: string
  modified: number
  /** A link to the local image, until the page goes. */
  preview?: string
  status: UploadStatus
  /** 0 to 100. */
  progress: number
  failure?: Failure
  /** Trying again by itself after failures in a row. */
  struggling?: boolean
  doubts?: readonly Doubt[]
  /** Too large only, and of a kind that can be made smaller. */
  shrinkable?: boolean
  /** The file given for a lost upload was another one. */
  another?: boolean
  /** Id of the stored piece, when done. */
  evidence?: string
}

export interface UploadsOptions {
  token: () => string | undefined
  /** A fresh token, when the present one is refused. */
  renew?: () => Promise<string | undefined>
  bounds: () => Bounds | undefined
  /** How many files of a family ("image", "video") a case has already, to keep to the limit. */
  count?: (caseID: string, family: string) => number
  /** Told once for every time that something does not work. */
  onTrouble?: (item: UploadItem, failure: Failure) => void
  load?: () => Promise<(options: TransferOptions) => Transfer>
  look?: typeof check
  records?: Records
  files?: Bytes
  claim?: (id: string) => Promise<boolean>
}

const DONE_SHOWN = 6000
/** More at a time would only share the same network. */
const AT_ONCE = 2

/** Those that go on only if their owner does something. */
export const asking: ReadonlySet<UploadStatus> = new Set(['failed', 'lost', 'doubted'])
const busy: ReadonlySet<UploadStatus> = new Set(['uploading', 'checking'])
/** Failures that pass by themselves when the network or the server is back. */
const passing: ReadonlySet<string> = new Set(['network', 'timeout', 'server', 'session'])

export class Uploads {
  readonly items = signal<readonly UploadItem[]>([])
  private readonly files = new Map<string, File>()
  private readonly running = new Map<string, Transfer>()
  private readonly kept = new Map<string, Kept>()
  private readonly restored = new Set<string>()
  private readonly records: Records
  private readonly bytes: Bytes

  constructor(private readonly options: UploadsOptions) {
    this.records = options.records ?? new Records()
    this.bytes = options.files ?? files
    globalThis.addEventListener?.('online', this.wake)
    globalThis.addEventListener?.('offline', this.onOffline)
  }

  dispose(): void {
    globalThis.removeEventListener?.('online', this.wake)
    globalThis.removeEventListener?.('offline', this.onOffline)
    for (const t of this.running.values()) t.pause()
    for (const item of this.items.value) this.forgetPreview(item)
  }

  find(id: string): UploadItem | undefined {
    return this.items.value.find((i) => i.id === id)
  }

  add(caseID: string, kind: string, media: readonly string[], file: File): void {
    const same = this.items.value.find((i) => i.case === caseID && i.kind === kind && i.status !== 'done' && sameFile(i, file))
    if (same?.status === 'lost') return this.give(same.id, file)
    if (same && same.status !== 'failed') return // chosen twice
    if (same) this.remove(same.id)
    const item: UploadItem = {
      id: newID('u'), case: caseID, kind, name: file.name, bytes: file.size, media: file.type, modified: file.lastModified, status: 'looking', progress: 0,
      ...(file.type.startsWith('image/') ? { preview: URL.createObjectURL(file) } : {}),
    }
    this.items.value = [...this.items.value, item]
    this.files.set(item.id, file)
    void this.look(item.id, media)
  }

  /** A text that serves as evidence is a small file like the others. */
  addText(caseID: string, kind: string, text: string): void {
    this.add(caseID, kind, ['text'], new File([text], `${kind}.txt`, { type: 'text/plain' }))
  }

  /** Once more, from where it was. */
  retry(id: string): void {
    this.enqueue(id)
  }

  hold(id: string): void {
    const item = this.find(id)
    if (!item || (item.status !== 'uploading' && item.status !== 'waiting' && item.status !== 'offline')) return
    this.running.get(id)?.pause()
    this.change(id, { status: 'held', struggling: false })
    this.pump()
  }

  /** Its owner has seen the doubts. */
  sendAnyway(id: string): void {
    if (this.find(id)?.status === 'doubted') this.enqueue(id)
  }

  /** Sends a smaller copy of a picture that is too large. Only ever by a press. */
  async shrink(id: string): Promise<void> {
    const file = this.files.get(id)
    const most = this.options.bounds()?.image_bytes
    const item = this.find(id)
    if (!file || !most || !item?.shrinkable) return
    this.change(id, { status: 'looking', failure: undefined, shrinkable: false })
    let smaller: File | undefined
    try {
      smaller = await shrink(file, most)
    } catch (err) {
      return this.fail(id, fromThrown(err))
    }
    if (!this.files.has(id)) return // removed meanwhile
    if (!smaller) return this.fail(id, failure('too_large'))
    this.files.set(id, smaller)
    this.change(id, { name: smaller.name, bytes: smaller.size, media: smaller.type, modified: smaller.lastModified })
    this.begin(id)
  }

  /** The bytes of a lost upload, again. Another file is not sent in its place. */
  give(id: string, file: File): void {
    const item = this.find(id)
    if (!item) return
    if (!sameFile(item, file)) return this.change(id, { another: true })
    this.files.set(id, file)
    this.change(id, { another: false, ...(file.type.startsWith('image/') ? { preview: URL.createObjectURL(file) } : {}) })
    void this.bytes.keep(id, file)
    this.enqueue(id)
  }

  remove(id: string): void {
    const item = this.find(id)
    if (!item) return
    const running = this.running.get(id)
    if (item.status !== 'done') {
      if (running) running.cancel()
      else if (this.kept.get(id)?.url) void this.cancelKept(id)
    }
    this.drop(id)
    this.forgetPreview(item)
    this.items.value = this.items.value.filter((i) => i.id !== id)
    this.pump()
  }

  /** A case takes no more of what was begun for it: nothing is asked about those that did not work. The rest goes on. */
  settle(caseID: string): void {
    for (const i of this.items.value) if (i.case === caseID && asking.has(i.status)) this.remove(i.id)
  }

  /** Finds the unfinished uploads of a case that an earlier page left. */
  async restore(caseID: string): Promise<void> {
    if (this.restored.has(caseID)) return
    this.restored.add(caseID)
    for (const k of this.records.of(caseID)) {
      if (this.find(k.id) || !(await (this.options.claim ?? claim)(k.id))) continue // another page is at it
      this.kept.set(k.id, k)
      const file = await this.bytes.read(k.id)
      this.items.value = [...this.items.value, {
        id: k.id, case: k.case, kind: k.kind, name: k.name, bytes: k.bytes, media: k.media, modified: k.modified, progress: k.progress, status: 'lost',
        ...(file && k.media.startsWith('image/') ? { preview: URL.createObjectURL(file) } : {}),
      }]
      if (!file) continue
      this.files.set(k.id, file)
      this.enqueue(k.id)
    }
  }

  /** The network or the server is back. */
  readonly wake = (): void => {
    for (const i of this.items.value) {
      if (i.status === 'offline' || (i.status === 'failed' && passing.has(i.failure?.code ?? '') && this.files.has(i.id))) this.enqueue(i.id)
    }
  }

  private async look(id: string, media: readonly string[]): Promise<void> {
    const file = this.files.get(id)
    const item = this.find(id)
    if (!file || !item) return
    const bounds = this.options.bounds() ?? {}
    const found = await (this.options.look ?? check)(file, item.kind, media, bounds)
    if (!this.files.has(id)) return // removed meanwhile
    this.change(id, { ...(found.type ? { media: found.type } : {}), ...(found.shrinkable ? { shrinkable: true } : {}) })
    if (found.failure) return this.fail(id, found.failure)
    const family = found.type.split('/')[0] ?? ''
    const most = family === 'image' ? bounds.images : family === 'video' ? bounds.videos : undefined
    const coming = this.items.value.filter((i) => i.case === item.case && i.media.startsWith(`${family}/`) && i.status !== 'failed' && i.status !== 'done').length
    if (most && coming + (this.options.count?.(item.case, family) ?? 0) > most) return this.fail(id, failure('too_many'))
    if (found.doubts.length > 0) return this.change(id, { status: 'doubted', doubts: found.doubts })
    this.begin(id)
  }

  /** From here on it is to arrive, whatever happens to this page. */
  private begin(id: string): void {
    const item = this.find(id)
    const file = this.files.get(id)
    if (!item || !file) return
    this.record(id)
    void this.bytes.keep(id, file)
    this.enqueue(id)
    void (this.options.claim ?? claim)(id)
  }

  private enqueue(id: string): void {
    if (!this.kept.has(id)) this.record(id)
    this.change(id, { status: 'waiting', failure: undefined, struggling: false, doubts: undefined })
    this.pump()
  }

  private pump(): void {
    let free = AT_ONCE - this.items.value.filter((i) => busy.has(i.status)).length
    for (const i of this.items.value) {
      if (free <= 0) return
      if (i.status !== 'waiting' || !this.files.has(i.id)) continue
      free--
      void this.send(i.id)
    }
  }

  private async send(id: string): Promise<void> {
    if (globalThis.navigator?.onLine === false) return this.change(id, { status: 'offline' })
    this.change(id, { status: 'uploading' })
    const running = this.running.get(id)
    if (running) return running.start()
    let make: (options: TransferOptions) => Transfer
    try {
      make = await (this.options.load ?? (async () => (await import('./transfer')).transfer))()
    } catch {
      return this.fail(id, failure('network'))
    }
    const file = this.files.get(id)
    const item = this.find(id)
    if (!file || !item) return // removed meanwhile
    const k = this.kept.get(id)
    const stale = k?.expires !== undefined && Date.parse(k.expires) < clock.now()
    const made = make({
      file,
      metadata: { case: item.case, kind: item.kind, filename: item.name, filetype: item.media },
      ...(k?.url && !stale ? { url: k.url } : {}),
      token: this.options.token,
      ...(this.options.renew ? { renew: this.options.renew } : {}),
      onURL: (url) => this.record(id, { url }),
      onExpires: (expires) => this.record(id, { expires }),
      onProgress: (sent, total) => this.onProgress(id, sent, total),
      onDone: (evidence) => this.onDone(id, evidence),
      onStruggle: (f) => {
        this.change(id, { struggling: true, failure: f })
        this.tell(id, f)
      },
      onFailed: (f) => this.fail(id, f),
    })
    this.running.set(id, made)
    if (this.find(id)?.status === 'uploading') made.start()
  }

  private onProgress(id: string, sent: number, total: number): void {
    const item = this.find(id)
    if (!item || !busy.has(item.status)) return
    const progress = total > 0 ? Math.floor((sent / total) * 100) : 0
    if (progress > item.progress) this.change(id, { struggling: false, failure: undefined })
    this.change(id, { progress, status: sent >= total ? 'checking' : 'uploading' })
    if (progress >= (this.kept.get(id)?.progress ?? 0) + 5) this.record(id, { progress })
  }

  private onDone(id: string, evidence: string): void {
    this.change(id, { status: 'done', progress: 100, evidence, failure: undefined, struggling: false })
    this.drop(id)
    setTimeout(() => this.remove(id), DONE_SHOWN)
    this.pump()
  }

  private fail(id: string, f: Failure): void {
    // Refused as it is: another try would be a new upload, and there is nothing to go on with after a reload.
    if (!f.again) {
      this.running.delete(id)
      this.records.forget(id)
      this.kept.delete(id)
      void this.bytes.drop(id)
    }
    if (f.code === 'network' && globalThis.navigator?.onLine === false) this.change(id, { status: 'offline', struggling: false })
    else {
      this.change(id, { status: 'failed', failure: f, struggling: false })
      this.tell(id, f)
    }
    this.pump()
  }

  private tell(id: string, f: Failure): void {
    const item = this.find(id)
    if (item) this.options.onTrouble?.(item, f)
  }

  private record(id: string, patch: Partial<Pick<Kept, 'url' | 'expires' | 'progress'>> = {}): void {
    const item = this.find(id)
    if (!item || item.status === 'done') return
    const before = this.kept.get(id)
    const next: Kept = {
      id, case: item.case, kind: item.kind, name: item.name, bytes: item.bytes, media: item.media, modified: item.modified,
      progress: 0, at: Date.now(), ...before, ...patch,
    }
    this.kept.set(id, next)
    this.records.keep(next)
  }

  private drop(id: string): void {
    this.running.delete(id)
    this.files.delete(id)
    this.kept.delete(id)
    this.records.forget(id)
    void this.bytes.drop(id)
  }

  /** Takes back what an earlier page began. If it fails, the upload expires by itself. */
  private async cancelKept(id: string): Promise<void> {
    const url = this.kept.get(id)?.url
    const token = this.options.token()
    if (!url || !token) return
    await fetch(url, { method: 'DELETE', headers: { 'Tus-Resumable': '1.0.0', Authorization: `Bearer ${token}` } }).catch(() => undefined)
  }

  private change(id: string, patch: { [K in keyof UploadItem]?: UploadItem[K] | undefined }): void {
    this.items.value = this.items.value.map((i) => (i.id === id ? ({ ...i, ...patch } as UploadItem) : i))
  }

  private forgetPreview(item: UploadItem): void {
    if (item.preview) URL.revokeObjectURL(item.preview)
  }

  private readonly onOffline = (): void => {
    for (const i of this.items.value) {
      if (i.status !== 'uploading') continue
      this.running.get(i.id)?.pause()
      this.change(i.id, { status: 'offline', struggling: false })
    }
  }
}

/** The reason of a failed upload in the language of the page. */
export function uploadFailure(item: UploadItem): string {
  return item.failure ? failureText(item.failure, locale.value === 'en') : ''
}
