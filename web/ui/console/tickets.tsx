// Tickets: what a person must see to besides conversations. Each leads to its case, where it is dealt with; that it
// is done is said here.

import { signal } from '@preact/signals'
import { useEffect, useMemo, useState } from 'preact/hooks'
import { failureText } from '../shared/api'
import { dateTime } from '../shared/format'
import { locale } from '../shared/i18n'
import { Icon } from '../shared/icon'
import type { Ticket } from '../shared/wire'
import { CaseBody } from './case_pane'
import { Poll, type Current } from './reader'
import type { AgentApi, Live } from './session'
import { topicLabel, useTopics } from './flag'
import { kindsOfTickets, ticketTitle, ticketWords } from './ticket_words'
import './worklist.css'

const every = 4000

/** How many tickets are open for this agent, for the button that leads here. */
export const openTickets = signal(0)

/** countTickets keeps the count until it is stopped; a reading that fails leaves it as it was. */
export function countTickets(api: AgentApi): () => void {
  const look = (): void => {
    api.tickets().then((found) => { openTickets.value = found.tickets.length }, () => undefined)
  }
  look()
  const timer = setInterval(look, 5 * every)
  return () => clearInterval(timer)
}

export class Tickets extends Poll {
  readonly list = signal<readonly Ticket[] | undefined>(undefined)
  readonly kind = signal('')
  readonly open = signal<string | undefined>(undefined)

  constructor(private readonly api: Pick<AgentApi, 'tickets' | 'ticketDone'>, private readonly reload: (caseId: string) => Promise<void>) {
    super(every)
  }

  /** The case that is open is read with the list. */
  protected async look(current: Current): Promise<void> {
    const found = await this.api.tickets()
    const open = found.tickets.find((t) => t.id === this.open.value)
    if (!current()) return
    this.list.value = found.tickets
    openTickets.value = found.tickets.length
    if (open?.case) await this.reload(open.case)
  }

  show(id: string | undefined): void {
    this.open.value = id
    if (id) void this.read()
  }

  /** done takes the ticket off the list; the next one is opened, so that a list is worked off from the top. */
  async done(id: string): Promise<void> {
    await this.api.ticketDone(id)
    const shown = this.shown()
    const at = shown.findIndex((t) => t.id === id)
    this.list.value = (this.list.value ?? []).filter((t) => t.id !== id)
    openTickets.value = this.list.value.length
    if (this.open.value === id) this.open.value = (shown[at + 1] ?? shown[at - 1])?.id
    await this.read()
  }

  /** shown are the tickets of the kind that is looked at. */
  shown(): readonly Ticket[] {
    return (this.list.value ?? []).filter((t) => this.kind.value === '' || t.kind === this.kind.value)
  }
}

export function TicketsScreen({ live, onClose, onConversation }: { live: Live; onClose(): void; onConversation(id: string): void }) {
  const w = ticketWords()
  const desk = useMemo(() => new Tickets(live.api, (id) => live.desk.reloadCase(id)), [live])
  useEffect(() => {
    void desk.read()
    return () => desk.stop()
  }, [desk, locale.value])
  const list = desk.list.value
  const shown = desk.shown()
  const ticket = list?.find((t) => t.id === desk.open.value)
  return (
    <main class={`worklist ${ticket ? 'has-open' : ''}`}>
      <nav class="worklist-rows" aria-label={w.title}>
        <div class="row worklist-filter">
          <select class="input worklist-kind" aria-label={w.kind} value={desk.kind.value} onChange={(e) => { desk.kind.value = e.currentTarget.value }}>
            {kindsOfTickets.map((kind) => <option key={kind} value={kind}>{w.kinds[kind]}</option>)}
          </select>
          <span class="grow" />
          <button type="button" class="btn btn-sm" onClick={onClose}><Icon name="chat" class="icon-sm" />{w.close}</button>
        </div>
        {desk.trouble.value && <p class="note note-bad" role="alert">{desk.trouble.value}</p>}
        {!list && !desk.trouble.value && <p class="pane-quiet">{w.loading}</p>}
        {list && shown.length === 0 && <p class="pane-quiet"><Icon name="checkCircle" />{desk.kind.value === '' ? w.none : w.noneOfKind}</p>}
        <ul>
          {shown.map((t) => (
            <li key={t.id}>
              <button type="button" class="worklist-row" aria-current={desk.open.value === t.id ? 'true' : undefined} onClick={() => desk.show(t.id)}>
                <span class="row"><strong class="grow">{ticketTitle(t)}</strong>{(t.priority ?? 0) > 0 && <span class="chip chip-bad">{w.urgent}</span>}</span>
                <span class="row small muted"><span class="grow clip">{[w.kinds[kindOf(t)], live.desk.cases.value.get(t.case)?.order.title].filter(Boolean).join(' · ')}</span><time class="num" dateTime={t.at}>{dateTime(t.at)}</time></span>
              </button>
            </li>
          ))}
        </ul>
      </nav>
      <section class="worklist-detail">
        {ticket ? <Detail key={ticket.id} ticket={ticket} tickets={desk} live={live} onConversation={onConversation} /> : <p class="pane-quiet">{w.pick}</p>}
      </section>
    </main>
  )
}

