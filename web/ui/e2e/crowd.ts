// Many buyers and agents who have no browser of their own: their sockets are opened by one page, as a browser would.
import { spawn } from 'node:child_process'
import type { Page } from 'playwright-core'
import { World, type Look } from './world'

/** What an agent of a crowd was told. */
export interface Told { frames: number; waiting: number; tagged: number }

const password = 'recourse-demo'

export class Crowd {
  private constructor(private readonly world: World, private readonly page: Page) {}

  static async open(world: World, look: Look): Promise<Crowd> {
    const page = await world.open('crowd', look)
    await page.goto(`${world.base}/healthz`)
    return new Crowd(world, page)
  }

  /** Accounts with one place each, made by the program's own command. Returns their sessions. */
  async hire(logins: readonly string[], flags: readonly string[]): Promise<string[]> {
    for (const login of logins) await command(['agent', 'add', login, '--role', 'agent', '--capacity', '1', ...flags], password)
    return each(logins, 4, async (login) => {
      const res = await fetch(`${this.world.base}/api/agent/login`, { method: 'POST', headers: { 'Content-Type': 'application/json' }, body: JSON.stringify({ login, password }) })
      if (!res.ok) throw new Error(`${login} logs in: ${res.status}`)
      return (await res.json() as { session: string }).session
    })
  }

  /** Opens the sockets of agents and keeps what they are told. */
  async work(sessions: readonly string[]): Promise<void> {
    await this.page.evaluate(async (tokens) => {
      interface Item { conversation: string; holder: string; tags?: string[] }
      const team = tokens.map((token) => {
        const agent = { frames: 0, items: new Map<string, Item>(), ready: false }
        const ws = new WebSocket(`${location.origin.replace('http', 'ws')}/ws`, ['recourse.v1'])
        ws.onopen = () => ws.send(JSON.stringify({ t: 'hello', token, locale: 'zh-CN' }))
        ws.onmessage = (e) => {
          const frame = JSON.parse(String(e.data)) as { t: string; whole?: boolean; items?: Item[] }
          if (frame.t !== 'inbox') return
          agent.frames++
          agent.ready = true
          if (frame.whole) agent.items.clear()
          for (const item of frame.items ?? []) agent.items.set(item.conversation, item)
        }
        return agent
      })
      Object.assign(window, { team })
      while (!team.every((agent) => agent.ready)) await new Promise((done) => setTimeout(done, 20))
    }, sessions)
  }

  /** What each agent was told since the counters began anew. */
  told(tag = ''): Promise<Told[]> {
    return this.page.evaluate((wanted) => {
      const team = (window as unknown as { team: { frames: number; items: Map<string, { holder: string; tags?: string[] }> }[] }).team
      return team.map(({ frames, items }) => {
        const all = [...items.values()]
        return { frames, waiting: all.filter((i) => i.holder === 'waiting_human').length, tagged: all.filter((i) => i.tags?.includes(wanted)).length }
      })
    }, tag)
  }

  async recount(): Promise<void> {
    await this.page.evaluate(() => { for (const agent of (window as unknown as { team: { frames: number }[] }).team) agent.frames = 0 })
  }

  /** Buyers ask for a person, so many at a time, and go on waiting without a socket. */
  async wait(buyers: number, words: string): Promise<void> {
    await this.page.evaluate(async ({ count, text }) => {
      let next = 0
      const one = async (): Promise<void> => {
        const res = await fetch('/demo/api/lab/open', { method: 'POST', body: JSON.stringify({ locale: 'zh-CN' }) })
        if (!res.ok) throw new Error(`a buyer: ${res.status}`)
        const { token } = await res.json() as { token: string }
        await new Promise<void>((done, failed) => {
          const ws = new WebSocket(`${location.origin.replace('http', 'ws')}/ws`, ['recourse.v1'])
          ws.onopen = () => ws.send(JSON.stringify({ t: 'hello', token, locale: 'zh-CN' }))
          ws.onclose = () => failed(new Error('a buyer was cut off'))
          ws.onmessage = (e) => {
            const frame = JSON.parse(String(e.data)) as { t: string; holder?: string }
            if (frame.t === 'welcome') ws.send(JSON.stringify({ t: 'say', id: crypto.randomUUID(), text }))
            if (frame.t !== 'state' || frame.holder !== 'waiting_human') return
            ws.onclose = null
            ws.close()
            done()
          }
        })
      }
      const lane = async (): Promise<void> => { while (next++ < count) await one() }
      await Promise.all(Array.from({ length: 20 }, lane))
    }, { count: buyers, text: words })
  }
}

/** Does something for each, so many at a time, in order. */
async function each<T, R>(all: readonly T[], lanes: number, what: (one: T) => Promise<R>): Promise<R[]> {
  const out: R[] = new Array<R>(all.length)
  let next = 0
  const lane = async (): Promise<void> => {
    for (let i = next++; i < all.length; i = next++) out[i] = await what(all[i] as T)
  }
  await Promise.all(Array.from({ length: lanes }, lane))
  return out
}

/** Runs the program with a line on its standard input. */
function command(args: readonly string[], line: string): Promise<void> {
  const bin = process.env.RECOURSE_BIN
  if (!bin) throw new Error('RECOURSE_BIN must name the built program')
  return new Promise((done, failed) => {
    const run = spawn(bin, args, { stdio: ['pipe', 'ignore', 'inherit'] })
    run.once('error', failed)
    run.once('exit', (code) => (code === 0 ? done() : failed(new Error(`${args.join(' ')}: ${code}`))))
    run.stdin.end(`${line}\n`)
  })
}
