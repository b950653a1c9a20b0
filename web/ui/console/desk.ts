// The desk: everything the console shows, as signals, changed only here from frames and from what the agent does.
// It knows neither markup nor sockets; the connection and the loading of cases are ports handed in.

import { batch, computed, signal } from '@preact/signals'
import type { Signal } from '@preact/signals'
import type { Kept } from '../shared/frame'
import type { Outbox } from '../shared/outbox'
import type { CaseView, EntryList, Frame, State, WorkView } from '../shared/wire'
import { complete } from '../shared/action/complete'
import type { Drafts } from '../shared/action/drafts'
import { emptyInbox, grouped, mergeInbox } from './inbox'
import type { InboxMap } from './inbox'
import { Team } from './team'
import { before, emptyTranscript, hasGap, mergeEntry, mergeOlder } from './transcript'
import type { Transcript } from './transcript'

/** What the desk needs of a Connection. */
export interface Wire {
  readonly outbox: Pick<Outbox, 'items'>
  /** Keeps the frame until it is stored. */
  send(frame: Kept): unknown
  /** Sends now or not at all. */
  transmit(frame: Frame): boolean
  retry(id: string): void
  discard(id: string): void
}

export interface DeskPorts {
  wire: Wire
  /** Loads a case with everything an agent may see. */
  load(caseId: string): Promise<CaseView>
  /** Reads what stands in front of a position. */
  entries(conversation: string, before: number): Promise<EntryList>
  newId(): string
  /** The wall clock, for what expires on this screen. */
  wall(): number
}

export interface Toast {
  id: number
  text: string
  tone: 'bad' | 'good'
}

export interface Typing {
  who: string
  name?: string
  until: number
}

/** Typing of the other side expires when nothing follows. */
const typingTTL = 5000
const typingEvery = 3000
const openKey = 'open'
/** So many entries of a conversation come at first; what was before is read when somebody scrolls there. */
const tail = 100

export class Desk {
  readonly inbox: Signal<InboxMap> = signal(emptyInbox)
  /** The first whole list has come. */
  readonly ready = signal(false)
  readonly transcripts: Signal<ReadonlyMap<string, Transcript>> = signal(new Map())
  readonly states: Signal<ReadonlyMap<string, State>> = signal(new Map())
  readonly cases: Signal<ReadonlyMap<string, CaseView>> = signal(new Map())
  readonly open: Signal<string | undefined> = signal(undefined)
  readonly typing: Signal<ReadonlyMap<string, Typing>> = signal(new Map())
  readonly online: Signal<ReadonlyMap<string, boolean>> = signal(new Map())
  /** What was read here, for the unread dot of conversations that somebody else holds. */
  readonly viewed: Signal<ReadonlyMap<string, number>> = signal(new Map())
  /** Older entries are being read. */
  readonly reading = signal(false)
  readonly toasts: Signal<readonly Toast[]> = signal([])

  /** The agent's place in the team, and what he is offered. */
  readonly team: Team
  readonly groups = computed(() => grouped(this.inbox.value, this.login))
  readonly item = computed(() => (this.open.value ? this.inbox.value.get(this.open.value) : undefined))
  readonly state = computed(() => (this.open.value ? this.states.value.get(this.open.value) : undefined))
  readonly transcript = computed(() => (this.open.value ? this.transcripts.value.get(this.open.value) : undefined) ?? emptyTranscript)
  readonly pending = computed(() => this.ports.wire.outbox.items.value.filter((p) => 'conversation' in p.frame && p.frame.conversation === this.open.value))
  /** A claim or release of the open conversation is under way. */
  readonly busy = computed(() => this.pending.value.some((p) => (p.frame.t === 'claim' || p.frame.t === 'release') && p.status !== 'failed'))
  /** The case of the open conversation; the whole one when it is loaded and not older than what was announced. */
  readonly caseView = computed(() => {
    const told = this.state.value?.case
    const whole = told && this.cases.value.get(told.id)
    if (!whole || !told) return told
    return whole.version >= told.version ? whole : { ...whole, ...told }
  })
  readonly mine = computed(() => {
    const item = this.item.value
    if (!item || item.holder !== 'human') return false
    return item.mine === true || item.agent === this.login
  })

  private readonly askedFrom = new Map<string, number>()
  private lastTyping = 0
  private sentSeen = 0
  private toastId = 0

  constructor(readonly login: string, private readonly ports: DeskPorts, private readonly keep: Drafts) {
    this.open.value = keep.read(openKey) || undefined
    this.team = new Team(login, this.inbox, ports)
  }

  // --- what the agent does -------------------------------------------------

