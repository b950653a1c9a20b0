import { clock, countdown, due, urgency } from './format'
import { Icon } from './icon'
import { words } from './words'

/** A deadline as date and live rest: "截止 11月25日 18:00 · 还剩 45 小时". The rest is not read out every second. */
export function Countdown({ deadline, short = false }: { deadline: string; short?: boolean }) {
  void clock.tick.value
  const now = clock.now()
  const state = urgency(new Date(deadline).getTime() - now)
  return (
    <span class={`countdown is-${state}`}>
      <Icon name="clock" class="icon-sm" />
      {!short && <time dateTime={deadline}>{words().until(due(deadline))}</time>}
      <span class="countdown-left" {...(short ? { title: due(deadline) } : {})}>{countdown(deadline, now, short)}</span>
    </span>
  )
}
