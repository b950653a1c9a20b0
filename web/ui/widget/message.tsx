import { links, mediaIcon } from '../shared/thumb'
import { time } from '../shared/format'
import { Icon } from '../shared/icon'
import type { Pending } from '../shared/outbox'
import type { Author, LogEntry } from '../shared/wire'
import { Card } from './cards/card'
import { useApp } from './context'
import { subjects } from './validity'
import { words } from './words'

export function authorName(author: Author): string {
  const w = words()
  switch (author.kind) {
    case 'buyer': return w.you
    case 'bot': return w.bot
    case 'agent': return author.name ?? w.agent
    case 'system': return w.system
  }
}

/** One entry of the log. head: its author and time are shown, for it begins a run of the same author. */
export function Message({ entry: e, head }: { entry: LogEntry; head: boolean }) {
  if (e.kind === 'note') return null
  if (e.kind === 'press') return <PressLine entry={e} />
  if (e.kind === 'upload') return <UploadBubble entry={e} />
  if (e.author.kind === 'system' || e.kind === 'notice') return <Notice entry={e} />
  if (e.author.kind === 'buyer') {
    return (
      <div class="msg msg-own">
        <p class="bubble bubble-own"><span class="sr-only">{words().you}: </span>{e.text}</p>
        <Sent entry={e} />
      </div>
    )
  }
  // The headline of a verdict is what the bot says; once is enough.
  const text = e.text === e.card?.verdict?.headline ? undefined : e.text
  return (
    <div class={`msg msg-${e.author.kind}`}>
      {head && <Byline entry={e} />}
      {text && <p class="bubble">{!head && <span class="sr-only">{authorName(e.author)}: </span>}{text}</p>}
      {e.card && <Card card={e.card} on={e.seq} />}
    </div>
  )
}

function Byline({ entry: e }: { entry: LogEntry }) {
  return (
    <p class="byline">
      <span class={`avatar avatar-${e.author.kind}`}><Icon name={e.author.kind === 'agent' ? 'person' : 'bot'} class="icon-sm" /></span>
      <span>{authorName(e.author)}</span>
      <time class="num" dateTime={e.at}>{time(e.at)}</time>
    </p>
  )
}

function Notice({ entry: e }: { entry: LogEntry }) {
  return (
    <div class="msg msg-notice">
      {e.text && <p class="notice"><span>{e.text}</span> <time class="num" dateTime={e.at}>{time(e.at)}</time></p>}
      {e.card && <Card card={e.card} on={e.seq} />}
    </div>
  )
}

/** A press whose card is on the screen is told by the card; here it is one quiet line on the buyer's side. */
function PressLine({ entry: e }: { entry: LogEntry }) {
  const { chat } = useApp()
  const label = e.text || pressLabel(chat.entries.value, e)
  if (!label) return null
  return (
    <div class="msg msg-own">
      <p class="pressline"><Icon name={e.action === 'upload_trouble' ? 'alert' : 'check'} class="icon-sm" /><span class="sr-only">{words().you}: </span>{e.action === 'upload_trouble' ? label : words().pressed(label)}</p>
    </div>
  )
}

export function pressLabel(entries: readonly LogEntry[], press: Pick<LogEntry, 'on' | 'action' | 'args'>): string | undefined {
  const card = entries.find((e) => e.seq === press.on)?.card
  if (press.action === 'pick_order') {
    return card?.orders?.find((o) => o.order === press.args?.['order'] && o.line === press.args?.['line'])?.title
  }
  const same = card?.buttons?.filter((b) => b.action === press.action) ?? []
  const exact = same.find((b) => Object.entries(b.args ?? {}).every(([k, v]) => press.args?.[k] === v))
  return (exact ?? same[0])?.label
}

function UploadBubble({ entry: e }: { entry: LogEntry }) {
  const { chat, view } = useApp()
  const item = e.evidence
  if (!item) return null
  const known = subjects(chat.now.value).flatMap((t) => t?.evidence ?? []).find((v) => v.id === item.id)
  const own = e.author.kind === 'buyer'
  return (
    <div class={`msg ${own ? 'msg-own' : `msg-${e.author.kind}`}`}>
      <button type="button" class="file" onClick={() => view([known ?? item], 0)}>
        {known?.url && item.media?.startsWith('image')
          ? <img src={known.url} alt="" loading="lazy" onError={() => void links.renew?.(item.id)} />
          : <span class="file-icon"><Icon name={mediaIcon(item.media)} /></span>}
        <span class="file-text"><strong class="clip"><span class="sr-only">{words().uploaded} </span>{item.label}</strong>{item.name && <span class="clip muted">{item.name}</span>}</span>
      </button>
      {own && <Sent entry={e} />}
    </div>
  )
}

/** Time and, for what a person reads, whether it was read. */
function Sent({ entry: e }: { entry: LogEntry }) {
  const { chat } = useApp()
  const s = chat.state.value
  const read = s !== undefined && s.holder === 'human' && s.seen_agent >= e.seq
  return (
    <p class="meta">
      <time class="num" dateTime={e.at}>{time(e.at)}</time>
      {read && <span>{words().read}</span>}
    </p>
  )
}

/** What was written here and is not in the log yet. Failed text stays until its writer decides. */
export function PendingMessage({ item }: { item: Pending }) {
  const { chat, edit } = useApp()
  const w = words()
  const { frame } = item
  if (frame.t !== 'say') return null
  const failed = item.status === 'failed'
  const label = { waiting: w.queued, sent: w.sending, stored: w.sent, failed: w.failed }[item.status]
  const reason = item.error?.message || (item.error?.code === 'TOO_LARGE' ? w.errorLarge : '')
  const back = (): void => {
    edit(frame.text)
    chat.connection.discard(item.id)
  }
  return (
    <div class={`msg msg-own ${failed ? 'is-failed' : 'is-pending'}`}>
      <p class="bubble bubble-own">{frame.text}</p>
      {failed ? (
        <div class="failed" role="alert">
          <p class="error-text"><Icon name="alert" class="icon-sm" />{label}{reason && `: ${reason}`}</p>
          <p class="row">
            <button type="button" class="btn-link" onClick={() => chat.connection.retry(item.id)}>{w.resend}</button>
            <button type="button" class="btn-link" onClick={back}>{w.editAgain}</button>
            <button type="button" class="btn-link" onClick={() => chat.connection.discard(item.id)}>{w.drop}</button>
          </p>
        </div>
      ) : (
        <p class="meta"><Icon name={item.status === 'stored' ? 'check' : 'clock'} class="icon-sm" />{label}</p>
      )}
    </div>
  )
}
