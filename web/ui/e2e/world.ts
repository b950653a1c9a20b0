// A served demo and browsers to walk through it.
import { spawn, type ChildProcess } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { chromium, type Browser, type BrowserContext, type Page } from 'playwright-core'

export type Locale = 'zh-CN' | 'en'
export interface Look { size: 'phone' | 'desktop'; scheme: 'light' | 'dark'; locale: Locale }

const artifacts = process.env.ARTIFACTS ?? join(tmpdir(), 'recourse-artifacts')
const axeSource = readFileSync(new URL('../node_modules/axe-core/axe.min.js', import.meta.url), 'utf8')

export function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const probe = createServer()
    probe.once('error', reject)
    probe.listen(0, '127.0.0.1', () => {
      const address = probe.address()
      probe.close(() => (typeof address === 'object' && address ? resolve(address.port) : reject(new Error('no port'))))
    })
  })
}

function chromiumPath(): string {
  const found = [process.env.CHROMIUM, '/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome'].find((p) => p && existsSync(p))
  if (!found) throw new Error('Chromium is missing: install the package chromium, or set CHROMIUM to its path')
  return found
}

/** One server of its own, and one browser. */
export class World {
  private crashed = false

  private constructor(
    readonly base: string,
    private server: ChildProcess,
    private readonly begin: () => ChildProcess,
    private readonly data: string,
    private readonly browser: Browser,
    readonly problems: string[],
  ) {}

  /** Starts a server with these flags more; they may need to know its address. */
  static async start(more: readonly string[] | ((base: string) => readonly string[]) = []): Promise<World> {
    const bin = process.env.RECOURSE_BIN
    if (!bin) throw new Error('RECOURSE_BIN must name the built program (make browser-test sets it)')
    const data = mkdtempSync(join(tmpdir(), 'recourse-e2e-'))
    const port = await freePort()
    const base = `http://127.0.0.1:${port}`
    const flags = typeof more === 'function' ? more(base) : more
    const begin = (): ChildProcess =>
      spawn(bin, ['serve', '--demo', '--addr', `127.0.0.1:${port}`, '--data', data, '--log', 'warn', ...flags], { stdio: ['ignore', 'ignore', 'inherit'] })
    const server = begin()
    await ready(base)
    // A camera of the browser's own; whether pages may use it is still to be asked.
    const browser = await chromium.launch({ executablePath: chromiumPath(), args: ['--no-sandbox', '--use-fake-device-for-media-stream'] })
    return new World(base, server, begin, data, browser, [])
  }

  /** kill -9, and the same server again on the same address and data. */
  async crash(): Promise<void> {
    this.crashed = true // pages find nobody for a moment, and say so
    const gone = new Promise((resolve) => this.server.once('exit', resolve))
    this.server.kill('SIGKILL')
    await gone
    this.server = this.begin()
    await ready(this.base)
  }

  async stop(): Promise<void> {
    await this.browser.close()
    const gone = new Promise((resolve) => this.server.once('exit', resolve))
    this.server.kill('SIGTERM')
    await gone
    rmSync(this.data, { recursive: true, force: true })
  }

  /** A browser of somebody's own. Whatever it complains about is collected. */
  async open(who: string, look: Look): Promise<Page> {
    const context: BrowserContext = await this.browser.newContext({
      viewport: look.size === 'phone' ? { width: 390, height: 844 } : { width: 1280, height: 800 },
      colorScheme: look.scheme,
      locale: look.locale,
      hasTouch: look.size === 'phone',
      isMobile: look.size === 'phone',
      bypassCSP: true, // only so that the accessibility checker may be put into the page
    })
    const page = await context.newPage()
    page.setDefaultTimeout(20_000)
    page.on('console', (m) => {
      // A refused request is part of a story that tries one; scripts must not complain.
      const expected = m.text().includes('Failed to load resource') || (this.crashed && m.text().includes('ERR_CONNECTION_REFUSED'))
      if (m.type() === 'error' && !expected) this.problems.push(`${who}: ${m.text()}`)
    })
    page.on('pageerror', (e) => this.problems.push(`${who}: ${e.message}`))
    return page
  }

  /** A file on disk: the browser names its type itself, by the ending, as it does for a person. */
  file(name: string, content: Buffer): string {
    const path = join(this.data, name)
    writeFileSync(path, content)
    return path
  }

  /** A page of the console, logged in. */
  async console(look: Look, login: string, before?: (page: Page) => Promise<void>): Promise<Page> {
    const page = await this.open(login, look)
    await before?.(page)
    await this.enter(page, login)
    return page
  }

