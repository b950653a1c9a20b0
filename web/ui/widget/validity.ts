// Which buttons may be pressed now. The server checks again; this keeps the reader from dead ends.
import type { Pending } from '../shared/outbox'
import type { Button, CaseView, ComplaintView, Holder, LogEntry } from '../shared/wire'

export type Args = Record<string, string>

/** Actions of the step the conversation is at: they belong to the live card and to no other. */
const flow: ReadonlySet<string> = new Set([
  'pick_order', 'more_orders', 'pick_reason', 'other_reason', 'answer', 'claim', 'ask_for', 'statement', 'evidence_done', 'submit', 'edit', 'cancel', 'go_on',
  'confirm_resubmit', 'confirm_withdraw', 'confirm_accept', 'confirm_appeal', 'confirm_balance',
  'pick_complaint_kind', 'other_complaint_kind', 'retell', 'keep_story', 'complain_only', 'refund_too', 'refund_instead', 'complaint_ready', 'file_complaint',
  'drop_complaint', 'complaint_on', 'complaint_send', 'complaint_withdrawing',
])

/** Standing actions may be pressed from any card, and from the panel of the case. */
export const isStanding = (action: string): boolean => !flow.has(action)

export interface Now {
  live: number
  holder: Holder
  case: CaseView | undefined
  complaints?: readonly ComplaintView[] | undefined
}

/** Whatever may be acted on: the case, and the complaints. */
export const subjects = (now: Now): readonly (CaseView | ComplaintView | undefined)[] => [now.case, ...(now.complaints ?? [])]

/** Does the reader see a button that works? on is the seq of its card, 0 for the panel of the case. */
export function pressable(button: Pick<Button, 'action' | 'args'>, on: number, now: Now): boolean {
  const { action, args } = button
  // What confirms a right on the case takes effect under a person, too (dialog/floor.go); a new application does not.
  if (flow.has(action)) return on !== 0 && on === now.live && (now.holder === 'bot' || /^confirm_[^r]/.test(action))
  switch (action) {
    case 'start_refund':
    case 'start_complaint':
    case 'complaint_status':
    case 'human':
    case 'upload_trouble':
    case 'ask_topic':
      return now.holder === 'bot'
    case 'rate': // whoever has the floor; what comes too late the server says
      return true
    case 'back_to_bot':
      return now.holder !== 'bot'
    case 'status':
      return now.case !== undefined || on === now.live
  }
  // Without a name it is about the case; ids of cases and complaints never meet.
  const of = args?.['complaint'] ?? args?.['case'] ?? now.case?.id
  const target = subjects(now).find((t) => t?.id === of)
  // What only waits changes nothing, so the case does not list it among what it allows.
  if (action === 'keep_waiting') return now.holder === 'bot' && !!target && !target.terminal
  return !!target?.buttons?.some((b) => b.action === action)
}

export type Chosen = 'stored' | 'sending' | 'failed'

const same = (a: Args = {}, b: Args = {}): boolean =>
  Object.keys(a).length === Object.keys(b).length && Object.entries(a).every(([k, v]) => b[k] === v)

/** A form adds its own fields to the arguments of its button. */
const filled = (button: Pick<Button, 'action' | 'args'>, args: Args | undefined): boolean =>
  button.action === 'fill_tracking' || button.action === 'send_rest' ||
  (button.action === 'ask_for' && button.args?.['type'] === 'partial' && !button.args['amount_fen'] && args?.['type'] === 'partial')

/** Whether this very button was pressed, by the log or by what is on its way. */
export function chosen(button: Pick<Button, 'action' | 'args'>, on: number, entries: readonly LogEntry[], pending: readonly Pending[]): Chosen | undefined {
  if (on === 0) return pendingPress(button, on, pending)
  const fits = (action: string | undefined, args: Args | undefined): boolean =>
    action === button.action && (same(button.args, args) || filled(button, args))
  const presses = entries.filter((e) => e.kind === 'press' && e.on === on)
  // Of scores the last one counts.
  if (presses.slice(button.action === 'rate' ? -1 : 0).some((e) => fits(e.action, e.args))) return 'stored'
  return pendingPress(button, on, pending)
}

function pendingPress(button: Pick<Button, 'action' | 'args'>, on: number, pending: readonly Pending[]): Chosen | undefined {
  const hit = pending.findLast(({ frame: f }) =>
    f.t === 'press' && f.seq === on && f.action === button.action && (same(button.args, f.args) || filled(button, f.args)))
  if (!hit) return undefined
  return hit.status === 'failed' ? 'failed' : 'sending'
}

/** The presses of a card that are not stored yet. What the page reports by itself belongs to no card. */
export function pressesOf(on: number, pending: readonly Pending[]): readonly Pending[] {
  return pending.filter((p) => p.frame.t === 'press' && p.frame.seq === on && (on > 0 || p.frame.action !== 'upload_trouble'))
}
