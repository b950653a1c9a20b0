// How a picture is looked at: how large, how far turned, which part of it. Pure geometry, in pixels of the stage, from
// its centre.

import type { EvidenceView } from '../shared/wire'

export interface Look {
  /** 1 is the whole picture. */
  zoom: number
  /** Quarter turns clockwise. */
  turn: number
  /** How far the picture's centre is from the stage's. */
  x: number
  y: number
}

export interface Size { w: number; h: number }
export interface Point { x: number; y: number }

export const whole: Look = { zoom: 1, turn: 0, x: 0, y: 0 }
export const zoomMost = 12
/** A step of a button, a key or a notch of the wheel. */
export const zoomStep = 1.4
/** A small picture is not blown up to more than this to fill the stage. */
const enlargeMost = 2

const bounded = (n: number, most: number): number => Math.max(-most, Math.min(most, n))
const lying = (turn: number): boolean => turn % 2 !== 0

/** fit is the scale at which the whole picture, as it is turned, is in the stage. */
export function fit(picture: Size, stage: Size, turn: number): number {
  if (picture.w <= 0 || picture.h <= 0 || stage.w <= 0 || stage.h <= 0) return 0
  const w = lying(turn) ? picture.h : picture.w
  const h = lying(turn) ? picture.w : picture.h
  return Math.min(stage.w / w, stage.h / h, enlargeMost)
}

/** kept moves a look so that no more of the stage is empty than must be. */
export function kept(look: Look, picture: Size, stage: Size): Look {
  const scale = fit(picture, stage, look.turn) * look.zoom
  const w = scale * (lying(look.turn) ? picture.h : picture.w)
  const h = scale * (lying(look.turn) ? picture.w : picture.h)
  return { ...look, x: bounded(look.x, Math.max(0, (w - stage.w) / 2)), y: bounded(look.y, Math.max(0, (h - stage.h) / 2)) }
}

/** zoomed looks closer by a factor; what is under the point stays there. */
export function zoomed(look: Look, by: number, at: Point = { x: 0, y: 0 }): Look {
  const zoom = Math.max(1, Math.min(zoomMost, look.zoom * by))
  const k = zoom / look.zoom
  return { ...look, zoom, x: at.x - (at.x - look.x) * k, y: at.y - (at.y - look.y) * k }
}

/** turned turns by quarters; the part that is looked at turns with it. */
export function turned(look: Look, quarters: number): Look {
  let { x, y } = look
  const n = ((quarters % 4) + 4) % 4
  for (let i = 0; i < n; i++) [x, y] = [-y, x]
  return { ...look, turn: (look.turn + n) % 4, x: x + 0, y: y + 0 }
}

export const moved = (look: Look, dx: number, dy: number): Look => ({ ...look, x: look.x + dx, y: look.y + dy })

/** pinched is a look after two fingers went from one pair of places to another. */
export function pinched(look: Look, from: readonly [Point, Point], to: readonly [Point, Point]): Look {
  const apart = ([a, b]: readonly [Point, Point]): number => Math.hypot(a.x - b.x, a.y - b.y)
  const middle = ([a, b]: readonly [Point, Point]): Point => ({ x: (a.x + b.x) / 2, y: (a.y + b.y) / 2 })
  const before = middle(from)
  const after = middle(to)
  return zoomed(moved(look, after.x - before.x, after.y - before.y), apart(from) > 0 ? apart(to) / apart(from) : 1, after)
}

/** partner is what a piece is best compared with: the same kind of the other side, else any of it, else the next one. */
export function partner(items: readonly Pick<EvidenceView, 'party' | 'kind'>[], at: number): number {
  const one = items[at]
  if (!one || items.length < 2) return at
  const others = items.map((item, i) => ({ item, i })).filter(({ item, i }) => i !== at && (item.party === 'merchant') !== (one.party === 'merchant'))
  return (others.find(({ item }) => item.kind === one.kind) ?? others[0])?.i ?? (at + 1) % items.length
}