  openConversation(id: string | undefined): void {
    const before = this.open.value
    if (before === id) return
    if (before) this.ports.wire.transmit({ t: 'unwatch', conversation: before })
    this.open.value = id
    this.sentSeen = 0
    this.keep.write(openKey, id ?? '')
    if (id) this.watch(id)
  }

  claim(): void {
    this.floor('claim')
  }

  /** Gives the open conversation back to the bot; resolve says that the agent's part is done. */
  release(resolve = false): void {
    this.floor('release', resolve)
  }

  say(text: string): void {
    this.write('say', text)
  }

  note(text: string): void {
    this.write('note', text)
  }

  /** worked shows at once what was kept of a conversation; the list says it again. */
  worked(conversation: string, kept: WorkView): void {
    const item = this.inbox.value.get(conversation)
    if (!item) return
    const { snoozed_until: _, ...rest } = item
    this.inbox.value = new Map(this.inbox.value).set(conversation, { ...rest, tags: kept.tags, ...(kept.snoozed_until ? { snoozed_until: kept.snoozed_until } : {}) })
  }

  again(id: string): void {
    this.ports.wire.retry(id)
  }

  discard(id: string): void {
    this.ports.wire.discard(id)
  }

  typed(on: boolean): void {
    const conversation = this.open.value
    const now = this.ports.wall()
    if (!conversation || !this.mine.value) return
    if (on ? now - this.lastTyping < typingEvery : this.lastTyping === 0) return
    this.lastTyping = on ? now : 0
    this.ports.wire.transmit({ t: 'typing', conversation, on })
    this.team.writing(conversation, on)
  }

  /** seen says that the open conversation was read to its end. Only the holder's mark goes to the buyer; a note that named the reader calls him no more. */
  seen(): void {
    const conversation = this.open.value
    const upTo = this.transcript.value.entries.at(-1)?.seq ?? 0
    if (!conversation || upTo === 0) return
    if ((this.viewed.value.get(conversation) ?? 0) < upTo) this.viewed.value = new Map(this.viewed.value).set(conversation, upTo)
    if (this.sentSeen >= upTo) return
    const owes = this.mine.value && (this.state.value?.seen_agent ?? 0) < upTo
    const called = (this.item.value?.mentions?.[this.login] ?? upTo + 1) <= upTo
    if ((owes || called) && this.ports.wire.transmit({ t: 'seen', conversation, seq: upTo })) this.sentSeen = upTo
  }

  toast(text: string, tone: Toast['tone'] = 'bad'): void {
    this.toasts.value = [...this.toasts.value.slice(-2), { id: ++this.toastId, text, tone }]
  }

  dismiss(id: number): void {
    this.toasts.value = this.toasts.value.filter((t) => t.id !== id)
  }

  /** keepCase stores a whole case; an older one changes nothing. */
  keepCase(view: CaseView): void {
    const known = this.cases.value.get(view.id)
    if (known && known.version > view.version) return
    this.cases.value = new Map(this.cases.value).set(view.id, complete(view))
  }

  async reloadCase(id: string): Promise<void> {
    this.keepCase(await this.ports.load(id))
  }

  // --- what the server says ------------------------------------------------

  readonly receive = (frame: Frame): void => {
    batch(() => this.apply(frame))
  }

  private apply(frame: Frame): void {
    this.team.receive(frame)
    switch (frame.t) {
      case 'welcome':
        if (frame.reset) this.transcripts.value = new Map()
        this.askedFrom.clear()
        this.sentSeen = 0
        if (this.open.value) this.watch(this.open.value)
        break
      case 'inbox': {
        const open = this.open.value
        const had = open !== undefined && this.inbox.value.has(open)
        this.inbox.value = mergeInbox(this.inbox.value, frame.items, frame.whole, frame.places)
        if (frame.whole) this.ready.value = true
        // What was not to be seen meanwhile is not told any more: it is looked at again.
        else if (open && !had && this.inbox.value.has(open)) this.watch(open)
        break
      }
      case 'entry':
        this.entry(frame)
        break
      case 'state':
        this.newState(frame)
        break
      case 'error':
        this.error(frame)
        break
      case 'typing':
        this.otherTyping(frame)
        break
      case 'seen':
        this.otherSeen(frame)
        break
      case 'presence':
        if (frame.who === 'buyer') this.online.value = new Map(this.online.value).set(frame.conversation, frame.online)
        break
      default:
        break
    }
  }

  private watch(conversation: string): void {
    const since = this.transcripts.value.get(conversation)?.upTo ?? 0
    this.ports.wire.transmit({ t: 'watch', conversation, since, ...(since === 0 ? { tail } : {}) })
  }

