// Frames as they come off the socket: told apart by t, checked as far as the client relies on them.
import type { Frame } from './wire'

export type FrameType = Frame['t']
export type FrameOf<T extends FrameType> = Extract<Frame, { t: T }>

/** Frames that carry a client id: they are kept until they are acked. */
export type Kept = FrameOf<'say' | 'press' | 'note' | 'claim' | 'release'>

type Check = 'string' | 'number' | 'boolean' | 'object' | 'array'

/** The fields that must be there, by frame. Others may be absent; unknown ones are ignored. */
const needed: Record<FrameType, Record<string, Check>> = {
  hello: { token: 'string' },
  say: { id: 'string', text: 'string' },
  press: { id: 'string', seq: 'number', action: 'string' },
  seen: { seq: 'number' },
  typing: { on: 'boolean' },
  watch: { conversation: 'string' },
  unwatch: { conversation: 'string' },
  claim: { id: 'string', conversation: 'string', epoch: 'number' },
  release: { id: 'string', conversation: 'string', epoch: 'number' },
  note: { id: 'string', conversation: 'string', text: 'string' },
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
  return Object.entries(needed[t as FrameType]).every(([field, check]) => holds(v[field], check))
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
