// The wall: the desk at this moment, for who supervises it. It is read again every few seconds while it can be seen; from
// here a conversation is given to an agent, taken over, or looked at.

import { signal } from '@preact/signals'
import { useEffect, useMemo, useRef, useState } from 'preact/hooks'
import { Countdown } from '../shared/countdown'
import { clock, time } from '../shared/format'
import { Icon } from '../shared/icon'
import { newID } from '../shared/ids'
import type { Wall, WallAgent, WallChat, WallGroup } from '../shared/wire'
import { waitingUrgency } from './inbox'
import type { Wait } from './inbox'
import { timerName } from './names'
import { Poll, type Current } from './reader'
import type { AgentApi, Live } from './session'

import { duration, reasonWord, statusWord, wallWords } from './wall_words'
import './wall.css'

const every = 3000

/** How near a deadline is at risk, in hours, as it can be chosen. */
export const nears = [1, 4, 12, 24] as const

export class WallReader extends Poll {
  readonly wall = signal<Wall | undefined>(undefined)
  readonly hours = signal<number>(4)

  constructor(private readonly api: Pick<AgentApi, 'wall'>, hidden: () => boolean = () => document.hidden) {
    super(every, hidden)
  }

  protected async look(current: Current): Promise<void> {
    const wall = await this.api.wall(this.hours.value)
    if (current()) this.wall.value = wall
  }

  within(hours: number): void {
    this.hours.value = hours
    void this.read()
  }
}

/** What a supervisor does to a conversation from here. */
type Doing = { chat: WallChat; what: 'assign' | 'takeover' }

export function WallScreen({ live, onClose, onConversation }: { live: Live; onClose(): void; onConversation(id: string): void }) {
  const w = wallWords()
  const reader = useMemo(() => new WallReader(live.api), [live])
  const [doing, setDoing] = useState<Doing>()
  useEffect(() => {
    const again = (): void => { if (!document.hidden) void reader.read() }
    void reader.read()
    document.addEventListener('visibilitychange', again)
    return () => {
      document.removeEventListener('visibilitychange', again)
      reader.stop()
    }
  }, [reader])
  const wall = reader.wall.value
  return (
    <main class="wall" aria-label={w.title}>
      <div class="row wall-bar">
        <h2 class="grow">{w.title}</h2>
        {wall && <span class="small muted num">{w.updated(time(wall.at))}</span>}
        <button type="button" class="btn btn-sm" onClick={onClose}><Icon name="chat" class="icon-sm" />{w.close}</button>
      </div>
      {reader.trouble.value && <p class="note note-bad" role="alert">{wall ? w.stale(reader.trouble.value) : reader.trouble.value}</p>}
      {!wall && !reader.trouble.value && <p class="pane-quiet">{w.loading}</p>}
      {wall && (
        <>
          <Figures wall={wall} />
          <div class="wall-columns">
            <section class="card wall-part" aria-labelledby="wall-queue">
              <h3 id="wall-queue">{w.queue}</h3>
              {wall.waiting > 0 && (
                <div class="wall-groups">
                  <Groups title={w.byReason} groups={wall.reasons} word={reasonWord} />
                  {wall.skills.some((g) => g.name !== '') && <Groups title={w.bySkill} groups={wall.skills} word={(name) => name || w.noSkill} />}
                </div>
              )}
              <Chats chats={wall.queue} all={wall.waiting} empty={w.queueEmpty} login={live.agent.login} onConversation={onConversation} onDo={setDoing} />
            </section>
            <section class="card wall-part" aria-labelledby="wall-agents">
              <h3 id="wall-agents">{w.agents}</h3>
              {wall.agents.length === 0 && <p class="pane-quiet">{w.agentsEmpty}</p>}
              <ul class="wall-list">{wall.agents.map((a) => <Agent key={a.login} agent={a} onConversation={onConversation} />)}</ul>
            </section>
            <section class="card wall-part" aria-labelledby="wall-risk">
              <div class="row">
                <h3 id="wall-risk" class="grow">{w.risk}</h3>
                <select class="input wall-hours" aria-label={w.hours} value={String(reader.hours.value)} onChange={(e) => reader.within(Number(e.currentTarget.value))}>
                  {nears.map((h) => <option key={h} value={String(h)}>{w.within(h)}</option>)}
                </select>
              </div>
              <Chats chats={wall.risk} all={wall.at_risk} empty={w.riskEmpty} login={live.agent.login} onConversation={onConversation} onDo={setDoing} />
            </section>
          </div>
        </>
      )}
      {doing && wall && <DoDialog key={`${doing.what}/${doing.chat.conversation}`} doing={doing} wall={wall} live={live} onClose={() => { setDoing(undefined); void reader.read() }} />}
    </main>
  )
}

