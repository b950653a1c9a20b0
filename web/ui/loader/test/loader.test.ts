import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { accent } from '../../widget/color'
import { fromFrame } from '../protocol'
import { makeAPI, replay, type RecourseAPI } from '../recourse'

const server = 'https://chat.example'
let api: RecourseAPI

beforeEach(() => {
  vi.stubGlobal('matchMedia', () => ({ matches: false }))
  api = makeAPI(server)
})
afterEach(() => {
  api.shutdown()
  vi.unstubAllGlobals()
})

function parts(): { launcher: HTMLButtonElement; panel: HTMLElement; frame: HTMLIFrameElement; badge: HTMLElement } {
  const shadow = [...document.body.children].map((n) => n.shadowRoot).find((s) => s !== null)
  const launcher = shadow?.querySelector<HTMLButtonElement>('.launcher')
  const panel = shadow?.querySelector<HTMLElement>('.frame')
  const frame = shadow?.querySelector('iframe')
  const badge = shadow?.querySelector<HTMLElement>('.badge')
  if (!launcher || !panel || !frame || !badge) throw new Error('no widget')
  return { launcher, panel, frame, badge }
}

/** The test environment gives frames in a shadow root no window; this one stands in. */
function frameWindow(): Window {
  Object.defineProperty(parts().frame, 'contentWindow', { value: window, configurable: true })
  return window
}

function fromWidget(data: unknown, origin = server): void {
  frameWindow()
  dispatchEvent(new MessageEvent('message', { data, origin, source: parts().frame.contentWindow }))
}

describe('the API', () => {
  it('runs the calls that came before the script, in order', () => {
    const opened = vi.fn()
    replay(api, [['on', 'open', opened], ['boot', { token: 't', locale: 'en' }], ['open']])
    expect(opened).toHaveBeenCalledTimes(1)
    expect(parts().launcher.getAttribute('aria-label')).toBe('Close refund assistant')
  })

  it('opens, closes and toggles, and says so to a screen reader', () => {
    api.boot({ token: 't', locale: 'zh-CN' })
    const { launcher, panel } = parts()
    expect([launcher.getAttribute('aria-expanded'), panel.hidden]).toEqual(['false', true])
    api.toggle()
    expect([launcher.getAttribute('aria-expanded'), panel.hidden]).toEqual(['true', false])
    launcher.click()
    expect(panel.hidden).toBe(true)
  })

  it('ends subscriptions and removes everything at shutdown', () => {
    const closed = vi.fn()
    api.boot({ token: 't' })
    const off = api.on('close', closed)
    api.open()
    api.close()
    off()
    api.open()
    api.close()
    expect(closed).toHaveBeenCalledTimes(1)
    api.shutdown()
    expect(() => parts()).toThrow('no widget')
  })

  it('puts no token into the address of the frame', () => {
    api.boot({ token: 'secret' })
    expect(parts().frame.src).toBe(`${server}/widget/?origin=${encodeURIComponent(location.origin)}`)
  })
})

describe('messages', () => {
  it('count only from our frame and our server', () => {
    const frame = { } as Window
    const good = { data: { recourse: 1, type: 'ready' }, origin: server, source: frame } as MessageEvent<unknown>
    expect(fromFrame(good, frame, server)).toBeDefined()
    expect(fromFrame({ ...good, origin: 'https://evil.example' } as MessageEvent<unknown>, frame, server)).toBeUndefined()
    expect(fromFrame({ ...good, source: {} as Window } as MessageEvent<unknown>, frame, server)).toBeUndefined()
    expect(fromFrame({ ...good, data: 'ready' } as MessageEvent<unknown>, frame, server)).toBeUndefined()
  })

  it('show the unread count on the launcher and give it to the page', () => {
    const unread = vi.fn()
    api.on('unread', unread)
    api.boot({ token: 't', locale: 'zh-CN' })
    fromWidget({ recourse: 1, type: 'unread', count: 2 })
    expect(parts().badge.textContent).toBe('2')
    expect(parts().launcher.getAttribute('aria-label')).toContain('2 条未读')
    expect(unread).toHaveBeenCalledWith(2)
    fromWidget({ recourse: 1, type: 'unread', count: 9 }, 'https://evil.example')
    expect(parts().badge.textContent).toBe('2')
  })

  it('ask the page for a token each time and send it to our server only', async () => {
    const token = vi.fn(async () => 'fresh')
    api.boot({ token })
    const post = vi.spyOn(frameWindow(), 'postMessage').mockImplementation(() => undefined)
    fromWidget({ recourse: 1, type: 'token', id: 'x', refused: false })
    await vi.waitFor(() => expect(post).toHaveBeenCalledWith({ recourse: 1, type: 'token', id: 'x', token: 'fresh' }, server))
    expect(token).toHaveBeenCalledTimes(1)
  })
})

it('a brand colour gets the text colour that can be read on it', () => {
  expect(accent('#1a1a1a')?.on).toBe('#ffffff')
  expect(accent('#ffd400')?.on).toBe('#111318')
  expect(accent('javascript:alert(1)')).toBeUndefined()
})