const kindOf = (t: Ticket): (typeof kindsOfTickets)[number] => kindsOfTickets.find((kind) => kind === t.kind) ?? 'ticket'

function Detail({ ticket, tickets, live, onConversation }: { ticket: Ticket; tickets: Tickets; live: Live; onConversation(id: string): void }) {
  const w = ticketWords()
  const [busy, setBusy] = useState(false)
  const [trouble, setTrouble] = useState('')
  const view = live.desk.cases.value.get(ticket.case)
  const talk = ticket.conversation ?? [...live.desk.inbox.value.values()].find((item) => view?.buyer !== undefined && item.buyer === view.buyer)?.conversation
  const done = async (): Promise<void> => {
    setBusy(true)
    setTrouble('')
    try {
      await tickets.done(ticket.id)
    } catch (err) {
      setTrouble(failureText(err))
      setBusy(false)
    }
  }
  return (
    <article class="stack worklist-one">
      <button type="button" class="btn btn-sm btn-quiet worklist-back" onClick={() => tickets.show(undefined)}><Icon name="left" class="icon-sm" />{w.back}</button>
      <section class="card card-body stack">
        <h2>{ticketTitle(ticket)}</h2>
        <p class="small muted">{w.kinds[kindOf(ticket)]}{ticket.role === 'supervisor' && <> · {w.supervisors}</>} · {w.since} <time class="num" dateTime={ticket.at}>{dateTime(ticket.at)}</time></p>
        {ticket.kind === 'wrong_answer' && <WrongAnswer ticket={ticket} live={live} />}
        <div class="row worklist-buttons">
          <button type="button" class="btn btn-primary" disabled={busy} onClick={() => void done()}><Icon name="check" class="icon-sm" />{w.done}</button>
          {talk && <button type="button" class="btn" onClick={() => onConversation(talk)}><Icon name="chat" class="icon-sm" />{w.toConversation}</button>}
        </div>
        {trouble && <p class="note note-bad" role="alert">{trouble}</p>}
      </section>
      {ticket.case === '' ? null : view ? <section class="card worklist-case" aria-label={w.case}><CaseBody view={view} live={live} /></section> : tickets.trouble.value ? <p class="note note-bad" role="alert">{tickets.trouble.value}</p> : <p class="pane-quiet">{w.loading}</p>}
    </article>
  )
}

/** Who says so, what would have been right, and what he wrote. */
function WrongAnswer({ ticket, live }: { ticket: Ticket; live: Live }) {
  const w = ticketWords()
  const topics = useTopics(live.api)
  return (
    <>
      <p class="small">{w.saidBy} {ticket.by}{ticket.topic && <> · {w.rightTopic}: {topicLabel(topics, ticket.topic)}</>}</p>
      {ticket.text && <p>{ticket.text}</p>}
    </>
  )
}
