import { useEffect, useLayoutEffect, useRef, useState } from 'preact/hooks'
import { date, dayKey } from '../shared/format'
import { Icon } from '../shared/icon'
import type { LogEntry } from '../shared/wire'
import { useApp } from './context'
import { Message, PendingMessage } from './message'
import { words } from './words'

const NEAR = 80

/** Does an entry begin a new run: another author, another kind of line, or ten minutes later. */
export function beginsRun(entry: LogEntry, before: LogEntry | undefined): boolean {
  if (!before || before.author.kind !== entry.author.kind || before.author.name !== entry.author.name) return true
  if (before.kind === 'press' || before.kind === 'notice' || before.kind === 'upload') return true
  return Date.parse(entry.at) - Date.parse(before.at) > 10 * 60_000
}

/** The log. It follows the newest line as long as the reader is at the end, and tells him when he is not. */
export function Transcript({ shown }: { shown: boolean }) {
  const { chat } = useApp()
  const w = words()
  const box = useRef<HTMLDivElement>(null)
  const [atEnd, setAtEnd] = useState(true)
  const entries = chat.entries.value
  const pending = chat.pending.value
  const typing = chat.typing.value
  const ready = chat.ready.value
  const size = `${entries.length}.${pending.length}.${typing ? 1 : 0}.${ready}.${chat.state.value?.version ?? 0}`

  const toEnd = (smooth: boolean): void => {
    const node = box.current
    node?.scrollTo({ top: node.scrollHeight, behavior: smooth ? 'smooth' : 'instant' })
  }
  useLayoutEffect(() => {
    if (atEnd) toEnd(false)
  }, [size, shown])
  const mineCount = pending.length
  useLayoutEffect(() => {
    if (mineCount > 0) toEnd(false)
  }, [mineCount])
  useEffect(() => {
    const node = box.current
    if (!node || typeof ResizeObserver === 'undefined') return
    // Images that load and a keyboard that opens move the end away.
    const watch = new ResizeObserver(() => {
      if (atEnd) toEnd(false)
    })
    watch.observe(node)
    if (node.firstElementChild) watch.observe(node.firstElementChild)
    return () => watch.disconnect()
  }, [atEnd])
  useEffect(() => {
    const mark = (): void => {
      if (shown && atEnd && ready && !document.hidden) chat.markSeen()
    }
    mark()
    document.addEventListener('visibilitychange', mark)
    return () => document.removeEventListener('visibilitychange', mark)
  }, [size, shown, atEnd, ready])

  const onScroll = (): void => {
    const node = box.current
    if (node) setAtEnd(node.scrollHeight - node.scrollTop - node.clientHeight < NEAR)
  }
  return (
    <div class="transcript">
      <div ref={box} class="scroll" onScroll={onScroll} tabIndex={0} role="log" aria-label={w.log} aria-live={ready ? 'polite' : 'off'} aria-relevant="additions" aria-busy={!ready}>
        <div class="lines">
          {!ready && entries.length === 0 && <p class="loading muted"><Icon name="loader" class="spin" />{w.loading}</p>}
          {entries.map((entry, i) => {
            const before = entries[i - 1]
            const newDay = !before || dayKey(before.at) !== dayKey(entry.at)
            return (
              <div key={entry.seq} class="line">
                {newDay && <p class="day"><time dateTime={entry.at}>{date(entry.at)}</time></p>}
                <Message entry={entry} head={newDay || beginsRun(entry, before)} />
              </div>
            )
          })}
          {pending.map((p) => <PendingMessage key={p.id} item={p} />)}
          {typing && (
            <p class="typing"><span class="dots" aria-hidden="true"><i /><i /><i /></span>{w.typing(typing.name ?? (typing.who === 'bot' ? w.bot : w.agent))}</p>
          )}
        </div>
      </div>
      {!atEnd && (
        <button type="button" class="btn btn-sm to-end" onClick={() => toEnd(true)} aria-label={w.toBottom}>
          <Icon name="chevron" class="icon-sm" />{chat.unread.value > 0 ? w.newBelow : w.toBottom}
        </button>
      )}
    </div>
  )
}
