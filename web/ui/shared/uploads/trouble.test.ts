import { describe, expect, it } from 'vitest'
import type { APIErrorBody } from '../wire'
import { fromAnswer, fromCamera, fromThrown, NoAnswer } from './trouble'

const body = (code: string, reason?: string): APIErrorBody => ({
  code, message_zh: '中', message_en: 'en', retryable: false, ...(reason ? { rejected: [{ reason }] } : {}),
})
const thrown = (name: string): DOMException => new DOMException('x', name)

describe('a failure is told from the actual error', () => {
  it.each([
    [401, body('TOKEN_EXPIRED'), 'session', true], [404, body('CASE_NOT_FOUND'), 'case_moved', false], [404, body('UPLOAD_NOT_FOUND'), 'network', true],
    [409, body('STATE_CONFLICT'), 'case_moved', false], [409, body('EVIDENCE_LOCKED'), 'case_moved', false], [409, body('UPLOAD_OFFSET_CONFLICT'), 'network', true],
    [410, body('DEADLINE_PASSED'), 'deadline_passed', false], [410, body('UPLOAD_EXPIRED'), 'network', true], [413, body('TOO_LARGE'), 'too_large', false],
    [422, body('EVIDENCE_REJECTED', 'too_small'), 'too_small', false], [422, body('EVIDENCE_REJECTED', 'undecodable'), 'undecodable', false],
    [422, body('EVIDENCE_REJECTED', 'a new reason'), 'other', true], [423, undefined, 'network', true], [460, body('CHECKSUM_MISMATCH'), 'network', true],
    [503, body('UNAVAILABLE'), 'server', true], [502, undefined, 'server', true], [507, undefined, 'server', true], [0, undefined, 'network', true], [418, undefined, 'other', true],
  ] as const)('answer %i %o is %s', (status, answer, code, again) => {
    expect(fromAnswer(status, answer)).toMatchObject({ code, again })
  })

  it.each([
    [new TypeError('Failed to fetch'), 'network'], [new NoAnswer('timeout'), 'timeout'], [new NoAnswer('status', 503), 'server'], [new NoAnswer('status', 401), 'session'],
    [thrown('NotReadableError'), 'unreadable'], [thrown('QuotaExceededError'), 'device_full'], [thrown('EncodingError'), 'undecodable'], ['what', 'network'],
  ])('%o thrown is %s', (err, code) => expect(fromThrown(err).code).toBe(code))

  it.each([
    ['NotAllowedError', 'camera_denied'], ['SecurityError', 'camera_denied'], ['NotFoundError', 'camera_missing'], ['OverconstrainedError', 'camera_missing'], ['NotReadableError', 'camera_missing'],
  ])('%s of the camera is %s', (name, code) => expect(fromCamera(thrown(name)).code).toBe(code))

  it('keeps what the server said', () => expect(fromAnswer(422, body('EVIDENCE_REJECTED', 'too_small'))).toMatchObject({ zh: '中', en: 'en' }))
})
