// Frames as they come off the socket: told apart by t, checked as far as the client relies on them.
import type { Frame } from './wire'

export type FrameType = Frame['t']
export type FrameOf<T extends FrameType> = Extract<Frame, { t: T }>

/** Frames that carry a client id: they are kept until they are acked. */
export type Kept = FrameOf<
  'say' | 'press' | 'note' | 'claim' | 'release' | 'status' | 'decline' | 'assign' | 'takeover' | 'transfer'
>

type Check = 'string' | 'number' | 'boolean' | 'object' | 'array'

/** Frames that only a client sends. */
type FromClient = 'hello' | 'watch' | 'unwatch' | Kept['t']

/** The fields that must be there, by frame that a server sends. Others may be absent; unknown ones are ignored. */
const needed: Record<Exclude<FrameType, FromClient>, Record<string, Check>> = {
  seen: { seq: 'number' },
  typing: { on: 'boolean' },
  welcome: { role: 'string', seq: 'number', now: 'string', speed: 'number', limits: 'object' },
  entry: { conversation: 'string', entry: 'object' },
  ack: { id: 'string' },
  error: { code: 'string', message: 'string' },
  state: { conversation: 'string', version: 'number', holder: 'string', epoch: 'number' },
  presence: { conversation: 'string', who: 'string', online: 'boolean' },
  queue: { position: 'number', agents: 'number' },
  inbox: { items: 'array' },
  drain: { after: 'number' },
  draft: { conversation: 'string', client: 'string', text: 'string' },
  lease: { conversation: 'string', on: 'boolean' },
}

const isRecord = (v: unknown): v is Record<string, unknown> => typeof v === 'object' && v !== null && !Array.isArray(v)

const holds = (v: unknown, check: Check): boolean => {
  if (check === 'array') return Array.isArray(v)
  if (check === 'object') return isRecord(v)
  return typeof v === check
}

function isFrame(v: unknown): v is Frame {
  if (!isRecord(v)) return false
  const t = v['t']
  if (typeof t !== 'string' || !Object.hasOwn(needed, t)) return false
  return Object.entries(needed[t as keyof typeof needed]).every(([field, check]) => holds(v[field], check))
}

/** parseFrame answers undefined for what this client does not know; a newer server may send more. */
export function parseFrame(data: unknown): Frame | undefined {
  if (typeof data !== 'string') return undefined
  try {
    const v: unknown = JSON.parse(data)
    return isFrame(v) ? v : undefined
  } catch {
    return undefined
  }
}
