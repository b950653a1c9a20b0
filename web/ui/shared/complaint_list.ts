// The complaints that a desk shows: read again and again while its screen is open.
import { signal } from '@preact/signals'
import { failureText } from './api'
import type { ComplaintList, ComplaintView } from './wire'

export interface ComplaintSource {
  /** Milliseconds between two readings. */
  every: number
  list(): Promise<ComplaintList>
  act(id: string, action: string, body: unknown, key: string): Promise<ComplaintView>
}

/** Complaints polls its source from the first read to stop. */
export class Complaints {
  /** undefined until something was read. */
  readonly list = signal<readonly ComplaintView[] | undefined>(undefined)
  readonly trouble = signal('')
  private timer: ReturnType<typeof setTimeout> | undefined
  private run = 0

  constructor(private readonly source: ComplaintSource) {}

  /** read looks at once; what an older reading answers is dropped. */
  async read(): Promise<void> {
    clearTimeout(this.timer)
    const mine = ++this.run
    try {
      const found = await this.source.list()
      if (mine !== this.run) return
      this.list.value = found.complaints
      this.trouble.value = ''
    } catch (err) {
      if (mine !== this.run) return
      this.trouble.value = failureText(err)
    }
    this.timer = setTimeout(() => void this.read(), this.source.every)
  }

  stop(): void {
    this.run++
    clearTimeout(this.timer)
  }

  async act(id: string, action: string, body: unknown, key: string): Promise<void> {
    const after = await this.source.act(id, action, body, key)
    this.list.value = (this.list.value ?? []).map((c) => (c.id === after.id ? after : c))
    void this.read()
  }
}
