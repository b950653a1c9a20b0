import { describe, expect, it } from 'vitest'
import type { Exchange } from '../../shared/api'
import type { CaseView } from '../../shared/wire'
import { newer, ordered } from './cases'
import { logged } from './requests'
import type { Line } from './requests'

const view = (id: string, more: Partial<CaseView> = {}): CaseView => ({
  id, version: 1, state: '', state_name: '', sentence: '', shop: '', amount_fen: 1, steps: [], allowed_actions: [], created_at: '2026-11-01T00:00:00Z', waiting_on_you: false, updated_at: '', policy: '',
  order: { order: '', line: '', title: '', shop: '', paid_fen: 1, status: '' }, ...more,
})

describe('the list of cases', () => {
  it('begins with those that wait for the shop, nearest deadline first', () => {
    const cases = [
      view('old'),
      view('new', { created_at: '2026-11-20T00:00:00Z' }),
      view('far', { waiting_on_you: true, deadline: '2026-11-30T00:00:00Z' }),
      view('near', { waiting_on_you: true, deadline: '2026-11-25T00:00:00Z' }),
      view('owed', { waiting_on_you: true, terminal: true, created_at: '2026-10-01T00:00:00Z' }),
      view('closed', { terminal: true, created_at: '2026-10-01T00:00:00Z' }),
    ]
    expect(ordered(cases).map((c) => c.id)).toEqual(['near', 'far', 'owed', 'new', 'old', 'closed'])
  })
})

describe('a polled case', () => {
  const shown = view('c', { version: 4 })
  it('is not drawn again when nothing changed', () => {
    expect(newer(shown, view('c', { version: 4 }), false)).toBe(shown)
  })
  it('is taken when it is newer, or when time alone allows another action', () => {
    expect(newer(shown, view('c', { version: 5 }), false).version).toBe(5)
    expect(newer(shown, view('c', { version: 4, allowed_actions: ['extend_receipt'] }), false).allowed_actions).toEqual(['extend_receipt'])
  })
  it('is dropped when it is older than what is shown', () => {
    expect(newer(shown, view('c', { version: 3 }), true)).toBe(shown)
  })
  it('is taken when it is another case, or to renew its links', () => {
    expect(newer(shown, view('d'), false).id).toBe('d')
    expect(newer(shown, view('c', { version: 4 }), true)).not.toBe(shown)
  })
})

describe('the request log', () => {
  const get = (path: string, status = 200): Exchange => ({ method: 'GET', path, status, ms: 5 })
  const post: Exchange = { method: 'POST', path: '/x', status: 409, code: 'VERSION_CONFLICT', ms: 5 }
  const all = (...xs: Exchange[]) => xs.reduce<readonly Line[]>(logged, [])
  it('counts polls in one line and shows every write', () => {
    const log = all(get('/a'), post, get('/a'), post)
    expect(log.map((l) => `${l.method} ${l.path} ×${l.times}`)).toEqual(['POST /x ×1', 'POST /x ×1', 'GET /a ×2'])
    expect(new Set(log.map((l) => l.id)).size).toBe(3)
  })
  it('shows a poll that is answered otherwise', () => {
    expect(all(get('/a'), get('/a', 401))).toHaveLength(2)
  })
  it('does not grow without end', () => {
    expect(all(...Array.from({ length: 90 }, () => post)).length).toBeLessThanOrEqual(40)
  })
})
