// An answer of the bot that is wrong: any agent can say so, with what would have been right. The mark is there for every
// agent until it is taken back or settled as a ticket. The buyer sees nothing of it.

import { signal } from '@preact/signals'
import { useEffect, useRef, useState } from 'preact/hooks'
import { failureText } from '../shared/api'
import { locale } from '../shared/i18n'
import { Icon } from '../shared/icon'
import { newID } from '../shared/ids'
import type { FlagAnswer, LogEntry, Ticket, TopicName } from '../shared/wire'
import type { AgentApi } from './session'
import { text } from './text'
import { ticketWords, wrongName, wrongs } from './ticket_words'

const every = 5000

type FlagApi = Pick<AgentApi, 'flags' | 'flag' | 'unflag' | 'topics'>

/** The marks of one conversation, by entry. They are read again and again, so that what other agents say is seen. */
export class Flags {
  readonly open = signal<ReadonlyMap<number, Ticket>>(new Map())
  private timer: ReturnType<typeof setTimeout> | undefined
  private run = 0

  constructor(readonly api: FlagApi, private readonly conversation: string) {}

  /** read polls until it is stopped; what an older reading answers is dropped, a failed one leaves the marks. */
  async read(): Promise<void> {
    clearTimeout(this.timer)
    const mine = ++this.run
    const found = await this.api.flags(this.conversation).catch(() => undefined)
    if (mine !== this.run) return
    if (found) this.open.value = new Map(found.tickets.filter((t) => !t.done_at).map((t) => [t.entry ?? 0, t]))
    this.timer = setTimeout(() => void this.read(), every)
  }

  stop(): void {
    this.run++
    clearTimeout(this.timer)
  }

  async set(entry: number, body: FlagAnswer): Promise<void> {
    const kept = await this.api.flag(this.conversation, entry, body)
    this.open.value = new Map(this.open.value).set(entry, kept)
    await this.read()
  }

  async back(entry: number): Promise<void> {
    await this.api.unflag(this.conversation, entry)
    const next = new Map(this.open.value)
    next.delete(entry)
    this.open.value = next
    await this.read()
  }
}

/** useTopics loads what the bot can answer; empty until then, and when it cannot be had. */
export function useTopics(api: Pick<AgentApi, 'topics'>): readonly TopicName[] {
  const [topics, setTopics] = useState<readonly TopicName[]>([])
  useEffect(() => {
    let here = true
    api.topics().then((found) => { if (here) setTopics(found) }, () => undefined)
    return () => { here = false }
  }, [api, locale.value])
  return topics
}

/** topicLabel is a topic in words; one that is not known any more is named by its id. */
export function topicLabel(topics: readonly TopicName[], id: string): string {
  return id === 'none' ? ticketWords().noTopic : topics.find((topic) => topic.id === id)?.label ?? id
}

/** FlagLine stands under an answer: the way to flag it, or the mark. */
export function FlagLine({ entry, flags, me }: { entry: LogEntry; flags: Flags; me: string }) {
  const t = text().flag
  const mark = flags.open.value.get(entry.seq)
  const [editing, setEditing] = useState(false)
  const [trouble, setTrouble] = useState('')
  const opener = useRef<HTMLButtonElement>(null)
  const close = (): void => {
    setEditing(false)
    requestAnimationFrame(() => opener.current?.focus())
  }
  if (editing) return <FlagForm entry={entry.seq} flags={flags} {...(mark ? { was: mark } : {})} onClose={close} />
  if (!mark) {
    return <button ref={opener} type="button" class="flag-open" aria-label={t.openOf((entry.text ?? '').slice(0, 40))} onClick={() => setEditing(true)}><Icon name="flag" class="icon-sm" />{t.open}</button>
  }
  return (
    <p class="flag-mark">
      <span><Icon name="flag" class="icon-sm" /> {t.by(mark.by ?? '', wrongName(mark.why ?? ''))}{mark.text && ` · ${mark.text}`}</span>
      <button ref={opener} type="button" class="btn-link" onClick={() => setEditing(true)}>{t.edit}</button>
      {mark.by === me && <button type="button" class="btn-link" onClick={() => { flags.back(entry.seq).catch((err: unknown) => setTrouble(failureText(err))) }}>{t.back}</button>}
      {trouble && <span class="error-text" role="alert">{trouble}</span>}
    </p>
  )
}

function FlagForm({ entry, flags, was, onClose }: { entry: number; flags: Flags; was?: Ticket; onClose(): void }) {
  const t = text().flag
  const topics = useTopics(flags.api)
  const [id] = useState(() => newID())
  const [why, setWhy] = useState<string>(was?.why ?? wrongs[0])
  const [topic, setTopic] = useState(was?.topic ?? '')
  const [words, setWords] = useState(was?.text ?? '')
  const [busy, setBusy] = useState(false)
  const [trouble, setTrouble] = useState('')
  const form = useRef<HTMLFormElement>(null)
  useEffect(() => {
    form.current?.querySelector('select')?.focus({ preventScroll: true })
    form.current?.scrollIntoView?.({ block: 'nearest' })
  }, [])
  const save = async (): Promise<void> => {
    setBusy(true)
    setTrouble('')
    try {
      await flags.set(entry, { why: why as FlagAnswer['why'], ...(topic ? { topic } : {}), ...(words.trim() ? { text: words.trim() } : {}) })
      onClose()
    } catch (err) {
      setTrouble(failureText(err))
      setBusy(false)
    }
  }
  const known = topic === '' || topic === 'none' || topics.some((one) => one.id === topic)
  return (
    <form ref={form} class="flag-form card card-body stack" aria-label={t.heading}
      onSubmit={(e) => { e.preventDefault(); void save() }} onKeyDown={(e) => { if (e.key === 'Escape') onClose() }}>
      <div class="field">
        <label htmlFor={`${id}-why`}>{t.why}</label>
        <select id={`${id}-why`} class="input" value={why} onChange={(e) => setWhy(e.currentTarget.value)}>
          {wrongs.map((one) => <option key={one} value={one}>{wrongName(one)}</option>)}
        </select>
      </div>
      <div class="field">
        <label htmlFor={`${id}-topic`}>{t.topic}</label>
        <select id={`${id}-topic`} class="input" value={topic} onChange={(e) => setTopic(e.currentTarget.value)}>
          <option value="">{t.unknown}</option>
          <option value="none">{t.none}</option>
          {!known && <option value={topic}>{topic}</option>}
          {topics.map((one) => <option key={one.id} value={one.id}>{one.label}</option>)}
        </select>
      </div>
      <div class="field">
        <label htmlFor={`${id}-text`}>{t.text}</label>
        <textarea id={`${id}-text`} class="input" rows={2} maxLength={500} value={words} onInput={(e) => setWords(e.currentTarget.value)} />
      </div>
      {trouble && <p class="note note-bad" role="alert">{trouble}</p>}
      <div class="row">
        <button type="submit" class="btn btn-sm btn-primary" disabled={busy}>{busy ? t.saving : t.save}</button>
        <button type="button" class="btn btn-sm btn-quiet" onClick={onClose}>{t.cancel}</button>
      </div>
    </form>
  )
}
