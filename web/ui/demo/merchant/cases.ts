// The merchant's list and open case as data: what to show first, and when a polled case is a new one.

import type { CaseView } from '../../shared/wire'

/** Cases that wait for the shop come first, nearest deadline first; the rest by age, newest first. */
export function ordered(cases: readonly CaseView[]): CaseView[] {
  return [...cases].sort((a, b) => {
    const turn = Number(waitsForShop(b)) - Number(waitsForShop(a))
    if (turn !== 0) return turn
    if (waitsForShop(a)) return time(a.deadline) - time(b.deadline) || cmp(a.id, b.id)
    return time(b.created_at) - time(a.created_at) || cmp(a.id, b.id)
  })
}

function cmp(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0
}

/** A missing deadline counts as the last of all; finite, so that two of them compare. */
function time(at: string | undefined): number {
  const t = at ? Date.parse(at) : Number.NaN
  return Number.isNaN(t) ? Number.MAX_SAFE_INTEGER : t
}

/** It is the shop's turn, or the platform asked it for evidence, or it owes the buyer his goods. */
export function waitsForShop(view: CaseView): boolean {
  return view.waiting_on_you
}

/**
 * newer picks what stays on the screen after a poll. The same version with the same actions is the same case: the
 * old object stays, and with it everything half-typed, unless its short-lived links should be renewed.
 */
export function newer(shown: CaseView | undefined, polled: CaseView, renewLinks: boolean): CaseView {
  if (!shown || shown.id !== polled.id) return polled
  if (polled.version < shown.version) return shown
  const same = polled.version === shown.version
    && polled.sentence === shown.sentence
    && polled.allowed_actions.join() === shown.allowed_actions.join()
  return same && !renewLinks ? shown : polled
}
