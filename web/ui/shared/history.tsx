import { dateTime, due } from './format'
import { Icon } from './icon'
import { words } from './words'
import type { TimelineView } from './wire'

/**
 * What happened, oldest first: who did what when, the clock it started, and behind a tap the rules it rests on.
 * No clock runs here: a later line may have stopped it. What runs now is told with the sentence.
 */
export function History({ lines }: { lines: readonly TimelineView[] }) {
  const w = words()
  return (
    <ol class="history" aria-label={w.history}>
      {lines.map((line, i) => (
        <li key={`${line.at}-${i}`}>
          <time class="small muted num" dateTime={line.at}>{dateTime(line.at)}</time>
          <p><strong>{line.who}</strong> {line.what}</p>
          {line.text && <p class="quote">{line.text}</p>}
          {line.until && (
            <p class="small muted"><time class="num" dateTime={line.until}>{w.until(due(line.until))}</time>{line.then && ` · ${line.then}`}</p>
          )}
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
