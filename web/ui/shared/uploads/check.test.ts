import { describe, expect, it } from 'vitest'
import { accepts, check } from './check'
import { doubtsOf, grey, sides } from './picture'
import { typeOf } from './sniff'

const bytes = (...parts: (string | number[])[]): Uint8Array =>
  new Uint8Array(parts.flatMap((p) => (typeof p === 'string' ? [...p].map((c) => c.charCodeAt(0)) : p)))
const ftyp = (brand: string): Uint8Array => bytes([0, 0, 0, 24], 'ftyp', brand, [0, 0, 0, 0], 'mif1')
const jpeg = bytes([0xff, 0xd8, 0xff, 0xe0], 'JFIF')
const file = (head: Uint8Array, name: string, type = '', size = 200): File => new File([head as BlobPart, new Uint8Array(size - head.length)], name, { type })
const bounds = { image_bytes: 1000, video_bytes: 5000 }

describe('the bytes tell what a file is', () => {
  it.each([
    [jpeg, 'image/jpeg'], [bytes([0x89], 'PNG\r\n'), 'image/png'], [bytes('RIFF', [1, 2, 3, 4], 'WEBPVP8 '), 'image/webp'],
    [ftyp('heic'), 'image/heic'], [ftyp('mif1'), 'image/heic'], [ftyp('isom'), 'video/mp4'], [ftyp('mp42'), 'video/mp4'], [ftyp('qt  '), 'video/quicktime'],
    [bytes('%PDF-1.7'), 'application/pdf'], [bytes('GIF89a'), ''], [ftyp('avif'), ''], [bytes('<svg xmlns'), ''], [bytes(), ''],
  ])('%#: %s', (head, want) => expect(typeOf(head)).toBe(want))
})

describe('a file is checked before it is sent', () => {
  it('whatever its name and type say', async () => {
    // An iPhone gives HEIC without a type; a renamed page is no picture.
    expect(await check(file(ftyp('heic'), 'IMG_1.HEIC', ''), 'item_photo', ['image'], bounds)).toEqual({ type: 'image/heic', doubts: [] })
    expect((await check(file(bytes('<html>'), 'a.jpg', 'image/jpeg'), 'item_photo', ['image'], bounds)).failure?.code).toBe('wrong_type')
    expect((await check(file(jpeg, 'a.mp4', 'video/mp4'), 'unboxing_video', ['video'], bounds)).failure?.code).toBe('wrong_type')
  })
  it('for its size, by what it is', async () => {
    expect(await check(file(jpeg, 'a.jpg', 'image/jpeg', 2000), 'item_photo', ['image'], bounds)).toMatchObject({ failure: { code: 'too_large' }, shrinkable: true })
    expect(await check(file(ftyp('heic'), 'a.heic', '', 2000), 'item_photo', ['image'], bounds)).toMatchObject({ failure: { code: 'too_large' }, shrinkable: false })
    expect((await check(file(ftyp('isom'), 'a.mp4', '', 2000), 'fault_video', ['video', 'image'], bounds)).failure).toBeUndefined()
    expect((await check(new File([], 'e.jpg'), 'item_photo', ['image'], bounds)).failure?.code).toBe('empty')
  })
  it('and not refused when its bytes cannot be read, but told so', async () => {
    const gone = file(jpeg, 'a.jpg')
    gone.slice = () => ({ arrayBuffer: () => Promise.reject(new DOMException('gone', 'NotReadableError')) }) as unknown as Blob
    expect((await check(gone, 'item_photo', ['image'], bounds)).failure?.code).toBe('unreadable')
  })
  it('texts go as they are', async () => {
    expect((await check(new File(['SF1234'], 'w.txt', { type: 'text/plain' }), 'waybill_no', ['text'], bounds)).failure).toBeUndefined()
  })
})

it('pickers show what a kind takes', () => {
  expect(accepts(['video', 'image', 'text'])).toBe('image/*,.heic,.heif,video/*')
  expect(accepts(['text'])).toBe('')
})

describe('a picture', () => {
  const size = 64
  const shot = (at: (x: number, y: number) => number): Float32Array => {
    const rgba = new Uint8ClampedArray(size * size * 4)
    for (let i = 0; i < size * size; i++) rgba.fill(at(i % size, Math.floor(i / size)), 4 * i, 4 * i + 3)
    return grey(rgba)
  }
  it('with edges and light is fine', () => expect(doubtsOf(shot((x, y) => ((x >> 3) + (y >> 3)) % 2 ? 220 : 60), size, size)).toEqual([]))
  it('without an edge is blurry', () => expect(doubtsOf(shot((x) => 80 + x), size, size)).toEqual(['blurry']))
  it('without light is dark', () => expect(doubtsOf(shot((x, y) => ((x >> 3) + (y >> 3)) % 2 ? 40 : 0), size, size)).toEqual(['dark']))
  it('is shrunk to no less than what keeps small print legible', () => {
    expect(sides(6000)).toEqual([6000, 4000, 3000, 2500, 2000])
    expect(sides(2200)).toEqual([2200, 2000])
    expect(sides(1200)).toEqual([1200])
  })
})
