import { describe, expect, it } from 'vitest'
import { returnOf } from './sso'

describe('the way back from the identity provider', () => {
  it('is read from the address', () => {
    expect(returnOf('?code=a%2Fb%2B&state=S1&session_state=x')).toEqual({ state: 'S1', code: 'a/b+' })
    expect(returnOf('?error=access_denied&error_description=no&state=S1')).toEqual({ state: 'S1', error: 'access_denied' })
  })
  it('is not taken for one without a state, or with nothing else', () => {
    for (const search of ['', '?', '?code=a', '?state=S1', '?state=&code=a', '?q=code']) expect(returnOf(search)).toBeUndefined()
  })
})
