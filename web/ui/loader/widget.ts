// The widget on a foreign page: a launcher, a frame, and the bridge between them. It knows nothing of chats.
import { accent } from '../widget/color'
import { fromFrame, type Envelope } from './protocol'
import { css } from './style'

export type TokenSource = string | (() => string | Promise<string>)

export interface BootOptions {
  token: TokenSource
  locale?: string
  theme?: 'auto' | 'light' | 'dark'
  /** The brand colour as #rrggbb. */
  color?: string
  /** No button of ours: the page calls open() itself. */
  hideLauncher?: boolean
}

export type EventName = 'ready' | 'open' | 'close' | 'unread' | 'token_error'
export type Listener = (data?: unknown) => void

const labels = {
  zh: { open: '打开退款助手', close: '收起退款助手', title: '退款助手', unread: (n: number) => `，${n} 条未读消息` },
  en: { open: 'Open refund assistant', close: 'Close refund assistant', title: 'Refund assistant', unread: (n: number) => `, ${n} unread` },
}

const PHONE = '(max-width: 600px)'

export class Widget {
  private readonly root = document.createElement('div')
  private readonly launcher = document.createElement('button')
  private readonly badge = document.createElement('span')
  private readonly panel = document.createElement('div')
  private readonly frame = document.createElement('iframe')
  private readonly origin: string
  private readonly text: (typeof labels)['zh']
  private shown = false
  private unread = 0
  private asked = 0
  private title: string | undefined
  private scroll: string | undefined

  constructor(server: string, private readonly options: BootOptions, private readonly emit: (name: EventName, data?: unknown) => void) {
    this.origin = new URL(server).origin
    const lang = options.locale ?? document.documentElement.lang ?? navigator.language
    this.text = lang.toLowerCase().startsWith('en') ? labels.en : labels.zh
    this.build(server)
    addEventListener('message', this.onMessage)
    document.addEventListener('visibilitychange', this.drawTitle)
  }

  get isOpen(): boolean {
    return this.shown
  }

  open(): void {
    if (this.shown) return
    this.shown = true
    this.draw()
    this.post({ type: 'shown', on: true })
    this.frame.focus()
    this.emit('open')
  }

  close(): void {
    if (!this.shown) return
    this.shown = false
    this.draw()
    this.post({ type: 'shown', on: false })
    this.launcher.focus()
    this.emit('close')
  }

  /** Tells the countdowns of another clock: a demo lets time fly. */
  clock(now: string, speed: number): void {
    this.post({ type: 'clock', now, speed })
  }

  shutdown(): void {
    removeEventListener('message', this.onMessage)
    document.removeEventListener('visibilitychange', this.drawTitle)
    this.unread = 0
    this.shown = false
    this.drawTitle()
    this.lockScroll(false)
    this.root.remove()
  }

  private build(server: string): void {
    const shadow = this.root.attachShadow({ mode: 'open' })
    this.style(shadow)
    const found = this.options.color ? accent(this.options.color) : undefined
    if (found) {
      this.root.style.setProperty('--rc-accent', found.accent)
      this.root.style.setProperty('--rc-on', found.on)
    }
    this.launcher.type = 'button'
    this.launcher.className = 'launcher'
    this.launcher.append(icon('chat', CHAT), icon('down', DOWN), this.badge)
    this.launcher.addEventListener('click', () => (this.shown ? this.close() : this.open()))
    this.badge.className = 'badge'
    this.badge.setAttribute('aria-hidden', 'true')
    this.panel.className = `frame ${this.options.theme ?? 'auto'}`
    this.panel.id = 'recourse-panel'
    this.frame.title = this.text.title
    this.frame.allow = 'camera' // to photograph evidence; the browser still asks the buyer
    // On the server's own pages a sandbox that keeps the origin would only pretend.
    if (this.origin !== location.origin) this.frame.setAttribute('sandbox', 'allow-scripts allow-same-origin allow-forms allow-popups allow-downloads')
    this.frame.src = `${server}/widget/?origin=${encodeURIComponent(location.origin)}`
    this.panel.append(this.frame)
    this.launcher.setAttribute('aria-controls', this.panel.id)
    shadow.append(this.panel, this.launcher)
    this.draw()
    document.body.append(this.root)
  }

