import { describe, expect, it } from 'vitest'
import { ApiFailure } from '../api'
import { safeStore } from '../storage'
import type { APIErrorBody } from '../wire'
import { Drafts } from './drafts'
import { Attempts, adviseOn } from './failure'

const refusal = (status: number, code: string, more: Partial<APIErrorBody> = {}) =>
  new ApiFailure(status, { code, message_zh: '中文', message_en: 'english', retryable: false, ...more })

describe('advice on a failure', () => {
  it('speaks the language of the page, and the other one rather than nothing', () => {
    expect(adviseOn(refusal(422, 'AMOUNT_INVALID'), 'zh-CN').message).toBe('中文')
    expect(adviseOn(refusal(422, 'AMOUNT_INVALID'), 'en').message).toBe('english')
    expect(adviseOn(refusal(422, 'AMOUNT_INVALID', { message_en: '' }), 'en').message).toBe('中文')
  })
  it.each([[409, 'VERSION_CONFLICT'], [409, 'STATE_CONFLICT'], [410, 'DEADLINE_PASSED'], [409, 'EVIDENCE_LOCKED'], [404, 'CASE_NOT_FOUND']])(
    'looks at the case again after %i %s', (status, code) => { expect(adviseOn(refusal(status, code), 'en').refresh).toBe(true) })
  it.each([[422, 'REJECT_REASON_REQUIRED'], [429, 'RATE_LIMITED'], [500, 'INTERNAL']])(
    'does not after %i %s', (status, code) => { expect(adviseOn(refusal(status, code), 'en').refresh).toBe(false) })
  it('asks for a login after 401 only', () => {
    expect(adviseOn(refusal(401, 'UNAUTHENTICATED'), 'en').login).toBe(true)
    expect(adviseOn(refusal(403, 'NOT_PARTY'), 'en').login).toBe(false)
  })
  it('takes anything unknown for a lost connection that may be tried again', () => {
    expect(adviseOn(new TypeError('x'), 'en')).toMatchObject({ code: 'NETWORK', retry: true, refresh: false, login: false })
  })
})

describe('attempts', () => {
  it('keep the key of the same request and change it with its content or after success', () => {
    let n = 0
    const attempts = new Attempts(() => `k${++n}`)
    const first = attempts.key('c1', 'rule_refund', { text: 'a' })
    expect(attempts.key('c1', 'rule_refund', { text: 'a' })).toBe(first)
    const second = attempts.key('c1', 'rule_refund', { text: 'b' })
    expect(second).not.toBe(first)
    attempts.done()
    expect(attempts.key('c1', 'rule_refund', { text: 'b' })).not.toBe(second)
  })
})

describe('drafts', () => {
  it('outlive their maker, and an unreadable one gives the default', () => {
    const store = safeStore(() => localStorage)
    new Drafts('t.', store).writeObject('x', { text: 'kept' })
    expect(new Drafts('t.', store).readObject('x', { text: '', code: 'none' })).toEqual({ text: 'kept', code: 'none' })
    store.write('t.x', '{broken')
    expect(new Drafts('t.', store).readObject('x', { text: '' })).toEqual({ text: '' })
    new Drafts('t.', store).write('x', '')
    expect(localStorage.getItem('t.x')).toBeNull()
  })
})
