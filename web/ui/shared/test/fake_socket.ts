// A WebSocket that the test plays the server of.
import type { SocketLike } from '../connection'
import type { Frame, Welcome } from '../wire'

export class FakeSocket implements SocketLike {
  readyState = 0
  onopen: (() => void) | null = null
  onmessage: ((event: { data: unknown }) => void) | null = null
  onclose: ((event: { code: number; reason: string }) => void) | null = null
  onerror: (() => void) | null = null
  readonly sent: Frame[] = []
  closed: number | undefined

  send(data: string): void {
    this.sent.push(JSON.parse(data) as Frame)
  }

  close(code = 1000): void {
    this.readyState = 3
    this.closed = code
  }

  open(): void {
    this.readyState = 1
    this.onopen?.()
  }

  give(frame: Frame): void {
    this.onmessage?.({ data: JSON.stringify(frame) })
  }

  drop(code: number): void {
    this.readyState = 3
    this.onclose?.({ code, reason: '' })
  }

  of<T extends Frame['t']>(t: T): Extract<Frame, { t: T }>[] {
    return this.sent.filter((f): f is Extract<Frame, { t: T }> => f.t === t)
  }
}

export const limits = { text_runes: 2000, frame_bytes: 65536, images: 9, videos: 1, image_bytes: 10 << 20, video_bytes: 100, video_seconds: 60, min_side: 0 << 20 }

export function welcome(patch: Partial<Omit<Welcome, 't'>> = {}): Frame {
  return { t: 'welcome', role: 'buyer', conversation: 'd_001_a', log: 'l1', seq: 0, session: 's1', now: '2026-11-23T10:00:00Z', speed: 1, limits, ...patch }
}
