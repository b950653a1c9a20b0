// What of a case's record is shown, how long ago it was, which clocks run, and why an agent can do nothing. No markup.

import { span } from '../shared/format'
import type { CaseView, TimelineView } from '../shared/wire'
import { timelineWords } from './timeline_words'

export const lineKinds = ['evidence', 'decision', 'money', 'deadline', 'step'] as const
export type LineKind = (typeof lineKinds)[number]

/** filtered are the lines of a kind; of all without one. A line that says no kind is a step. */
export function filtered(lines: readonly TimelineView[], kind: LineKind | undefined): readonly TimelineView[] {
  return kind ? lines.filter((line) => (line.kind || 'step') === kind) : lines
}

/** counts says how many lines there are of each kind that has any, in the order of the buttons. */
export function counts(lines: readonly TimelineView[]): readonly (readonly [LineKind, number])[] {
  return lineKinds.map((kind) => [kind, filtered(lines, kind).length] as const).filter(([, n]) => n > 0)
}

/** ago is how far a time is from now, either way. */
export function ago(at: string, now: number): string {
  const w = timelineWords()
  const ms = now - Date.parse(at)
  if (Math.abs(ms) < 60_000) return w.now
  return ms > 0 ? w.since(span(ms)) : w.in(span(-ms))
}

export interface Clock { timer: string; at: string; main: boolean }

/** clocks are the deadlines that run, the one that matters first, then by time. */
export function clocks(view: Pick<CaseView, 'deadlines' | 'deadline_timer'>): readonly Clock[] {
  return Object.entries(view.deadlines ?? {})
    .map(([timer, at]) => ({ timer, at, main: timer === view.deadline_timer }))
    .sort((a, b) => Number(b.main) - Number(a.main) || Date.parse(a.at) - Date.parse(b.at) || a.timer.localeCompare(b.timer))
}

/** whyNothing says why an agent may do nothing in a case that waits for one; undefined: it does not wait for an agent. */
export function whyNothing(view: Pick<CaseView, 'state' | 'arbitration' | 'waits_for'>, login: string): string | undefined {
  const w = timelineWords()
  const platform = view.arbitration
  if (view.state === 'appeal_review' && platform?.first_agent === login) return w.firstAgent
  if (platform?.agent && platform.agent !== login && (view.waits_for === 'agent' || view.state === 'evidence_requested')) return w.held(platform.agent)
  if (view.state === 'appeal_review') return w.appeal
  return undefined
}
