// Single sign-on: the browser goes to the identity provider and comes back to this page with what the server needs.

import { dictionary } from '../shared/i18n'
import type { SSOReturn } from '../shared/wire'

const zh = { enter: '用企业账号登录', or: '或', leaving: '正在前往企业登录…', finishing: '正在用企业账号登录…' }
const en: typeof zh = { enter: 'Sign in with SSO', or: 'or', leaving: 'Going to the sign-on page…', finishing: 'Signing you in…' }
export const ssoWords = dictionary(zh, en)

/** What an address says of a return from the provider; undefined if it is none. */
export function returnOf(search: string): SSOReturn | undefined {
  const q = new URLSearchParams(search)
  const state = q.get('state')
  const code = q.get('code')
  const error = q.get('error')
  if (!state || (!code && !error)) return undefined
  return { state, ...(code ? { code } : {}), ...(error ? { error } : {}) }
}

/** The same, once, and takes it out of the address: a reload must not send it again, nor a bookmark keep it. */
export function takeReturn(): SSOReturn | undefined {
  const found = returnOf(location.search)
  if (found) history.replaceState(history.state, '', location.pathname + location.hash)
  return found
}
