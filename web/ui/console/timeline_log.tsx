// Everything that happened to a case, with who did it and when, the clocks that it set and the rules it rests on.

import { useState } from 'preact/hooks'
import { clock, dateTime, due } from '../shared/format'
import { Icon } from '../shared/icon'
import { words } from '../shared/words'
import type { TimelineView } from '../shared/wire'
import type { Live } from './session'
import { ago, counts, filtered, type LineKind } from './timeline'
import { timelineWords } from './timeline_words'
import './timeline.css'

const timeKey = 'timeline.time'

export function TimelineLog({ lines, drafts }: { lines: readonly TimelineView[]; drafts: Live['drafts'] }) {
  const w = timelineWords()
  const s = words()
  const [kind, setKind] = useState<LineKind>()
  const [relative, setRelative] = useState(drafts.read(timeKey) === 'relative')
  void clock.tick.value
  const now = clock.now()
  const shown = filtered(lines, kind)
  const flip = (): void => {
    setRelative(!relative)
    drafts.write(timeKey, relative ? '' : 'relative')
  }
  const button = (of: LineKind | undefined, label: string, n: number) => (
    <button key={label} type="button" class="btn btn-sm" aria-pressed={kind === of} onClick={() => setKind(of)}>{label}<span class="muted num">{n}</span></button>
  )
  return (
    <>
      <div class="tl-tools" role="group" aria-label={w.show}>
        {button(undefined, w.all, lines.length)}
        {counts(lines).map(([of, n]) => button(of, w.kinds[of] ?? of, n))}
        <label class="tl-relative small"><input type="checkbox" checked={relative} onChange={flip} /> {w.relative}</label>
      </div>
      {shown.length === 0 ? <p class="small muted">{w.none}</p> : (
        <ol class="history" aria-label={s.history}>
          {shown.map((line, i) => (
            <li key={`${line.at}${line.rule}${i}`} class={`tl-line is-${line.kind || 'step'}`}>
              <time class="small muted num" dateTime={line.at} title={relative ? dateTime(line.at) : ago(line.at, now)}>{relative ? ago(line.at, now) : dateTime(line.at)}</time>
              <p><strong>{line.by ? w.agent(line.by) : line.who}</strong> {line.what}</p>
              {line.text && <p class="quote">{line.text}</p>}
              {line.until && <p class="small muted"><time class="num" dateTime={line.until}>{s.until(due(line.until))}</time>{line.then && ` · ${line.then}`}</p>}
              {line.clauses?.length || line.rule ? (
                <details class="history-rules">
                  <summary>{s.rule} {line.rule && <code>{line.rule}</code>}<Icon name="chevron" class="icon-sm" /></summary>
                  {line.clauses?.length ? <ul>{line.clauses.map((c) => <li key={c.id}>{c.text} <code>{c.id}</code></li>)}</ul> : null}
                </details>
              ) : null}
            </li>
          ))}
        </ol>
      )}
    </>
  )
}
