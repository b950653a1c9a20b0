import { beforeEach, expect, it } from 'vitest'
import { setLocale } from '../shared/i18n'
import type { CaseView, TimelineView } from '../shared/wire'
import { ago, clocks, counts, filtered, whyNothing } from './timeline'

beforeEach(() => setLocale('en'))

const line = (kind: string | undefined, what: string): TimelineView => ({ at: '2026-11-25T02:00:00Z', who: 'Buyer', what, ...(kind ? { kind } : {}) })
const lines = [line('step', 'applied'), line('evidence', 'a picture'), line('decision', 'ruled'), line(undefined, 'from before')]

it('lines are found by their kind, and none is lost', () => {
  expect(filtered(lines, 'evidence').map((l) => l.what)).toEqual(['a picture'])
  expect(filtered(lines, 'step').map((l) => l.what)).toEqual(['applied', 'from before'])
  expect(filtered(lines, undefined)).toHaveLength(4)
  expect(counts(lines)).toEqual([['evidence', 1], ['decision', 1], ['step', 2]])
})

it('says how long ago, or how far ahead', () => {
  const now = Date.parse('2026-11-25T05:00:00Z')
  expect(ago('2026-11-25T02:00:00Z', now)).toBe('3 hours ago')
  expect(ago('2026-11-25T07:00:00Z', now)).toBe('in 2 hours')
  expect(ago('2026-11-25T04:59:30Z', now)).toBe('just now')
})

it('the clock that matters comes first, the others by time', () => {
  const view = { deadline_timer: 'platform_decision', deadlines: { offer: '2026-11-26T00:00:00Z', platform_decision: '2026-11-28T00:00:00Z', inspect: '2026-11-25T00:00:00Z' } }
  expect(clocks(view).map((c) => c.timer)).toEqual(['platform_decision', 'inspect', 'offer'])
  expect(clocks({})).toEqual([])
})

it('an agent is told why he can do nothing', () => {
  const view = (state: string, more: Partial<NonNullable<CaseView['arbitration']>> = {}) => ({ state, waits_for: 'agent', arbitration: { status: 'review', ...more } })
  expect(whyNothing(view('appeal_review', { first_agent: 'zhou' }), 'zhou')).toContain('another agent')
  expect(whyNothing(view('appeal_review', { first_agent: 'zhou', agent: 'chen' }), 'li')).toContain('chen')
  expect(whyNothing(view('appeal_review', { first_agent: 'zhou' }), 'li')).toContain('senior')
  expect(whyNothing(view('platform_review', { agent: 'zhou' }), 'li')).toContain('zhou')
  expect(whyNothing({ state: 'merchant_review', waits_for: 'merchant' }, 'li')).toBeUndefined()
})
