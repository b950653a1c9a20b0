// The client of recourse.v1: one socket at a time, resume by position, messages kept until they are stored.
// It knows nothing of what is drawn; a consumer gets every frame once, in order, through onFrame.
import { batch, signal } from '@preact/signals'
import { clock } from './format'
import { parseFrame, type Kept } from './frame'
import { newID } from './ids'
import { Outbox, type Pending } from './outbox'
import { local, type Store } from './storage'
import { subprotocol, type Frame, type Hello, type Welcome } from './wire'

export type Phase =
  | 'idle'
  | 'connecting'
  | 'open' // welcomed
  | 'waiting' // will try again by itself at retryAt
  | 'closed' // will not try again by itself; see reason

export type ClosedReason = 'forbidden' | 'replaced' | 'stopped'

/** The part of WebSocket that is used; tests give their own. */
export interface SocketLike {
  readyState: number
  onopen: (() => void) | null
  onmessage: ((event: { data: unknown }) => void) | null
  onclose: ((event: { code: number; reason: string }) => void) | null
  onerror: (() => void) | null
  send(data: string): void
  close(code?: number, reason?: string): void
}

export interface ConnectionOptions {
  url: string
  /** A token for hello. refused: the last one was turned down, so a stored session must not be used. */
  token: (refused: boolean) => Promise<string>
  /** Where to resume. */
  resume: () => Pick<Hello, 'conversation' | 'since' | 'log' | 'locale'>
  onFrame: (frame: Frame) => void
  store?: Store
  socket?: (url: string, protocol: string) => SocketLike
  random?: () => number
}

const BACKOFF_MIN = 500
const BACKOFF_MAX = 20_000
const WELCOME_WITHIN = 15_000
const ACK_WITHIN = 15_000
const HEALTHY_AFTER = 10_000
const HIDDEN_TOO_LONG = 60_000
const AUTO_RETRIES = 4
const OPEN = 1

export class Connection {
  readonly phase = signal<Phase>('idle')
  readonly reason = signal<ClosedReason | undefined>(undefined)
  readonly welcome = signal<Welcome | undefined>(undefined)
  /** Wall-clock instant of the next try, while waiting. */
  readonly retryAt = signal(0)
  readonly outbox: Outbox

  private readonly options: Required<ConnectionOptions>
  private socket: SocketLike | undefined
  // Every socket has a generation; callbacks of an older one are ignored.
  private generation = 0
  private attempts = 0
  private refused = 0
  private drainUntil = 0
  // Since when something sent has found no answer of any kind; 0: nothing is open.
  private silentSince = 0
  private hiddenSince = 0
  private retryTimer: ReturnType<typeof setTimeout> | undefined
  private guardTimer: ReturnType<typeof setTimeout> | undefined
  private drainTimer: ReturnType<typeof setTimeout> | undefined
  private watchdog: ReturnType<typeof setInterval> | undefined
  private readonly resends = new Map<string, ReturnType<typeof setTimeout>>()

  constructor(options: ConnectionOptions) {
    this.options = { store: local, socket: (url, protocol) => new WebSocket(url, protocol) as SocketLike, random: Math.random, ...options }
    this.outbox = new Outbox(this.options.store)
  }

  start(): void {
    if (this.phase.value !== 'idle' && this.phase.value !== 'closed') return
    globalThis.addEventListener?.('online', this.onOnline)
    globalThis.document?.addEventListener('visibilitychange', this.onVisibility)
    this.watchdog ??= setInterval(() => this.checkStalled(), 5000)
    this.attempts = 0
    void this.connect()
  }

  stop(reason: ClosedReason = 'stopped'): void {
    this.abandon()
    globalThis.removeEventListener?.('online', this.onOnline)
    globalThis.document?.removeEventListener('visibilitychange', this.onVisibility)
    clearInterval(this.watchdog)
    this.watchdog = undefined
    for (const timer of this.resends.values()) clearTimeout(timer)
    this.resends.clear()
    batch(() => {
      this.phase.value = 'closed'
      this.reason.value = reason
    })
  }

