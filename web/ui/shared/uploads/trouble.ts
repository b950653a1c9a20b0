// Why a file cannot be uploaded, told from the actual error. The codes are those of the server's upload_trouble
// (web/PROTOCOL.md); what the buyer should do about one is the assistant's to say.
import type { APIErrorBody } from '../wire'
import { troubleWords } from './words'

export type TroubleCode =
  | 'camera_denied' | 'camera_missing' | 'network' | 'timeout' | 'session' | 'server' | 'device_full' | 'case_moved' | 'deadline_passed' | 'other'
  | 'empty' | 'too_large' | 'wrong_type' | 'too_small' | 'too_long' | 'too_many' | 'unreadable' | 'undecodable'

export interface Failure {
  code: TroubleCode
  /** What the server said, where it said something. */
  zh?: string
  en?: string
  /** The same file may go up at another try. */
  again: boolean
}

const passing: ReadonlySet<TroubleCode> = new Set(['network', 'timeout', 'session', 'server', 'other'])

export function failure(code: TroubleCode, body?: APIErrorBody): Failure {
  return { code, again: passing.has(code), ...(body ? { zh: body.message_zh, en: body.message_en } : {}) }
}

/** The failure in the language of the page. */
export function failureText(f: Failure, english: boolean): string {
  return (english ? f.en : f.zh) ?? troubleWords()[f.code]
}

/** What our own requests throw besides answers. */
export class NoAnswer extends Error {
  override readonly name = 'NoAnswer'
  constructor(readonly why: 'timeout' | 'status', readonly status = 0) {
    super(why)
  }
}

/** Reasons of a refused file (package cases/evidence) and of a case that does not take one (package cases). */
const reasons: Record<string, TroubleCode> = {
  empty: 'empty', too_large: 'too_large', too_many_pixels: 'too_large', wrong_type: 'wrong_type', unknown_kind: 'case_moved',
  undecodable: 'undecodable', too_small: 'too_small', too_long: 'too_long', too_many: 'too_many', too_many_images: 'too_many', too_many_videos: 'too_many',
}

/** An answer of the server that is no success. */
export function fromAnswer(status: number, body: APIErrorBody | undefined): Failure {
  switch (body?.code) {
    case 'EVIDENCE_REJECTED': return failure(reasons[body.rejected?.[0]?.reason ?? ''] ?? 'other', body)
    case 'TOO_LARGE': return failure('too_large', body)
    case 'DEADLINE_PASSED':
    case 'ESCALATION_WINDOW_CLOSED': return failure('deadline_passed', body)
    case 'EVIDENCE_LOCKED':
    case 'STATE_CONFLICT':
    case 'CASE_NOT_FOUND':
    case 'NOT_PARTY': return failure('case_moved', body)
    case 'UPLOAD_BUSY':
    case 'UPLOAD_OFFSET_CONFLICT':
    case 'UPLOAD_NOT_FOUND':
    case 'UPLOAD_EXPIRED':
    case 'CHECKSUM_MISMATCH': return failure('network')
  }
  if (status === 401) return failure('session')
  if (status === 413) return failure('too_large', body)
  if (status === 408) return failure('timeout')
  if (status === 0 || status === 423) return failure('network')
  if (status >= 500 || status === 429) return failure('server', body)
  return failure('other', body)
}

/** What was thrown where a file was read or sent. */
export function fromThrown(err: unknown): Failure {
  if (err instanceof NoAnswer) return err.why === 'timeout' ? failure('timeout') : fromAnswer(err.status, undefined)
  switch (nameOf(err)) {
    case 'NotReadableError':
    case 'NotFoundError': return failure('unreadable') // moved, deleted, or still in the cloud
    case 'QuotaExceededError': return failure('device_full')
    case 'EncodingError':
    case 'InvalidStateError': return failure('undecodable')
    case 'SecurityError': return failure('other')
    default: return failure('network') // a request that failed says nothing more
  }
}

/** What getUserMedia threw, or what the permission's state says. */
export function fromCamera(err: unknown): Failure {
  switch (nameOf(err)) {
    case 'NotAllowedError':
    case 'PermissionDeniedError':
    case 'SecurityError': return failure('camera_denied')
    default: return failure('camera_missing') // none there, or none that is free
  }
}

function nameOf(err: unknown): string {
  return err instanceof Error || (typeof DOMException !== 'undefined' && err instanceof DOMException) ? err.name : ''
}
