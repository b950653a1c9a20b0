// What can be known about a file before a byte of it is sent.
import type { Limits } from '../wire'
import { lasts, measure, openable, type Doubt } from './picture'
import { sniff } from './sniff'
import { failure, fromThrown, type Failure } from './trouble'

export type Bounds = Partial<Pick<Limits, 'images' | 'videos' | 'image_bytes' | 'video_bytes' | 'video_seconds' | 'min_side'>>

export interface Checked {
  /** The type that the bytes tell. */
  type: string
  failure?: Failure
  doubts: readonly Doubt[]
  /** It is only too large, and could be made smaller. */
  shrinkable?: boolean
}

/** A film may be longer than it says by less than this. */
const SLACK_SECONDS = 1

const family = (type: string): string => (type === 'application/pdf' ? 'pdf' : (type.split('/')[0] ?? ''))

/** accept of a file input, by the media a kind takes. */
export function accepts(media: readonly string[]): string {
  const list: string[] = []
  // By ending too: some phones' pickers grey out HEIC otherwise.
  if (media.includes('image')) list.push('image/*', '.heic', '.heif')
  if (media.includes('video')) list.push('video/*')
  if (media.includes('pdf')) list.push('application/pdf')
  return list.join(',')
}

/** A screenshot is dark when its owner likes it so, and its letters are no edges of a photograph. */
const photograph = (kind: string): boolean => !kind.endsWith('screenshot')

export async function check(file: File, kind: string, media: readonly string[], bounds: Bounds): Promise<Checked> {
  const no = (f: Failure, type = '', more: Partial<Checked> = {}): Checked => ({ type, failure: f, doubts: [], ...more })
  if (file.size === 0) return no(failure('empty'))
  if (media.includes('text') && file.type.startsWith('text/')) return { type: 'text/plain', doubts: [] }
  let type: string
  try {
    type = await sniff(file)
  } catch (err) {
    return no(fromThrown(err))
  }
  if (!media.includes(family(type))) return no(failure('wrong_type'), type)
  const video = type.startsWith('video/')
  const most = video ? bounds.video_bytes : bounds.image_bytes
  if (most && file.size > most) return no(failure('too_large'), type, { shrinkable: type === 'image/jpeg' || type === 'image/png' })
  if (video && bounds.video_seconds) {
    const seconds = await lasts(file)
    if (seconds && seconds > bounds.video_seconds + SLACK_SECONDS) return no(failure('too_long'), type)
  }
  if (!openable(type)) return { type, doubts: [] }
  try {
    const found = await measure(file)
    if (!found) return { type, doubts: [] }
    if (bounds.min_side && Math.max(found.width, found.height) < bounds.min_side) return no(failure('too_small'), type)
    return { type, doubts: photograph(kind) ? found.doubts : [] }
  } catch {
    return no(failure('undecodable'), type)
  }
}