  /** older reads what was before, for the conversation that is open; once at a time. */
  async older(): Promise<void> {
    const conversation = this.open.value
    const first = before(this.transcript.value)
    if (!conversation || first === 0 || this.reading.value) return
    this.reading.value = true
    try {
      const { entries } = await this.ports.entries(conversation, first)
      const now = this.transcripts.value.get(conversation)
      if (now) this.transcripts.value = new Map(this.transcripts.value).set(conversation, mergeOlder(now, entries))
    } finally {
      this.reading.value = false
    }
  }

  private entry(frame: Extract<Frame, { t: 'entry' }>): void {
    const before = this.transcripts.value.get(frame.conversation) ?? emptyTranscript
    const after = mergeEntry(before, frame.entry)
    if (after !== before) this.transcripts.value = new Map(this.transcripts.value).set(frame.conversation, after)
    // The log names a message by its writer and the id he gave it: the echo takes the place of what was on its way.
    const own = `${this.login}:`
    if (frame.entry.client?.startsWith(own)) this.ports.wire.discard(frame.entry.client.slice(own.length))
    if (frame.entry.author.kind === 'buyer') this.endTyping(frame.conversation)
    // Ask once per missing stretch: the answer closes the gap, or there is nothing to close it with.
    if (hasGap(after) && this.askedFrom.get(frame.conversation) !== after.upTo) {
      this.askedFrom.set(frame.conversation, after.upTo)
      this.watch(frame.conversation)
    }
  }

  private newState(frame: State): void {
    const known = this.states.value.get(frame.conversation)
    if (known && known.version > frame.version) return
    this.states.value = new Map(this.states.value).set(frame.conversation, frame.case ? { ...frame, case: complete(frame.case) } : frame)
    const told = frame.case
    if (told && (this.cases.value.get(told.id)?.version ?? -1) < told.version) {
      // What was announced is shown until the whole case is there; a failed load leaves it so.
      this.reloadCase(told.id).catch(() => undefined)
    }
  }

  private error(frame: Extract<Frame, { t: 'error' }>): void {
    const refused = this.ports.wire.outbox.items.value.find((p) => p.id === frame.for)
    // The connection tries again by itself what may succeed; a refused message shows its reason where it stands.
    if (refused && (refused.status !== 'failed' || refused.frame.t === 'say' || refused.frame.t === 'note')) return
    this.toast(frame.message)
    if (!refused) return
    this.ports.wire.discard(refused.id)
    if ('conversation' in refused.frame && refused.frame.conversation) this.watch(refused.frame.conversation)
  }

  private otherTyping(frame: Extract<Frame, { t: 'typing' }>): void {
    if (!frame.conversation) return
    if (!frame.on) {
      this.endTyping(frame.conversation)
      return
    }
    const typing: Typing = { who: frame.who ?? 'buyer', until: this.ports.wall() + typingTTL, ...(frame.name ? { name: frame.name } : {}) }
    this.typing.value = new Map(this.typing.value).set(frame.conversation, typing)
  }

  private endTyping(conversation: string): void {
    if (!this.typing.value.has(conversation)) return
    const next = new Map(this.typing.value)
    next.delete(conversation)
    this.typing.value = next
  }

  private otherSeen(frame: Extract<Frame, { t: 'seen' }>): void {
    const state = frame.conversation ? this.states.value.get(frame.conversation) : undefined
    if (!state || !frame.conversation) return
    const next: State = frame.who === 'agent'
      ? { ...state, seen_agent: Math.max(state.seen_agent, frame.seq) }
      : { ...state, seen_buyer: Math.max(state.seen_buyer, frame.seq) }
    this.states.value = new Map(this.states.value).set(frame.conversation, next)
  }

  private floor(t: 'claim' | 'release', resolve = false): void {
    const conversation = this.open.value
    const epoch = this.state.value?.epoch ?? this.item.value?.epoch
    if (!conversation || epoch === undefined || this.busy.value) return
    const frame = { id: this.ports.newId(), conversation, epoch }
    this.ports.wire.send(t === 'claim' ? { t, ...frame } : { t, ...frame, ...(resolve ? { resolve } : {}) })
  }

  private write(t: 'say' | 'note', text: string): void {
    const conversation = this.open.value
    if (!conversation || text.trim() === '') return
    this.lastTyping = 0
    const id = this.ports.newId()
    if (t === 'note') {
      this.ports.wire.send({ t, id, conversation, text: text.trim() })
      return
    }
    // What is written for the time when the agent has the floor is not said in another one's.
    const epoch = this.state.value?.epoch ?? this.item.value?.epoch
    this.ports.wire.send({ t, id, conversation, text: text.trim(), ...(epoch === undefined ? {} : { epoch }) })
    this.team.writing(conversation, false)
  }
}
