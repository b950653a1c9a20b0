import { describe, expect, it } from 'vitest'
import { commandOf, isSend } from './keys'
import type { Key } from './keys'

const key = (k: string, more: Partial<Key> = {}): Key => ({ key: k, ctrlKey: false, metaKey: false, altKey: false, isComposing: false, busy: false, ...more })

describe('keys', () => {
  it.each([['j', 'next'], ['k', 'previous'], ['c', 'claim'], ['r', 'reply'], ['n', 'note'], ['t', 'tickets'], ['?', 'help'], ['x', undefined]] as const)('%s is %s', (k, command) => {
    expect(commandOf(key(k))).toBe(command)
  })
  it.each([{ busy: true }, { isComposing: true }, { ctrlKey: true }, { metaKey: true }, { altKey: true }])('are silent with %o', (more) => {
    expect(commandOf(key('c', more))).toBeUndefined()
  })
  it('sends by Ctrl+Enter, but not while composing', () => {
    const enter = { key: 'Enter', ctrlKey: true, metaKey: false, isComposing: false }
    expect(isSend(enter)).toBe(true)
    expect(isSend({ ...enter, isComposing: true })).toBe(false)
    expect(isSend({ ...enter, ctrlKey: false })).toBe(false)
  })
})
