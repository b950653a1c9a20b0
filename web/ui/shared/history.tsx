import { Countdown } from './countdown'
import { clock, dateTime, due } from './format'
import { Icon } from './icon'
import { words } from './words'
import type { TimelineView } from './wire'

/** What happened, oldest first: who did what when, the clock it started, and behind a tap the rules it rests on. */
export function History({ lines }: { lines: readonly TimelineView[] }) {
  const w = words()
  return (
    <ol class="history" aria-label={w.history}>
      {lines.map((line, i) => (
        <li key={`${line.at}-${i}`}>
          <time class="small muted num" dateTime={line.at}>{dateTime(line.at)}</time>
          <p><strong>{line.who}</strong> {line.what}</p>
          {line.text && <p class="quote">{line.text}</p>}
          {line.until && <Until at={line.until} then={line.then} />}
          {line.clauses?.length ? (
            <details class="history-rules">
              <summary>{w.rule}<Icon name="chevron" class="icon-sm" /></summary>
              <ul>{line.clauses.map((c) => <li key={c.id}>{c.text} <code>{c.id}</code></li>)}</ul>
            </details>
          ) : null}
        </li>
      ))}
    </ol>
  )
}

function Until({ at, then }: { at: string; then: string | undefined }) {
  const past = Date.parse(at) < clock.now()
  return (
    <p class="small muted">
      {past ? <time class="num" dateTime={at}>{due(at)}</time> : <Countdown deadline={at} />}
      {then && <> · {then}</>}
    </p>
  )
}