  /** Logs in to the console. */
  async enter(page: Page, login: string): Promise<void> {
    await page.goto(`${this.base}/console`)
    await page.fill('#login', login)
    await page.fill('#password', 'recourse-demo')
    await page.click('button[type=submit]')
    await page.locator('.team-switch').waitFor()
  }

  async push(advance: string): Promise<void> {
    const res = await fetch(`${this.base}/demo/api/clock`, {
      method: 'POST', headers: { 'Content-Type': 'application/json' }, body: JSON.stringify({ advance }),
    })
    if (!res.ok) throw new Error(`clock: ${res.status}`)
  }
}

async function ready(base: string): Promise<void> {
  await until('the server', async () => (await fetch(`${base}/readyz`).catch(() => undefined))?.ok === true)
}

/** Presses a button of the console's top bar, which may be behind its menu. */
export async function pressBar(page: Page, name: string | RegExp): Promise<void> {
  const bar = page.locator('.topbar')
  await bar.locator('.team-switch').waitFor()
  const menu = bar.locator('.bar-menu-button')
  if (await menu.isVisible() && await menu.getAttribute('aria-expanded') === 'false') await menu.click()
  await bar.getByRole('button', { name }).click()
}

/** Keeps a picture of a page under .artifacts. */
export async function shot(page: Page, look: Look, name: string): Promise<void> {
  const dir = join(artifacts, `${look.locale}-${look.size}-${look.scheme}`)
  mkdirSync(dir, { recursive: true })
  await page.screenshot({ path: join(dir, `${name}.png`) })
}

interface Violation { id: string; help: string; nodes: { html: string }[] }

/** What an accessibility checker has to say, as lines; empty is good. */
export async function accessibility(frame: { evaluate: Page['evaluate'] }): Promise<string[]> {
  await frame.evaluate(axeSource)
  // A colour on its way to another has a contrast of neither; what turns for ever is not waited for.
  await frame.evaluate("Promise.all(document.getAnimations().filter((a) => a.effect?.getComputedTiming().endTime !== Infinity).map((a) => a.finished.catch(() => undefined)))")
  const found = await frame.evaluate(
    "axe.run(document, { runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa'] }).then((r) => r.violations)",
  )
  return (found as Violation[]).map((v) => `${v.id}: ${v.help} ${v.nodes.map((n) => n.html.slice(0, 120)).join(' | ')}`)
}

/** Asks again until something holds, for so many seconds. */
export async function until(what: string, holds: () => Promise<boolean>, seconds = 20): Promise<void> {
  const deadline = Date.now() + seconds * 1000
  while (!(await holds())) {
    if (Date.now() > deadline) throw new Error(`waited ${seconds} s for ${what}`)
    await new Promise((resolve) => setTimeout(resolve, 50))
  }
}

/** A photograph, drawn: large enough to be taken as evidence, and never the same twice. */
export async function photograph(page: Page, seed: number): Promise<Buffer> {
  const url = await page.evaluate((s) => {
    const canvas = document.createElement('canvas')
    canvas.width = 900
    canvas.height = 700
    const g = canvas.getContext('2d')
    if (!g) throw new Error('no canvas')
    for (let i = 0; i < 300; i++) {
      g.fillStyle = `hsl(${(s * 97 + i * 37) % 360} 55% ${30 + (i % 45)}%)`
      g.fillRect((i * 53 * s) % 860, (i * 71) % 660, 40 + (i % 90), 30 + (i % 70))
    }
    return canvas.toDataURL('image/jpeg', 0.85)
  }, seed)
  return Buffer.from(url.slice(url.indexOf(',') + 1), 'base64')
}

/** A film of three seconds, as far as its boxes tell. Its frames are random, so that no two are the same. */
export function film(size = 300_000): Buffer {
  const u32 = (...values: number[]): Buffer => {
    const b = Buffer.alloc(values.length * 4)
    values.forEach((v, i) => b.writeUInt32BE(v, i * 4))
    return b
  }
  const box = (kind: string, ...parts: Buffer[]): Buffer => {
    const body = Buffer.concat(parts)
    return Buffer.concat([u32(body.length + 8), Buffer.from(kind, 'latin1'), body])
  }
  const ftyp = box('ftyp', Buffer.from('isom'), u32(0), Buffer.from('isom'))
  const mvhd = box('mvhd', u32(0, 0, 0, 1000, 3000), Buffer.alloc(80))
  const trak = box('trak', box('mdia', box('hdlr', u32(0, 0), Buffer.from('vide'), Buffer.alloc(12))))
  return Buffer.concat([ftyp, box('mdat', randomBytes(size)), box('moov', mvhd, trak)])
}
