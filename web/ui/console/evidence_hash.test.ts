// @vitest-environment node
import { expect, it } from 'vitest'
import { checkHash } from './evidence_hash'

// SHA-256 of "abc" (FIPS 180-2, appendix B.1).
const abc = 'ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad'
const gives = (text: string, status = 200): typeof fetch => () => Promise.resolve(new Response(text, { status }))

it('says whether a file is as it was received, and does not judge what it cannot read', async () => {
  expect(await checkHash('/f', abc, gives('abc'))).toBe('same')
  expect(await checkHash('/f', abc.toUpperCase(), gives('abc'))).toBe('same')
  expect(await checkHash('/f', abc, gives('abd'))).toBe('differs')
  expect(await checkHash('/f', abc, gives('abc', 404))).toBe('unread')
  expect(await checkHash('/f', abc, () => Promise.reject(new Error('offline')))).toBe('unread')
})
