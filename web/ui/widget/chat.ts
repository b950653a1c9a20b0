// The state of the chat on this page. All of it is written here, from frames; components only read.
import { computed, signal } from '@preact/signals'
import { Connection } from '../shared/connection'
import { newID } from '../shared/ids'
import { locale } from '../shared/i18n'
import type { Frame, LogEntry, Presence, Queue, State } from '../shared/wire'
import { merge, position, unread, unstored } from './log'
import type { Args, Now } from './validity'

const TYPING_EVERY = 3000
const TYPING_EXPIRES = 5000

export interface ChatOptions {
  url: string
  /** Asks the host page; the session of the last welcome is used for reconnects while it is good. */
  token: (refused: boolean) => Promise<string>
  connection?: (options: ConstructorParameters<typeof Connection>[0]) => Connection
}

export class Chat {
  readonly entries = signal<readonly LogEntry[]>([])
  readonly state = signal<State | undefined>(undefined)
  readonly queue = signal<Queue | undefined>(undefined)
  readonly agentOnline = signal(true)
  readonly typing = signal<{ who: string; name?: string } | undefined>(undefined)
  /** What the bot is writing, by the client id of the entry to be. */
  readonly drafts = signal<Readonly<Record<string, string>>>({})
  /** The history has been read; from now on entries are news. */
  readonly ready = signal(false)
  readonly connection: Connection

  readonly pending = computed(() => unstored(this.connection.outbox.items.value, this.entries.value))
  readonly seen = signal(0)
  readonly unread = computed(() => unread(this.entries.value, Math.max(this.seen.value, this.state.value?.seen_buyer ?? 0)))
  readonly now = computed<Now>(() => ({
    live: this.state.value?.live ?? 0,
    holder: this.state.value?.holder ?? 'bot',
    case: this.state.value?.case,
    complaints: this.state.value?.complaints,
  }))

  private conversation: string | undefined
  private log: string | undefined
  private session: string | undefined
  private typingSent = 0
  private typingTimer: ReturnType<typeof setTimeout> | undefined

  constructor(options: ChatOptions) {
    const make = options.connection ?? ((o) => new Connection(o))
    this.connection = make({
      url: options.url,
      token: async (refused) => {
        if (refused) this.session = undefined
        return this.session ?? options.token(refused)
      },
      resume: () => ({
        locale: locale.value,
        ...(this.conversation ? { conversation: this.conversation, since: position(this.entries.value) } : {}),
        ...(this.log ? { log: this.log } : {}),
      }),
      onFrame: (frame) => this.receive(frame),
    })
  }

  /** For HTTP calls of the buyer. */
  bearer(): string | undefined {
    return this.session
  }

  say(text: string): void {
    this.typingSent = 0
    this.connection.send({ t: 'say', id: newID(), text })
  }

  /** Presses a button; an earlier try on the same card that failed gives way to it. */
  press(on: number, action: string, args?: Args): void {
    for (const p of this.pending.value) {
      if (p.frame.t === 'press' && p.frame.seq === on && p.status === 'failed') this.connection.discard(p.id)
    }
    this.connection.send({ t: 'press', id: newID(), seq: on, action, ...(args ? { args } : {}) })
  }

  /** Tells an agent that the buyer writes; a bot does not care. */
  wrote(): void {
    const now = Date.now()
    if (this.now.value.holder !== 'human' || now - this.typingSent < TYPING_EVERY) return
    this.typingSent = now
    this.connection.transmit({ t: 'typing', on: true })
  }

  /** Everything up to here was on the screen. */
  markSeen(): void {
    const seq = position(this.entries.value)
    if (seq <= Math.max(this.seen.value, this.state.value?.seen_buyer ?? 0)) return
    if (this.connection.transmit({ t: 'seen', seq })) this.seen.value = seq
  }

  private receive(frame: Frame): void {
    switch (frame.t) {
      case 'welcome':
        if (frame.reset || frame.conversation !== this.conversation || (this.log && frame.log !== this.log)) this.forget()
        this.conversation = frame.conversation
        this.log = frame.log
        this.session = frame.session ?? this.session
        this.queue.value = undefined
        this.drafts.value = {}
        return
      case 'entry':
        if (frame.conversation !== this.conversation) return
        this.entries.value = merge(this.entries.value, frame.entry)
        if (frame.entry.author.kind !== 'buyer') {
          this.typing.value = undefined
          this.drafts.value = {}
        }
        return
      case 'state':
        if (frame.conversation !== this.conversation || frame.version < (this.state.value?.version ?? 0)) return
        if (frame.holder !== 'waiting_human') this.queue.value = undefined
        if (frame.holder !== 'bot') this.drafts.value = {}
        if (frame.holder !== this.state.value?.holder) this.agentOnline.value = true
        this.state.value = frame
        this.ready.value = true
        return
      case 'draft':
        // One that comes after its entry, or after a person has taken over, is late.
        if (this.now.value.holder === 'bot' && !this.entries.value.some((e) => e.client === frame.client)) this.drafts.value = { ...this.drafts.value, [frame.client]: frame.text }
        return
      case 'queue':
        this.queue.value = frame
        return
      case 'presence':
        this.onPresence(frame)
        return
      case 'typing':
        this.onTyping(frame.on, frame.who ?? 'agent', frame.name)
        return
      case 'seen':
        this.onSeen(frame.who, frame.seq)
    }
  }

  /** The log is another one: what is shown of the old one would be wrong. */
  private forget(): void {
    this.entries.value = []
    this.state.value = undefined
    this.seen.value = 0
    this.ready.value = false
  }

  private onPresence(frame: Presence): void {
    if (frame.who === 'agent') this.agentOnline.value = frame.online
  }

  private onTyping(on: boolean, who: string, name: string | undefined): void {
    clearTimeout(this.typingTimer)
    if (who === 'buyer') return
    this.typing.value = on ? { who, ...(name ? { name } : {}) } : undefined
    if (on) this.typingTimer = setTimeout(() => (this.typing.value = undefined), TYPING_EXPIRES)
  }

  private onSeen(who: string | undefined, seq: number): void {
    const s = this.state.value
    if (who === 'buyer') this.seen.value = Math.max(this.seen.value, seq)
    else if (who === 'agent' && s) this.state.value = { ...s, seen_agent: Math.max(s.seen_agent, seq) }
  }
}
