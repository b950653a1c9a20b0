// Who must act now, and every clock that runs. One that is over says so, and by how much.

import { clock, due, span, urgency } from '../shared/format'
import { Icon } from '../shared/icon'
import type { CaseView } from '../shared/wire'
import { timerName } from './names'
import { clocks } from './timeline'
import { timelineWords } from './timeline_words'

export function CaseClocks({ view }: { view: CaseView }) {
  const w = timelineWords()
  void clock.tick.value
  const now = clock.now()
  const running = clocks(view)
  const yours = view.waits_for === 'agent' && view.allowed_actions.length > 0
  return (
    <div class="clocks">
      <p class={`clocks-turn ${yours ? 'is-yours' : ''}`}>
        <span class="muted">{w.must}</span> <strong>{view.waits_for_name ?? w.nobody}</strong>{yours && <span class="chip chip-accent">{w.you}</span>}
      </p>
      {running.length > 0 && (
        <ul aria-label={w.clocks}>
          {running.map((c) => {
            const left = Date.parse(c.at) - now
            return (
              <li key={c.timer} class={c.main ? 'is-main' : ''}>
                <span class="grow">{timerName(c.timer)}{c.main && <span class="sr-only"> ({w.main})</span>}</span>
                <time class="small muted num" dateTime={c.at}>{due(c.at)}</time>
                <span class={`countdown is-${urgency(left)}`}><Icon name="clock" class="icon-sm" /><span class="countdown-left">{left > 0 ? w.left(span(left, true)) : w.over(span(-left, true))}</span></span>
              </li>
            )
          })}
        </ul>
      )}
    </div>
  )
}
