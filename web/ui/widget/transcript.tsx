import { useEffect, useLayoutEffect, useRef, useState } from 'preact/hooks'
import { date, dayKey } from '../shared/format'
import { Icon } from '../shared/icon'
import type { LogEntry } from '../shared/wire'
import { useApp } from './context'
import { Message, PendingMessage } from './message'
import { words } from './words'

const NEAR = 80
const TOGETHER = 3000

/** Does an entry begin a new run: another author, another kind of line, or ten minutes later. */
export function beginsRun(entry: LogEntry, before: LogEntry | undefined): boolean {
  if (!before || before.author.kind !== entry.author.kind || before.author.name !== entry.author.name) return true
  if (before.kind === 'press' || before.kind === 'notice' || before.kind === 'upload') return true
  return Date.parse(entry.at) - Date.parse(before.at) > 10 * 60_000
}

/** Where the latest news begin: what came at once, after the buyer's last word. */
export function newsFrom(entries: readonly LogEntry[]): number {
  const last = entries.at(-1)
  if (!last) return 0
  return entries.findLastIndex((e) => e.author.kind === 'buyer' || Date.parse(last.at) - Date.parse(e.at) > TOGETHER) + 1
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
  const drafts = chat.drafts.value
  const ready = chat.ready.value
  const live = chat.now.value.live
  const size = `${entries.length}.${pending.length}.${typing ? 1 : 0}.${ready}.${chat.state.value?.version ?? 0}`

  const follow = useRef(true)
  const touched = useRef(0)
  const toEnd = (smooth: boolean): void => {
    const node = box.current
    follow.current = true
    node?.scrollTo({ top: node.scrollHeight, behavior: smooth ? 'smooth' : 'instant' })
  }
  /** The newest lines, but never past the top of the answer to what the buyer last did. */
  const toNews = (): void => {
    const node = box.current
    if (!node || !follow.current) return
    const end = node.scrollHeight - node.clientHeight
    const answer = node.querySelector<HTMLElement>('[data-answer]')
    const top = Math.max(0, answer && pending.length === 0 ? Math.min(end, answer.offsetTop - 8) : end)
    node.scrollTo({ top, behavior: 'instant' })
    setAtEnd(end - top < NEAR)
  }
  // A new step is worth leaving whatever was read or done above it.
  useLayoutEffect(() => {
    if (live > 0) follow.current = true
  }, [live])
  useLayoutEffect(toNews, [size, shown])
  useLayoutEffect(() => {
    if (pending.length > 0) toEnd(false)
  }, [pending.length])
  useEffect(() => {
    const node = box.current
    if (!node || typeof ResizeObserver === 'undefined') return
    // Images that load and a keyboard that opens move the lines.
    const watch = new ResizeObserver(() => toNews())
    watch.observe(node)
    if (node.firstElementChild) watch.observe(node.firstElementChild)
    return () => watch.disconnect()
  }, [size])
  useEffect(() => {
    const mark = (): void => {
      if (shown && (atEnd || follow.current) && ready && !document.hidden) chat.markSeen()
    }
    mark()
    document.addEventListener('visibilitychange', mark)
    return () => document.removeEventListener('visibilitychange', mark)
  }, [size, shown, atEnd, ready])

  const onScroll = (): void => {
    const node = box.current
    if (!node) return
    const near = node.scrollHeight - node.scrollTop - node.clientHeight < NEAR
    setAtEnd(near)
    // Lines that grow or shrink move the log as well; only the reader's own hand ends the following.
    if (near) follow.current = true
    else if (Date.now() - touched.current < 1000) follow.current = false
  }
  const touch = (): void => { touched.current = Date.now() }
  // Its scroll bar and its keys; a press on a card is not a wish to stay.
  const touchBox = (e: Event): void => {
    if (e.target === box.current) touch()
  }
  // Who adds evidence stays at the checklist: there is often more than one piece.
  const stayAtUploads = (e: Event): void => {
    if (e.target instanceof Element && e.target.closest('.upload-buttons')) follow.current = false
  }
  const news = newsFrom(entries)
  return (
    <div class="transcript">
      <div ref={box} class="scroll" onScroll={onScroll} onWheel={touch} onTouchMove={touch} onPointerDown={touchBox} onKeyDown={touchBox} onClick={stayAtUploads} tabIndex={0} role="log" aria-label={w.log} aria-live={ready ? 'polite' : 'off'} aria-relevant="additions" aria-busy={!ready}>
        <div class="lines">
          {!ready && entries.length === 0 && <p class="loading muted"><Icon name="loader" class="spin" />{w.loading}</p>}
          {ready && entries.length === 0 && pending.length === 0 && <Welcome />}
          {entries.map((entry, i) => {
            const before = entries[i - 1]
            const newDay = !before || dayKey(before.at) !== dayKey(entry.at)
            return (
              <div key={entry.seq} class="line" data-answer={i === news ? '' : undefined}>
                {newDay && <p class="day"><time dateTime={entry.at}>{date(entry.at)}</time></p>}
                <Message entry={entry} head={newDay || beginsRun(entry, before)} />
              </div>
            )
          })}
          {pending.map((p) => <PendingMessage key={p.id} item={p} />)}
          {Object.keys(drafts).filter((id) => drafts[id]).sort().map((id, i) => (
            // Looks as its entry will; a screen reader hears that one alone.
            <div key={id} class="line" aria-hidden="true"><Message entry={{ seq: 0, at: new Date().toISOString(), author: { kind: 'bot' }, kind: 'text', text: drafts[id] }} head={!i} /></div>
          ))}
          {typing && (
            <p class="typing"><span class="dots" aria-hidden="true"><i /><i /><i /></span>{w.typing(typing.name ?? (typing.who === 'bot' ? w.bot : w.agent))}</p>
          )}
        </div>
      </div>
      {!atEnd && (
        <button type="button" class="btn btn-sm to-end" onClick={() => toEnd(true)} aria-label={chat.unread.value > 0 ? undefined : w.toBottom}>
          <Icon name="chevron" class="icon-sm" />{chat.unread.value > 0 && w.newBelow}
        </button>
      )}
    </div>
  )
}

/** Nothing was said yet: what can be had here, and two ways to begin. */
function Welcome() {
  const { chat } = useApp()
  const w = words()
  return (
    <div class="welcome">
      <h2>{w.welcome}</h2>
      <ol>
        {w.welcomeSteps.map((step, i) => <li key={step}><span class="avatar num" aria-hidden="true">{i + 1}</span>{step}</li>)}
      </ol>
      <div class="buttons">
        <button type="button" class="btn btn-primary" onClick={() => chat.press(0, 'start_refund')}>{w.start}</button>
        <button type="button" class="btn" onClick={() => chat.press(0, 'human')}>{w.human}</button>
      </div>
      <p class="hint">{w.orWrite}</p>
    </div>
  )
}
