// @vitest-environment node
import { readdirSync, readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { parseFrame, type FrameType } from '../frame'

// The same files are read by the Go side; they are the contract.
const dir = new URL('../../../wire/testdata/golden/', import.meta.url)
const files = readdirSync(dir).filter((f) => f.endsWith('.json'))

/** Frames that only a client sends: it has no use for them itself. */
const sent = ['hello', 'say', 'press', 'watch', 'unwatch', 'claim', 'release', 'note', 'status', 'decline', 'assign', 'takeover', 'transfer']

/** A file holds one frame, or a list of frames. */
function framesIn(file: string): unknown[] {
  const v: unknown = JSON.parse(readFileSync(new URL(file, dir), 'utf8'))
  return Array.isArray(v) ? v : [v]
}

describe('golden frames', () => {
  it('are there', () => {
    expect(files.length).toBeGreaterThan(0)
  })
  it.each(files)('%s is what the client reads, or only sends', (file) => {
    for (const frame of framesIn(file)) {
      const parsed = parseFrame(JSON.stringify(frame))
      if (sent.includes((frame as { t: string }).t)) {
        expect(parsed).toBeUndefined()
        continue
      }
      expect(parsed, `${file} is not understood`).toBeDefined()
      expect(parsed).toEqual(frame)
    }
  })
  it('cover every frame that the client knows', () => {
    const known: FrameType[] = ['hello', 'say', 'press', 'seen', 'typing', 'watch', 'unwatch', 'claim', 'release', 'note', 'welcome', 'entry', 'ack', 'error', 'state', 'presence', 'queue', 'inbox', 'drain', 'status', 'decline', 'assign', 'takeover', 'transfer', 'lease']
    const found = new Set(files.flatMap(framesIn).map((f) => (f as { t?: string }).t))
    expect(known.filter((t) => !found.has(t))).toEqual([])
  })
})
