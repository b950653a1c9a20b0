import { Icon } from '../../shared/icon'
import type { Button } from '../../shared/wire'
import { useApp } from '../context'
import { newestOffer } from '../log'
import { chosen, isStanding, pressable, pressesOf } from '../validity'
import { words } from '../words'

/** The buttons of the card at a position; 0 is the panel of the case, where only standing actions stand. */
export function Buttons({ buttons, on, label }: { buttons: readonly Button[] | undefined; on: number; label?: string }) {
  if (!buttons?.length) return null
  return (
    <div class="buttons" role="group" {...(label ? { 'aria-label': label } : {})}>
      {buttons.map((b) => <PressButton key={b.action + JSON.stringify(b.args ?? {})} button={b} on={on} peers={buttons} />)}
    </div>
  )
}

const styles: Record<string, string> = { primary: 'btn-primary', danger: 'btn-danger' }

function PressButton({ button, on, peers }: { button: Button; on: number; peers: readonly Button[] }) {
  const { chat } = useApp()
  const state = usePress(button, on)
  // What stays open is offered by the newest card only; older ones would only repeat it. A score can be changed where it was given.
  if (on !== 0 && !state.was && button.action !== 'rate' && isStanding(button.action) && on !== newestOffer(chat.entries.value, button.action)) return null
  // A step that is over keeps what was chosen; the rest of it is only in the way.
  if (!state.usable && !state.was && peers.some((b) => chosen(b, on, chat.entries.value, chat.pending.value))) return null
  return (
    <button type="button" class={`btn ${state.was && state.was !== 'failed' ? 'is-chosen' : (styles[button.style ?? ''] ?? '')}`}
      disabled={!state.usable && !state.was} aria-disabled={!state.usable} aria-pressed={state.was ? state.was !== 'failed' : undefined}
      onClick={() => state.usable && chat.press(on, button.action, button.args)}>
      {state.was === 'sending' && <Icon name="loader" class="icon-sm spin" />}
      {state.was === 'stored' && <Icon name="check" class="icon-sm" />}
      {button.label}
    </button>
  )
}

/** Whether a button works now and whether it was pressed; a card whose press is on its way takes no other. */
export function usePress(button: Pick<Button, 'action' | 'args'>, on: number): { usable: boolean; was: ReturnType<typeof chosen> } {
  const { chat } = useApp()
  const pending = chat.pending.value
  const was = chosen(button, on, chat.entries.value, pending)
  const busy = pressesOf(on, pending).some((p) => p.status !== 'failed')
  return { usable: !busy && pressable(button, on, chat.now.value), was }
}

/** What the server said to a press that it refused, beside the card it concerns. */
export function PressError({ on }: { on: number }) {
  const { chat } = useApp()
  const failed = pressesOf(on, chat.pending.value).find((p) => p.status === 'failed')
  if (!failed) return null
  return (
    <p class="error-text" role="alert">
      <Icon name="alert" class="icon-sm" />
      <span>
        {failed.error?.message || words().error}{' '}
        {failed.error?.retry && <button type="button" class="btn-link" onClick={() => chat.connection.retry(failed.id)}>{words().retry}</button>}
      </span>
    </p>
  )
}
