import { dateTime } from '../shared/format'
import type { TimelineView } from '../shared/wire'

/** What happened, newest last, with the rule each step rests on. */
export function History({ lines }: { lines: readonly TimelineView[] }) {
  return (
    <ol class="history">
      {lines.map((line, i) => (
        <li key={`${line.at}-${i}`}>
          <time class="small muted num" dateTime={line.at}>{dateTime(line.at)}</time>
          <p><strong>{line.who}</strong> {line.what}</p>
          {line.text && <p class="quote">{line.text}</p>}
          {line.rule && <p class="rules">{line.rule.split(/[\s,，]+/).filter(Boolean).map((r) => <code key={r}>{r}</code>)}</p>}
        </li>
      ))}
    </ol>
  )
}