  /** Drops the socket, if any, and connects now. */
  reconnect(): void {
    if (this.phase.value === 'idle') return
    if (this.phase.value === 'closed') return this.start()
    this.abandon()
    void this.connect()
  }

  /** Keeps the frame until it is stored and sends it as soon as that is possible. */
  send(frame: Kept): Pending {
    const p = this.outbox.add(frame, new Date(clock.now()).toISOString())
    this.flush(p.id)
    return p
  }

  /** Sends now or not at all: seen, typing, watch. */
  transmit(frame: Frame): boolean {
    if (this.phase.value !== 'open' || this.socket?.readyState !== OPEN) return false
    this.socket.send(JSON.stringify(frame))
    return true
  }

  /** Sends a failed message again: the same id, unless the server says that the id is used up. */
  retry(id: string): void {
    const p = this.outbox.find(id)
    if (!p) return
    if (p.error?.code === 'ID_REUSED') {
      const frame: Kept = { ...p.frame, id: newID() }
      this.outbox.rename(id, frame)
      this.flush(frame.id)
      return
    }
    this.outbox.change(id, { status: 'waiting', tries: 0, error: undefined })
    this.flush(id)
  }

  discard(id: string): void {
    this.outbox.remove(id)
  }

  private async connect(): Promise<void> {
    const generation = ++this.generation
    clearTimeout(this.retryTimer)
    batch(() => {
      this.phase.value = 'connecting'
      this.reason.value = undefined
    })
    let token: string
    try {
      token = await this.options.token(this.refused > 0)
    } catch {
      if (generation === this.generation) this.later(this.backoff())
      return
    }
    if (generation !== this.generation) return
    const socket = this.options.socket(this.options.url, subprotocol)
    this.socket = socket
    this.guardTimer = setTimeout(() => {
      if (generation === this.generation) this.lost(1006)
    }, WELCOME_WITHIN)
    socket.onopen = () => {
      if (generation !== this.generation) return
      const hello: Frame = { t: 'hello', token, ...this.options.resume() }
      socket.send(JSON.stringify(hello))
    }
    socket.onmessage = (event) => {
      if (generation !== this.generation) return
      this.silentSince = 0
      const frame = parseFrame(event.data)
      if (frame) batch(() => this.receive(frame))
    }
    socket.onclose = (event) => {
      if (generation === this.generation) this.lost(event.code)
    }
    socket.onerror = () => undefined // close follows
  }

  private receive(frame: Frame): void {
    switch (frame.t) {
      case 'welcome':
        this.onWelcome(frame)
        return
      case 'ack': {
        const p = this.outbox.find(frame.id)
        const echoed = p && p.frame.t !== 'claim' && p.frame.t !== 'release'
        const known = frame.seq !== undefined && (this.options.resume().since ?? 0) >= frame.seq
        if (p && echoed && !known) this.outbox.change(frame.id, { status: 'stored', error: undefined })
        else this.outbox.remove(frame.id)
        break
      }
      case 'entry':
        clock.atLeast(frame.entry.at)
        if (frame.entry.client) this.outbox.remove(frame.entry.client)
        break
      case 'error':
        if (frame.for) this.refuse(frame.for, frame.code, frame.message, frame.retry ?? false, frame.retry_after)
        break
      case 'drain':
        this.onDrain(frame.after)
        break
    }
    this.options.onFrame(frame)
  }

  private onWelcome(frame: Welcome & { t: 'welcome' }): void {
    clearTimeout(this.guardTimer)
    const generation = this.generation
    this.guardTimer = setTimeout(() => {
      if (generation === this.generation) this.attempts = 0
    }, HEALTHY_AFTER)
    this.refused = 0
    clock.sync(frame.now, frame.speed)
    this.outbox.open(frame.conversation ?? frame.you?.login ?? '')
    this.welcome.value = frame
    this.phase.value = 'open'
    this.options.onFrame(frame)
    for (const p of this.outbox.unsent()) this.flush(p.id)
  }

