// Reading lists from the server: the latest reading counts, and what an older one answers is dropped. No markup.

import { signal } from '@preact/signals'
import { failureText } from '../shared/api'

/** Tells a look that its reading is still the latest. */
export type Current = () => boolean

export abstract class Reader {
  readonly busy = signal(false)
  readonly trouble = signal('')
  private timer: ReturnType<typeof setTimeout> | undefined
  private run = 0

  /** once looks now. It answers whether that reading is still the latest. */
  protected async once(look: (current: Current) => Promise<void>): Promise<boolean> {
    clearTimeout(this.timer)
    const mine = ++this.run
    const current = (): boolean => mine === this.run
    this.busy.value = true
    let trouble = ''
    try {
      await look(current)
    } catch (err) {
      trouble = failureText(err)
    }
    if (!current()) return false
    this.trouble.value = trouble
    this.busy.value = false
    return true
  }

  /** in does something after so many milliseconds, unless something else comes first. */
  protected in(ms: number, what: () => unknown): void {
    clearTimeout(this.timer)
    this.timer = setTimeout(what, ms)
  }

  stop(): void {
    this.run++
    clearTimeout(this.timer)
  }
}

/** Reads again and again, but not while the page is hidden. */
export abstract class Poll extends Reader {
  constructor(private readonly every: number, private readonly hidden: () => boolean = () => false) {
    super()
  }

  protected abstract look(current: Current): Promise<void>

  async read(): Promise<void> {
    if (this.hidden()) this.stop()
    else if (!(await this.once((current) => this.look(current)))) return
    this.in(this.every, () => void this.read())
  }
}
