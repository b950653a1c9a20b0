// What must outlive the page: which uploads are unfinished and where they were going. One record per upload in
// localStorage, and its bytes in IndexedDB where the browser keeps them. Neither ever throws.
import { local, readJSON, type Store } from '../storage'

export interface Kept {
  id: string
  case: string
  kind: string
  name: string
  bytes: number
  media: string
  /** lastModified of the file; with name and size it tells the same file again. */
  modified: number
  /** Where the server takes the rest, once it has been asked. */
  url?: string
  /** When the server forgets it. */
  expires?: string
  progress: number
  /** When it was begun, in milliseconds of this device. */
  at: number
}

const PREFIX = 'recourse.upload.'
/** Older ones are forgotten; the server has done so by then. */
const KEPT_FOR = 48 * 3_600_000

function isKept(v: unknown): v is Kept {
  if (typeof v !== 'object' || v === null) return false
  const k = v as Partial<Kept>
  return typeof k.id === 'string' && typeof k.case === 'string' && typeof k.kind === 'string' && typeof k.name === 'string' &&
    typeof k.bytes === 'number' && typeof k.at === 'number'
}

export function sameFile(k: Pick<Kept, 'name' | 'bytes' | 'modified'>, file: File): boolean {
  return k.bytes === file.size && k.name === file.name && k.modified === file.lastModified
}

export class Records {
  constructor(private readonly store: Store = local, private readonly now: () => number = Date.now) {}

  /** The unfinished uploads of a case, oldest first. */
  of(caseID: string): Kept[] {
    const found: Kept[] = []
    for (const key of this.store.keys(PREFIX)) {
      const k = readJSON(this.store, key, isKept)
      if (!k || this.now() - k.at > KEPT_FOR) {
        this.store.write(key, null)
        if (k) void bytes.drop(k.id)
      } else if (k.case === caseID) found.push(k)
    }
    return found.sort((a, b) => a.at - b.at)
  }

  keep(k: Kept): void {
    this.store.write(PREFIX + k.id, JSON.stringify(k))
  }

  forget(id: string): void {
    this.store.write(PREFIX + id, null)
  }
}

/** The bytes of unfinished uploads. */
export interface Bytes {
  keep(id: string, file: File): Promise<void>
  read(id: string): Promise<File | undefined>
  drop(id: string): Promise<void>
}

const DB = 'recourse'
const FILES = 'files'

function open(): Promise<IDBDatabase> {
  return new Promise((resolve, reject) => {
    const request = indexedDB.open(DB, 1)
    request.onupgradeneeded = () => request.result.createObjectStore(FILES)
    request.onsuccess = () => resolve(request.result)
    request.onerror = () => reject(request.error ?? new Error('no database'))
    request.onblocked = () => reject(new Error('database in use'))
  })
}

async function inFiles<T>(mode: IDBTransactionMode, ask: (files: IDBObjectStore) => IDBRequest<T>): Promise<T | undefined> {
  let db: IDBDatabase | undefined
  try {
    const opened = db = await open()
    return await new Promise<T>((resolve, reject) => {
      const act = opened.transaction(FILES, mode)
      const request = ask(act.objectStore(FILES))
      act.oncomplete = () => resolve(request.result)
      act.onabort = act.onerror = () => reject(act.error ?? new Error('not stored'))
    })
  } catch {
    return undefined // a private window, a full disk: the buyer is asked for the file again instead
  } finally {
    db?.close()
  }
}

export const bytes: Bytes = {
  async keep(id, file) {
    await inFiles('readwrite', (files) => files.put(file, id))
  },
  async read(id) {
    const found: unknown = await inFiles('readonly', (files) => files.get(id))
    return found instanceof File ? found : undefined
  },
  async drop(id) {
    await inFiles('readwrite', (files) => files.delete(id))
  },
}

/** Holds an upload for this page as long as it lives; false when another page has it. */
export async function claim(id: string): Promise<boolean> {
  const locks = globalThis.navigator?.locks
  if (!locks) return true
  return new Promise((resolve) => {
    locks.request(PREFIX + id, { ifAvailable: true }, (lock) => {
      resolve(lock !== null)
      return lock ? new Promise<void>(() => undefined) : undefined // until the page is gone
    }).catch(() => resolve(true))
  })
}
