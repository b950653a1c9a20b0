// What to do about a refused request: whether to look at the case again, log in again or retry.
// It decides by public codes only; the texts come from the server in both languages.

import { ApiFailure, localFailure } from '../api'
import type { Locale } from '../i18n'

export interface Advice {
  message: string
  /** The code as the server names it; NETWORK when there was no answer. */
  code: string
  /** The case is not as it was shown: load it again, and keep what was typed. */
  refresh: boolean
  /** The session is over. */
  login: boolean
  /** The same request may succeed later, under the same idempotency key. */
  retry: boolean
  requestId?: string
}

/** After these codes the case on the screen is out of date; so it is after any other conflict. */
const stale = new Set(['DEADLINE_PASSED', 'ESCALATION_WINDOW_CLOSED', 'CASE_NOT_FOUND', 'NOT_PARTY'])

/** adviseOn maps what was thrown onto what the screen should do. Anything unknown counts as a lost connection. */
export function adviseOn(err: unknown, lang: Locale): Advice {
  const failure = err instanceof ApiFailure ? err : new ApiFailure(0, localFailure(0))
  const { body, status } = failure
  const fallback = localFailure(status)
  const [first, second] = lang === 'en' ? [body.message_en, body.message_zh] : [body.message_zh, body.message_en]
  return {
    message: first || second || (lang === 'en' ? fallback.message_en : fallback.message_zh),
    code: body.code,
    refresh: status === 409 || stale.has(body.code),
    login: status === 401,
    retry: body.retryable,
    ...(body.request_id ? { requestId: body.request_id } : {}),
  }
}

/**
 * Attempts keeps the idempotency key of one attempt: the same action with the same body on the same case is the
 * same attempt, however often it is sent; anything changed is a new one.
 */
export class Attempts {
  private last: { content: string; key: string } | undefined

  constructor(private readonly newKey: () => string) {}

  key(caseId: string, action: string, body: unknown): string {
    const content = JSON.stringify([caseId, action, body])
    if (this.last?.content !== content) this.last = { content, key: this.newKey() }
    return this.last.key
  }

  /** done forgets the attempt: a repeat after success is meant. */
  done(): void {
    this.last = undefined
  }
}