/** seconds is how long ago something was on the server's clock. */
const seconds = (since: string, now: number): number => Math.max(0, (now - Date.parse(since)) / 1000)

/** figuresOf are the large numbers of the wall, with how pressing each is. */
export function figuresOf(wall: Wall, now: number): { waiting: Wait; owed: number; owedSince: string | undefined; owedLevel: Wait; online: number; away: number; open: number; seats: number } {
  const owing = wall.agents.filter((a) => a.owed_since !== undefined)
  const owedSince = owing.map((a) => a.owed_since ?? '').sort((x, y) => Date.parse(x) - Date.parse(y))[0]
  const online = wall.agents.filter((a) => a.status === 'online')
  const takes = online.filter((a) => a.capacity > 0)
  return {
    waiting: waitingUrgency(wall.waiting_since, now), owedSince, owedLevel: waitingUrgency(owedSince, now),
    owed: wall.agents.reduce((sum, a) => sum + a.owed, 0), online: online.length, away: wall.agents.filter((a) => a.status === 'away').length,
    open: takes.reduce((sum, a) => sum + Math.min(a.open, a.capacity), 0), seats: takes.reduce((sum, a) => sum + a.capacity, 0),
  }
}

function Figures({ wall }: { wall: Wall }) {
  void clock.tick.value
  const w = wallWords()
  const now = clock.now()
  const f = figuresOf(wall, now)
  const worst = wall.risk[0]
  const riskLevel: Wait = !worst?.deadline ? 'none' : Date.parse(worst.deadline) <= now ? 'over' : Date.parse(worst.deadline) - now < 3_600_000 ? 'urgent' : 'soon'
  return (
    <dl class="wall-figures">
      <Figure timed label={w.waiting} value={String(wall.waiting)} level={wall.waiting === 0 ? 'none' : f.waiting} more={wall.offered > 0 ? w.offered(wall.offered) : ''} />
      <Figure timed label={w.longest} value={wall.waiting_since ? duration(seconds(wall.waiting_since, now)) : w.nobody} level={f.waiting} small={!wall.waiting_since} />
      <Figure timed label={w.owed} value={String(f.owed)} level={f.owedLevel} more={f.owedSince ? duration(seconds(f.owedSince, now)) : ''} />
      <Figure label={w.atWork} value={String(f.online)} level={f.online === 0 && wall.waiting > 0 ? 'over' : 'none'} more={f.away > 0 ? w.away(f.away) : ''} />
      <Figure label={w.load} value={w.of(f.open, f.seats)} level={f.seats > 0 && f.open >= f.seats ? 'urgent' : 'none'} more={f.seats > f.open ? w.seats(f.seats - f.open) : f.seats > 0 ? w.full : ''} />
      <Figure label={`${w.risk} · ${w.within(wall.hours)}`} value={String(wall.at_risk)} level={wall.at_risk === 0 ? 'none' : riskLevel} />
      <Figure label={w.missed} value={String(wall.missed)} level={wall.missed > 0 ? 'soon' : 'none'} />
    </dl>
  )
}

