import { dateTime } from './format'
import { Countdown } from './countdown'
import { Icon } from './icon'
import { words } from './words'
import type { StepView } from './wire'

/** The milestones of a case: what is done, where it stands, whose turn it is until when. */
export function Timeline({ steps }: { steps: readonly StepView[] }) {
  const w = words()
  return (
    <ol class="timeline" aria-label={w.steps}>
      {steps.map((step) => {
        const state = step.done ? 'is-done' : step.current ? 'is-current' : 'is-open'
        return (
          <li key={step.key} class={state} {...(step.current ? { 'aria-current': 'step' as const } : {})}>
            <span class="timeline-dot">{step.done && <Icon name="check" class="icon-sm" />}</span>
            <div>
              <p class="timeline-label">
                {step.label}
                <span class="sr-only"> ({step.done ? w.stepDone : step.current ? w.stepCurrent : w.stepOpen})</span>
              </p>
              {step.current && step.who && <p class="timeline-sub">{step.who}</p>}
              {step.done && step.at && <p class="timeline-sub num"><time dateTime={step.at}>{dateTime(step.at)}</time></p>}
              {!step.done && step.due && <p class="timeline-sub"><Countdown deadline={step.due} /></p>}
            </div>
          </li>
        )
      })}
    </ol>
  )
}
