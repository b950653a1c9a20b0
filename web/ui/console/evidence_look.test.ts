import { describe, expect, it } from 'vitest'
import { fit, kept, moved, partner, pinched, turned, whole, zoomed, zoomMost } from './evidence_look'

const picture = { w: 400, h: 200 }
const stage = { w: 200, h: 200 }

describe('a picture', () => {
  it('is fitted as it is turned, and a small one is not blown up', () => {
    expect(fit(picture, stage, 0)).toBe(0.5)
    expect(fit({ w: 400, h: 100 }, { w: 400, h: 200 }, 1)).toBe(0.5)
    expect(fit({ w: 10, h: 10 }, stage, 0)).toBe(2)
    expect(fit({ w: 0, h: 0 }, stage, 0)).toBe(0)
  })
  it('is zoomed about the point that is looked at', () => {
    const close = zoomed(whole, 2, { x: 50, y: -20 })
    // The place of the picture under the point: (point - centre) / zoom, before and after.
    expect({ x: (50 - close.x) / close.zoom, y: (-20 - close.y) / close.zoom }).toEqual({ x: 50, y: -20 })
    expect(zoomed(whole, 1000).zoom).toBe(zoomMost)
    expect(zoomed(whole, 0.01)).toEqual(whole)
  })
  it('is not pushed out of the stage', () => {
    expect(kept(moved(whole, 500, 500), picture, stage)).toEqual(whole)
    const close = kept(moved(zoomed(whole, 4), 5000, -5000), picture, stage)
    expect([close.x, close.y]).toEqual([300, -100])
    // Turned, it is as high as it was wide.
    expect(kept(moved(turned(zoomed(whole, 4), 1), 5000, -5000), picture, stage)).toMatchObject({ x: 100, y: -300 })
  })
  it('turns with the part that is looked at', () => {
    const look = moved(zoomed(whole, 2), 10, 4)
    expect(turned(look, 1)).toMatchObject({ turn: 1, x: -4, y: 10 })
    expect(turned(look, -1)).toMatchObject({ turn: 3, x: 4, y: -10 })
    expect(turned(turned(look, 1), -1)).toEqual(look)
    expect(turned(look, 4)).toEqual(look)
  })
  it('follows two fingers', () => {
    const two = pinched(whole, [{ x: -10, y: 0 }, { x: 10, y: 0 }], [{ x: -10, y: 5 }, { x: 30, y: 5 }])
    expect(two.zoom).toBe(2)
    // What was between them still is.
    expect([two.x, two.y]).toEqual([10, 5])
    expect(pinched(whole, [{ x: 1, y: 1 }, { x: 1, y: 1 }], [{ x: 1, y: 1 }, { x: 9, y: 9 }]).zoom).toBe(1)
  })
})

describe('what a piece is compared with', () => {
  const of = (party: string, kind: string) => ({ party, kind })
  it('is the same kind of the other side, else what it has, else the next', () => {
    const items = [of('buyer', 'item_photo'), of('buyer', 'fault_video'), of('merchant', 'merchant_notice'), of('merchant', 'item_photo')]
    expect(partner(items, 0)).toBe(3)
    expect(partner(items, 1)).toBe(2)
    expect(partner(items, 3)).toBe(0)
    expect(partner([of('buyer', 'a'), of('buyer', 'b')], 1)).toBe(0)
    expect(partner([of('buyer', 'a')], 0)).toBe(0)
  })
})