/** How pressing it is stands in words where it is a time that is long. */
function Figure({ label, value, level, timed = false, more = '', small = false }: { label: string; value: string; level: Wait; timed?: boolean; more?: string; small?: boolean }) {
  const level_ = timed ? wallWords().levels[level] : ''
  return (
    <div class={`wall-figure is-${level}`}>
      <dt>{label}</dt>
      <dd><span class={`num ${small ? 'wall-quiet' : 'wall-number'}`}>{value}</span>{(level_ || more) && <span class="small wall-more">{[level_, more].filter(Boolean).join(' · ')}</span>}</dd>
    </div>
  )
}

function Groups({ title, groups, word }: { title: string; groups: readonly WallGroup[]; word(name: string): string }) {
  void clock.tick.value
  return (
    <div>
      <p class="small muted">{title}</p>
      <ul class="row wall-chips">
        {groups.map((g) => <li key={g.name} class="chip">{word(g.name)} <strong class="num">{g.count}</strong> <span class="num">{duration(seconds(g.since, clock.now()))}</span></li>)}
      </ul>
    </div>
  )
}

function Chats({ chats, all, empty, login, onConversation, onDo }: { chats: readonly WallChat[]; all: number; empty: string; login: string; onConversation(id: string): void; onDo(doing: Doing): void }) {
  void clock.tick.value
  const w = wallWords()
  const now = clock.now()
  if (chats.length === 0) return <p class="pane-quiet"><Icon name="checkCircle" />{empty}</p>
  return (
    <>
      <ul class="wall-list">
        {chats.map((c) => {
          const level = waitingUrgency(c.since, now)
          const status = c.holder === 'human' ? w.heldBy(c.agent_name ?? '') : c.agent_name ? w.offeredTo(c.agent_name) : ''
          return (
            <li key={c.conversation} class="wall-row">
              <div class="row wall-facts">
                {c.place !== undefined && <span class="small muted num">{w.place(c.place)}</span>}
                <strong class="clip">{c.buyer || c.conversation}</strong>
                {c.since && <span class={`chip num is-wait-${level}`}><Icon name="clock" class="icon-sm" />{duration(seconds(c.since, now))}{w.levels[level] && ` · ${w.levels[level]}`}</span>}
                <span class="grow" />
                {c.deadline && <span class="small">{c.deadline_of ? `${timerName(c.deadline_of)} ` : ''}<Countdown deadline={c.deadline} short /></span>}
              </div>
              <div class="row wall-facts small muted">
                <span class="grow">{[c.reason && reasonWord(c.reason), c.skill, w.langs[c.locale === 'en' ? 'en' : 'zh-CN'], status, (c.passed ?? 0) > 0 && w.passed(c.passed ?? 0), c.ours && w.ours].filter(Boolean).join(' · ')}</span>
                <span class="row">
                  <button type="button" class="btn btn-sm btn-quiet" onClick={() => onConversation(c.conversation)}>{w.open}</button>
                  <button type="button" class="btn btn-sm btn-quiet" onClick={() => onDo({ chat: c, what: 'assign' })}>{w.assign}</button>
                  {!(c.holder === 'human' && c.agent === login) && <button type="button" class="btn btn-sm btn-quiet" onClick={() => onDo({ chat: c, what: 'takeover' })}>{w.takeOver}</button>}
                </span>
              </div>
            </li>
          )
        })}
      </ul>
      {all > chats.length && <p class="small muted">{w.more(all - chats.length)}</p>}
    </>
  )
}