  private style(shadow: ShadowRoot): void {
    try {
      const sheet = new CSSStyleSheet()
      sheet.replaceSync(css)
      shadow.adoptedStyleSheets = [sheet]
    } catch {
      const node = document.createElement('style')
      node.textContent = css
      shadow.append(node)
    }
  }

  private draw(): void {
    this.panel.hidden = !this.shown
    this.launcher.hidden = this.options.hideLauncher ?? false
    this.launcher.classList.toggle('open', this.shown)
    this.launcher.setAttribute('aria-expanded', String(this.shown))
    this.launcher.setAttribute('aria-label', this.shown ? this.text.close : this.text.open + (this.unread > 0 ? this.text.unread(this.unread) : ''))
    this.badge.hidden = this.unread === 0 || this.shown
    this.badge.textContent = this.unread > 99 ? '99+' : String(this.unread)
    this.lockScroll(this.shown && matchMedia(PHONE).matches)
    this.drawTitle()
  }

  /** The page behind a full-screen chat must not scroll. */
  private lockScroll(on: boolean): void {
    const style = document.documentElement.style
    if (on && this.scroll === undefined) {
      this.scroll = style.overflow
      style.overflow = 'hidden'
    } else if (!on && this.scroll !== undefined) {
      style.overflow = this.scroll
      this.scroll = undefined
    }
  }

  /** "(2) …" in the tab's title, only while the page is in the background. */
  private readonly drawTitle = (): void => {
    const flag = document.hidden && this.unread > 0
    if (flag) {
      this.title ??= document.title
      document.title = `(${this.unread}) ${this.title}`
    } else if (this.title !== undefined) {
      document.title = this.title
      this.title = undefined
    }
  }

  private readonly onMessage = (event: MessageEvent<unknown>): void => {
    const message = fromFrame(event, this.frame.contentWindow, this.origin)
    if (message) this.receive(message)
  }

  private receive(message: Envelope): void {
    switch (message.type) {
      case 'ready': {
        const { locale, theme, color } = this.options
        this.post({ type: 'boot', locale: locale ?? document.documentElement.lang, theme, color })
        this.post({ type: 'shown', on: this.shown })
        this.emit('ready')
        break
      }
      case 'token':
        void this.giveToken(String(message['id']), message['refused'] === true)
        break
      case 'close':
        this.close()
        break
      case 'unread':
        this.unread = Number(message['count']) || 0
        this.draw()
        this.emit('unread', this.unread)
        break
    }
  }

  private async giveToken(id: string, refused: boolean): Promise<void> {
    const { token } = this.options
    // A fixed token that was refused after it had been given is used up; asking for it again would only loop.
    if (refused && typeof token === 'string' && this.asked++ > 0) this.emit('token_error', 'refused')
    try {
      this.post({ type: 'token', id, token: typeof token === 'string' ? token : await token() })
    } catch (err) {
      this.post({ type: 'token', id })
      this.emit('token_error', err)
    }
  }

  private post(message: Record<string, unknown>): void {
    this.frame.contentWindow?.postMessage({ recourse: 1, ...message }, this.origin)
  }
}

const CHAT = 'M4 6.5A2.5 2.5 0 0 1 6.5 4h11A2.5 2.5 0 0 1 20 6.5v7a2.5 2.5 0 0 1-2.5 2.5H11l-4.5 4v-4A2.5 2.5 0 0 1 4 13.5zM8.5 8.5h7M8.5 12h4.5'
const DOWN = 'M6 9.5l6 6 6-6'

function icon(name: string, d: string): SVGElement {
  const ns = 'http://www.w3.org/2000/svg'
  const svg = document.createElementNS(ns, 'svg')
  svg.setAttribute('class', name)
  svg.setAttribute('viewBox', '0 0 24 24')
  svg.setAttribute('aria-hidden', 'true')
  const path = document.createElementNS(ns, 'path')
  path.setAttribute('d', d)
  svg.append(path)
  return svg
}
