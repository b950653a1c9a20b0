// One line of the transcript. Buyer, bot, agent, system and internal notes are told apart by place, colour and word.

import { useState } from 'preact/hooks'
import { EvidenceThumb, EvidenceViewer } from '../shared/evidence'
import type { Shown } from '../shared/evidence'
import { time } from '../shared/format'
import { Icon } from '../shared/icon'
import type { EvidenceItem, LogEntry } from '../shared/wire'
import { CompactCard } from './card'
import type { Desk } from './desk'
import { FlagLine } from './flag'
import type { Flags } from './flag'
import { text } from './text'
import { pressLabel } from './transcript'

interface LineProps { entry: LogEntry; first: boolean; read: boolean; desk: Desk; flags?: Flags }

export function EntryLine(props: LineProps) {
  const t = text()
  const { entry, desk } = props
  switch (entry.kind) {
    case 'notice':
      return (
        <div class="line is-system">
          <p class="line-notice">{entry.text} <time class="num" dateTime={entry.at}>{time(entry.at)}</time></p>
          {entry.card && <CompactCard card={entry.card} />}
          {entry.author.kind === 'bot' && props.flags && <FlagLine entry={entry} flags={props.flags} me={desk.login} />}
        </div>
      )
    case 'press':
      return <p class="line line-press"><Icon name="check" class="icon-sm" />{t.pressed(pressLabel(desk.transcript.value, entry))} <time class="num" dateTime={entry.at}>{time(entry.at)}</time></p>
    case 'upload':
      return <UploadLine {...props} />
    default:
      return <SaidLine {...props} />
  }
}

function SaidLine({ entry, first, read, desk, flags }: LineProps) {
  const t = text()
  const note = entry.kind === 'note'
  const kind = entry.author.kind
  const ours = note || kind === 'bot' || kind === 'agent'
  const bubble = note ? 'bubble-note' : kind === 'agent' ? 'bubble-own' : kind === 'bot' ? 'bubble-bot' : ''
  return (
    <div class={`line ${ours ? 'is-ours' : 'is-theirs'} ${first ? 'is-first' : ''}`}>
      {first && (
        <p class="line-meta">
          {note && <Icon name="lock" class="icon-sm" />}
          {kind === 'bot' && <Icon name="bot" class="icon-sm" />}
          <span>{entry.author.name ?? t.who[kind]}</span>
          {entry.author.name && kind !== 'buyer' && !note && <span>· {t.who[kind]}</span>}
          {note && <span>· {t.noteTag}</span>}
          <time class="num" dateTime={entry.at}>{time(entry.at)}</time>
        </p>
      )}
      {entry.text && <div class={`bubble ${bubble}`}>{!first && <span class="sr-only">{entry.author.name ?? t.who[kind]}: </span>}{entry.text}</div>}
      {entry.card && <CompactCard card={entry.card} />}
      {kind === 'bot' && flags && <FlagLine entry={entry} flags={flags} me={desk.login} />}
      {read && <p class="line-meta"><Icon name="check" class="icon-sm" />{t.readByBuyer}</p>}
    </div>
  )
}

function UploadLine({ entry, first, desk }: LineProps) {
  const t = text()
  const [open, setOpen] = useState(false)
  if (!entry.evidence) return null
  const shown = withLink(entry.evidence, entry.at, desk)
  return (
    <div class={`line is-theirs ${first ? 'is-first' : ''}`}>
      <p class="line-meta">{entry.author.name ?? t.who[entry.author.kind]} · {t.uploaded(entry.evidence.label)} <time class="num" dateTime={entry.at}>{time(entry.at)}</time></p>
      <EvidenceThumb item={shown} onOpen={() => setOpen(true)} />
      {open && <EvidenceViewer items={[shown]} start={0} onClose={() => setOpen(false)} />}
    </div>
  )
}

/** The log knows what arrived; the link to look at it is short-lived and comes with the case. */
function withLink(item: EvidenceItem, at: string, desk: Desk): Shown {
  const known = desk.caseView.value?.evidence?.find((e) => e.id === item.id)
  return known ?? { ...item, at }
}
