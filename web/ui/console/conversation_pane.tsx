// The open conversation: who holds it, its transcript, and the composer.

import type { Signal } from '@preact/signals'
import { useEffect, useMemo, useState } from 'preact/hooks'
import { clock, dateTime } from '../shared/format'
import { Icon } from '../shared/icon'
import { Composer } from './composer'
import type { Mode } from './composer'
import { Copilot } from './copilot'
import type { Desk } from './desk'
import { Flags } from './flag'
import { Log } from './log'
import type { Rewrite } from './log'
import { PassOn } from './pass_on'
import type { Passing } from './pass_on'
import type { Live } from './session'
import { teamWords } from './team_words'
import { resolveWords } from './resolve_words'
import { text } from './text'
import { WorkBar } from './work_bar'

export function ConversationPane({ live, composing }: { live: Live; composing: Signal<Mode | undefined> }) {
  const t = text()
  const id = live.desk.open.value
  const flags = useMemo(() => new Flags(live.api, id ?? ''), [live, id])
  useEffect(() => {
    if (!id) return
    void flags.read()
    return () => flags.stop()
  }, [flags])
  if (!id) {
    return (
      <section class="pane pane-conversation is-empty" aria-label={t.panes.conversation}>
        <Icon name="chat" />
        <p>{t.pickConversation}</p>
        <p class="small muted keyboard-only">{t.pickHint}</p>
      </section>
    )
  }
  return (
    <section class="pane pane-conversation" aria-label={t.panes.conversation}>
      <Head desk={live.desk} role={live.agent.role} />
      {live.desk.item.value && <WorkBar key={`work-${id}`} live={live} item={live.desk.item.value} mine={live.desk.mine.value} />}
      <Log key={id} desk={live.desk} flags={flags} onRewrite={(message) => rewrite(live, id, message, composing)} />
      {live.connection.welcome.value?.copilot && <Copilot key={`copilot-${id}`} live={live} conversation={id} composing={composing} />}
      <Composer key={`composer-${id}`} live={live} conversation={id} composing={composing} />
    </section>
  )
}

/** A message that was not sent goes back into the composer, in front of what stands there. */
function rewrite(live: Live, conversation: string, message: Rewrite, composing: Signal<Mode | undefined>): void {
  const key = `${conversation}/${message.mode}`
  const before = live.drafts.read(key)
  live.drafts.write(key, before === '' ? message.text : `${message.text}\n${before}`)
  live.desk.discard(message.id)
  composing.value = message.mode
}

/** What the buyer wrote last may still want an answer, which the bot gives then. */
function resolve(desk: Desk): void {
  if (desk.item.value?.owed && !window.confirm(resolveWords().unanswered)) return
  desk.release(true)
}

function Head({ desk, role }: { desk: Desk; role: string }) {
  const w = teamWords()
  const [passing, setPassing] = useState<Passing | undefined>(undefined)
  void clock.tick.value
  const t = text()
  const item = desk.item.value
  const state = desk.state.value
  const holder = state?.holder ?? item?.holder
  const mine = desk.mine.value
  const online = desk.open.value ? desk.online.value.get(desk.open.value) : undefined
  const name = item?.agent_name ?? state?.agent_name ?? ''
  const status = mine ? t.heldByMe : holder === 'human' ? t.heldBy(name) : holder === 'waiting_human' ? t.waitingHuman : holder === 'bot' ? (state?.resolved_at ? resolveWords().resolved(dateTime(state.resolved_at)) : t.heldByBot) : ''
  const reason = state?.handoff ?? item?.handoff
  const writer = mine ? undefined : desk.team.writer(desk.open.value, Date.now())
  const epoch = state?.epoch ?? item?.epoch
  const assigns = role === 'supervisor' || role === 'admin'
  return (
    <header class="talk-head">
      <div class="grow">
        <p class="talk-buyer">
          <strong class="clip">{item?.buyer ?? state?.buyer ?? desk.open.value}</strong>
          {online !== undefined && <span class={`presence ${online ? 'is-online' : ''}`}>{online ? t.buyerOnline : t.buyerOffline}</span>}
        </p>
        <p class={`talk-holder is-${mine ? 'mine' : holder ?? 'none'}`}>
          <Icon name={holder === 'bot' ? 'bot' : holder === 'waiting_human' ? 'clock' : 'headset'} class="icon-sm" />
          <span class="clip">{status}{holder === 'waiting_human' && reason ? ` · ${t.reasons(reason)}` : ''}</span>
        </p>
        {writer && <p class="talk-writer small" role="status">{w.writing(writer)}</p>}
      </div>
      {mine && <button type="button" class="btn btn-sm" onClick={() => setPassing('transfer')}>{w.transfer}</button>}
      {!mine && holder === 'human' && <button type="button" class="btn btn-sm" onClick={() => setPassing('takeover')}>{w.takeover}</button>}
      {assigns && holder !== undefined && <button type="button" class="btn btn-sm" onClick={() => setPassing('assign')}>{w.assign}</button>}
      {passing && desk.open.value && epoch !== undefined && (
        <PassOn kind={passing} team={desk.team} conversation={desk.open.value} epoch={epoch} onClose={() => setPassing(undefined)} />
      )}
      {mine
        ? (
          <>
            <button type="button" class="btn btn-sm" disabled={desk.busy.value} onClick={() => desk.release()}>{t.release}</button>
            <button type="button" class="btn btn-sm" disabled={desk.busy.value} onClick={() => resolve(desk)}>{resolveWords().resolve}</button>
          </>
        )
        : holder !== undefined && holder !== 'human' && (
          <button type="button" class="btn btn-sm btn-primary" disabled={desk.busy.value} aria-keyshortcuts="c" onClick={() => desk.claim()}>{t.takeOver}</button>
        )}
    </header>
  )
}