  private flush(id: string): void {
    const p = this.outbox.find(id)
    if (!p || p.status === 'failed' || p.status === 'stored') return
    if (!this.transmit(p.frame)) return
    this.silentSince ||= Date.now()
    this.outbox.change(id, { status: 'sent', tries: p.tries + 1 })
  }

  private refuse(id: string, code: string, message: string, retry: boolean, after = 2000): void {
    const p = this.outbox.find(id)
    if (!p) return
    if (!retry || p.tries > AUTO_RETRIES) {
      this.outbox.change(id, { status: 'failed', error: { code, message, retry } })
      return
    }
    this.outbox.change(id, { status: 'waiting' })
    clearTimeout(this.resends.get(id))
    this.resends.set(id, setTimeout(() => {
      this.resends.delete(id)
      this.flush(id)
    }, after * (1 + this.options.random() / 2)))
  }

  /** The server goes away soon: another node takes over from the same position. */
  private onDrain(after: number): void {
    const wait = after + this.options.random() * Math.min(after, 1000)
    this.drainUntil = Date.now() + wait
    const generation = this.generation
    this.drainTimer = setTimeout(() => {
      if (generation === this.generation && this.phase.value === 'open') this.reconnect()
    }, wait)
  }

  private lost(code: number): void {
    const drained = Math.max(0, this.drainUntil - Date.now())
    if (code === 1009) {
      for (const p of this.outbox.items.value) {
        if (p.status === 'sent') this.outbox.change(p.id, { status: 'failed', error: { code: 'TOO_LARGE', message: '', retry: false } })
      }
    }
    this.abandon()
    if (code === 4003) return this.stop('forbidden')
    if (code === 4009) return this.stop('replaced')
    if (code === 4001) {
      this.refused++
      return this.later(this.refused === 1 ? 0 : this.backoff())
    }
    if (drained > 0 || code === 4012) return this.later(drained || this.options.random() * 1000)
    this.later(this.backoff())
  }

  /** Full jitter: anywhere between nothing and a cap that doubles. */
  private backoff(): number {
    const cap = Math.min(BACKOFF_MAX, BACKOFF_MIN * 2 ** this.attempts)
    this.attempts++
    return this.options.random() * cap
  }

  private later(delay: number): void {
    clearTimeout(this.retryTimer)
    batch(() => {
      this.phase.value = 'waiting'
      this.retryAt.value = Date.now() + delay
    })
    this.retryTimer = setTimeout(() => void this.connect(), delay)
  }

  /** Leaves the present socket for good; nothing of it is heard any more. */
  private abandon(): void {
    this.generation++
    clearTimeout(this.retryTimer)
    clearTimeout(this.guardTimer)
    clearTimeout(this.drainTimer)
    this.drainUntil = 0
    this.silentSince = 0
    const socket = this.socket
    this.socket = undefined
    if (socket && socket.readyState <= OPEN) socket.close(1000)
  }

  /** A half-dead socket takes what is sent and answers nothing. */
  private checkStalled(): void {
    if (this.phase.value !== 'open' || this.silentSince === 0) return
    if (Date.now() - this.silentSince > ACK_WITHIN) this.lost(1006)
  }

  private readonly onOnline = (): void => {
    if (this.phase.value !== 'waiting') return
    this.attempts = 0
    this.reconnect()
  }

  private readonly onVisibility = (): void => {
    if (document.hidden) {
      this.hiddenSince = Date.now()
      return
    }
    const hidden = Date.now() - this.hiddenSince
    if (this.phase.value === 'waiting' && this.refused === 0) this.reconnect()
    else if (this.phase.value === 'open' && this.hiddenSince > 0 && hidden > HIDDEN_TOO_LONG) this.reconnect()
  }
}
