// The bridge to the page that carries the widget. Both sides check window and origin of every message.
// In a web view there is no such page: the token then comes in the address's fragment, which is never sent.
import { newID } from '../shared/ids'

export interface Boot { locale?: string; theme?: string; color?: string }

export type ToFrame =
  | ({ type: 'boot' } & Boot)
  | { type: 'token'; id: string; token?: string }
  | { type: 'shown'; on: boolean }
  | { type: 'clock'; now: string; speed: number }

export type ToHost =
  | { type: 'ready' }
  | { type: 'token'; id: string; refused: boolean }
  | { type: 'close' }
  | { type: 'unread'; count: number }
  | { type: 'event'; name: string; data?: unknown }

export interface Host {
  /** There is a page around that can hide the chat. */
  embedded: boolean
  token(refused: boolean): Promise<string>
  post(message: ToHost): void
}

const MARK = 'recourse'
const TOKEN_WITHIN = 20_000

function isToFrame(v: unknown): v is ToFrame {
  return typeof v === 'object' && v !== null && (v as Record<string, unknown>)[MARK] === 1 && 'type' in v
}

export function connectHost(receive: (message: ToFrame) => void): Host {
  const params = new URLSearchParams(location.search)
  const origin = params.get('origin')
  if (parent === window || !origin) return webView()

  const asked = new Map<string, (token: string | undefined) => void>()
  const post = (message: ToHost): void => parent.postMessage({ [MARK]: 1, ...message }, origin)
  addEventListener('message', (event: MessageEvent<unknown>) => {
    if (event.source !== parent || event.origin !== origin || !isToFrame(event.data)) return
    const message = event.data
    if (message.type === 'token') asked.get(message.id)?.(message.token)
    else receive(message)
  })
  return {
    embedded: true,
    post,
    token: (refused) => new Promise((resolve, reject) => {
      const id = newID('t')
      const timer = setTimeout(() => settle(undefined), TOKEN_WITHIN)
      const settle = (token: string | undefined): void => {
        clearTimeout(timer)
        asked.delete(id)
        if (token) resolve(token)
        else reject(new Error('the page gave no token'))
      }
      asked.set(id, settle)
      post({ type: 'token', id, refused })
    }),
  }
}

function webView(): Host {
  const fragment = new URLSearchParams(location.hash.slice(1))
  const token = fragment.get('token')
  if (token) history.replaceState(null, '', location.pathname + location.search)
  return {
    embedded: false,
    post: () => undefined,
    token: () => (token ? Promise.resolve(token) : Promise.reject(new Error('no token'))),
  }
}