function Agent({ agent, onConversation }: { agent: WallAgent; onConversation(id: string): void }) {
  void clock.tick.value
  const w = wallWords()
  const level = waitingUrgency(agent.owed_since, clock.now())
  const tone = agent.status === 'online' ? 'chip-good' : agent.status === 'away' ? 'chip-warn' : 'chip-bad'
  const share = agent.capacity > 0 ? Math.min(1, agent.open / agent.capacity) : 0
  return (
    <li class="wall-row">
      <div class="row wall-facts">
        <strong class="clip">{agent.name}</strong>
        <span class={`chip ${tone}`}>{statusWord(agent.status)}</span>
        {agent.missed > 0 && <span class="chip chip-warn">{w.misses(agent.missed)}</span>}
        <span class="grow" />
        <span class="num">{agent.capacity > 0 ? w.of(agent.open, agent.capacity) : w.chats(agent.holds)}</span>
      </div>
      {agent.capacity > 0 && <div class={`progress wall-load ${share >= 1 ? 'is-full' : ''}`} aria-hidden="true"><div style={{ width: `${Math.round(share * 100)}%` }} /></div>}
      <div class="row wall-facts small muted">
        <span class="grow">{[agent.owed > 0 ? w.owes(agent.owed) : w.owesNone, ...(agent.skills ?? []), share >= 1 && w.full].filter(Boolean).join(' · ')}</span>
        {agent.owed_since && <span class={`chip num is-wait-${level}`}><Icon name="clock" class="icon-sm" />{duration(seconds(agent.owed_since, clock.now()))}{w.levels[level] && ` · ${w.levels[level]}`}</span>}
        {agent.owed_in && <button type="button" class="btn btn-sm btn-quiet" onClick={() => onConversation(agent.owed_in ?? '')}>{w.open}</button>}
      </div>
    </li>
  )
}

/** assignable are the agents who can be given a conversation: who are there, and do not have it. */
export const assignable = (wall: Wall, chat: WallChat): WallAgent[] =>
  wall.agents.filter((a) => a.status !== 'gone' && !(chat.holder === 'human' && chat.agent === a.login)).sort((x, y) => free(y) - free(x))

const free = (a: WallAgent): number => (a.status === 'online' ? 1000 : 0) + a.capacity - a.open

function DoDialog({ doing, wall, live, onClose }: { doing: Doing; wall: Wall; live: Live; onClose(): void }) {
  const w = wallWords()
  const dialog = useRef<HTMLDialogElement>(null)
  const [value, setValue] = useState('')
  useEffect(() => { if (dialog.current && !dialog.current.open) dialog.current.showModal() }, [])
  const { chat, what } = doing
  const who = chat.buyer || chat.conversation
  const agents = assignable(wall, chat)
  const send = (e: Event): void => {
    e.preventDefault()
    if (value.trim() === '') return
    const frame = { id: newID(), conversation: chat.conversation, epoch: chat.epoch }
    live.connection.send(what === 'assign' ? { t: 'assign', ...frame, agent: value } : { t: 'takeover', ...frame, reason: value.trim() })
    dialog.current?.close()
  }
  return (
    <dialog ref={dialog} class="dialog" onClose={onClose} aria-labelledby="wall-do">
      <form class="card-body stack" onSubmit={send}>
        <h2 id="wall-do">{what === 'assign' ? w.assignTo(who) : `${w.takeOver} · ${who}`}</h2>
        {what === 'assign'
          ? agents.length === 0
            ? <p class="muted">{w.nobodyThere}</p>
            : (
              <label class="field"><span class="label">{w.pick}</span>
                <select class="input" value={value} onChange={(e) => setValue(e.currentTarget.value)} required>
                  <option value="">{w.pick}</option>
                  {agents.map((a) => <option key={a.login} value={a.login}>{[a.name, statusWord(a.status), a.capacity > 0 ? w.of(a.open, a.capacity) : w.chats(a.holds)].join(' · ')}</option>)}
                </select>
              </label>
            )
          : (
            <label class="field"><span class="label">{w.reason}</span>
              <textarea class="input" rows={3} maxLength={500} value={value} onInput={(e) => setValue(e.currentTarget.value)} required />
              <span class="hint">{w.reasonHint}</span>
            </label>
          )}
        <div class="row">
          <span class="grow" />
          <button type="button" class="btn" onClick={() => dialog.current?.close()}>{w.cancel}</button>
          <button type="submit" class="btn btn-primary" disabled={value.trim() === ''} aria-label={`${w.send}: ${what === 'assign' ? w.assign : w.takeOver}`}>{w.send}</button>
        </div>
      </form>
    </dialog>
  )
}
