// The transcript as lines. It stays at the end while somebody reads the end, and never jumps otherwise.

import { useEffect, useLayoutEffect, useRef, useState } from 'preact/hooks'
import { failureText } from '../shared/api'
import { date, dayKey } from '../shared/format'
import { Icon } from '../shared/icon'
import type { Pending } from '../shared/outbox'
import type { Mode } from './composer'
import type { Desk } from './desk'
import { EntryLine } from './entry'
import type { Flags } from './flag'
import { text } from './text'
import { before, lines } from './transcript'
import { TypingLine } from './typing'

/** Nearer to the end than this counts as reading the end. */
const nearEnd = 80
/** Nearer to the beginning than this reads what was before. */
const nearTop = 200

export interface Rewrite { id: string; mode: Mode; text: string }

export function Log({ desk, flags, onRewrite }: { desk: Desk; flags: Flags; onRewrite(message: Rewrite): void }) {
  const t = text()
  const box = useRef<HTMLDivElement>(null)
  const [atEnd, setAtEnd] = useState(true)
  const transcript = desk.transcript.value
  const pending = desk.pending.value
  const all = lines(transcript, pending, dayKey)
  const last = transcript.entries.at(-1)?.seq ?? 0

  const toEnd = (): void => {
    if (box.current) box.current.scrollTop = box.current.scrollHeight
  }
  useLayoutEffect(() => { if (atEnd) toEnd() }, [last, pending.length])
  // What is laid in front must not move what is read.
  const first = transcript.entries[0]?.seq ?? 0
  const height = useRef(0)
  useLayoutEffect(() => {
    const node = box.current
    if (node && !atEnd && height.current > 0) node.scrollTop += node.scrollHeight - height.current
    height.current = 0
  }, [first])
  const older = before(transcript) > 0
  const readOlder = (): void => {
    if (!older || desk.reading.value) return
    desk.older().then(() => undefined, (err: unknown) => desk.toast(failureText(err)))
  }
  useEffect(() => {
    const read = (): void => { if (atEnd && !document.hidden && document.hasFocus()) desk.seen() }
    read()
    window.addEventListener('focus', read)
    return () => window.removeEventListener('focus', read)
  }, [last, atEnd, desk.mine.value])

  const seenBuyer = desk.state.value?.seen_buyer ?? 0
  const readMark = transcript.entries.findLast((e) => e.author.kind === 'agent' && e.kind === 'text' && e.seq <= seenBuyer)?.seq
  return (
    <div class="log-wrap">
      <div ref={box} class="log" role="log" aria-label={t.panes.conversation} tabIndex={0}
        onScroll={(e) => {
          height.current = e.currentTarget.scrollHeight
          if (e.currentTarget.scrollTop < nearTop) readOlder()
          setAtEnd(e.currentTarget.scrollHeight - e.currentTarget.scrollTop - e.currentTarget.clientHeight < nearEnd)
        }}>
        {last === 0 && pending.length === 0 && <p class="pane-quiet">{t.loading}</p>}
        {older && <p class="log-older"><button type="button" class="btn btn-sm btn-quiet" disabled={desk.reading.value} onClick={readOlder}>{desk.reading.value ? t.loading : t.older}</button></p>}
        {all.map((line) => {
          if (line.kind === 'day') return <p key={line.key} class="day"><span>{date(line.at)}</span></p>
          if (line.kind === 'pending') return <PendingLine key={line.key} pending={line.pending} desk={desk} onRewrite={onRewrite} />
          return <EntryLine key={line.key} entry={line.entry} first={line.first} read={line.entry.seq === readMark} desk={desk} flags={flags} />
        })}
        <TypingLine desk={desk} />
      </div>
      {!atEnd && <button type="button" class="btn btn-sm to-end" onClick={toEnd}><Icon name="chevron" class="icon-sm" />{t.latest}</button>}
    </div>
  )
}

function PendingLine({ pending, desk, onRewrite }: { pending: Pending; desk: Desk; onRewrite(message: Rewrite): void }) {
  const t = text()
  const { frame } = pending
  if (frame.t !== 'say' && frame.t !== 'note') return null
  const mode: Mode = frame.t === 'note' ? 'note' : 'reply'
  const failed = pending.status === 'failed'
  return (
    <div class="line is-ours">
      <div class={`bubble ${mode === 'note' ? 'bubble-note' : 'bubble-own'} ${failed ? '' : 'is-sending'}`}>{frame.text}</div>
      {failed ? (
        <p class="line-failed error-text" role="alert">
          <Icon name="alert" class="icon-sm" />
          <span>{t.notSent}{pending.error?.message ? `：${pending.error.message}` : ''}</span>
          <button type="button" class="btn-link" onClick={() => desk.again(pending.id)}>{t.retry}</button>
          <button type="button" class="btn-link" onClick={() => onRewrite({ id: pending.id, mode, text: frame.text })}>{t.edit}</button>
        </p>
      ) : <p class="line-meta">{t.sending}</p>}
    </div>
  )
}
