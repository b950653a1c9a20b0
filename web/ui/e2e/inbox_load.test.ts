// Five hundred buyers wait and fifty agents are at the desk, on a real Redis: the list holds them all and renders few of
// them, a burst of changes costs each agent few frames, and writing a reply goes on meanwhile.
import { afterAll, beforeAll, expect, test } from 'vitest'
import { Crowd } from './crowd'
import { Redis } from './redis'
import { accessibility, shot, until, World, type Look } from './world'

const buyers = 500
const agents = 50
/** At least so long the server gathers changes between two frames to an agent (web, boardPause). */
const pauseOfFrames = 20
/** More rows than this are not in sight of any screen, with those spare. */
const fewRows = 30

const look: Look = { size: 'desktop', scheme: 'light', locale: 'zh-CN' }

let redis: Redis
let world: World
beforeAll(async () => {
  redis = await Redis.start()
  // Offers stand still, so that the only changes are those of the test.
  world = await World.start([...redis.flags, '--offer-for', '30m'])
})
afterAll(async () => {
  await world.stop()
  await redis.stop()
})

test('500 wait and 50 agents look', { timeout: 300_000 }, async () => {
  const crowd = await Crowd.open(world, look)
  const sessions = await crowd.hire(Array.from({ length: agents }, (_, i) => `a${String(i).padStart(2, '0')}`), redis.flags)
  await crowd.work(sessions)

  const lead = await world.open('lead', look)
  let frames = 0
  lead.on('websocket', (ws) => ws.on('framereceived', ({ payload }) => { if (String(payload).startsWith('{"t":"inbox"')) frames++ }))
  await world.enter(lead, 'lead')
  await lead.locator('.inbox-tabs').getByRole('button', { name: /^等待/ }).click()

  // They come to wait all at once: whoever looks is told of all, in no more frames than there are pauses between two.
  await crowd.recount()
  frames = 0
  const begun = Date.now()
  await crowd.wait(buyers, '转人工')
  await until('everybody to be told of all', async () => (await crowd.told()).every((t) => t.waiting === buyers), 60)
  const most = (since: number): number => 2 + Math.floor((Date.now() - since) / pauseOfFrames)
  expect(Math.max(...(await crowd.told()).map((t) => t.frames)), 'frames while they came').toBeLessThanOrEqual(most(begun))
  await lead.locator('.inbox-tabs').getByText(String(buyers)).first().waitFor()
  await shot(lead, look, '80-five-hundred-wait')
  expect(await accessibility(lead), 'accessibility of a long list').toEqual([])

  // The list is as long as they are many, and only what is in sight is in the page. Walked through, it holds all, in order.
  const rows = lead.locator('.rows .rows-row')
  const seen = new Map<number, string>()
  const list = lead.locator('.rows')
  for (let at = 0, end = false; !end;) {
    const now = await list.evaluate((node) => ({
      end: node.scrollTop + node.clientHeight >= node.scrollHeight - 1, step: node.clientHeight,
      rows: [...node.querySelectorAll('.rows-row')].map((row) => ({ at: Number(row.getAttribute('aria-posinset')), of: row.getAttribute('aria-setsize'), id: row.querySelector('button')?.id ?? '', text: row.textContent ?? '' })),
    }))
    expect(now.rows.length).toBeLessThan(fewRows)
    for (const row of now.rows) {
      expect(row.of).toBe(String(buyers))
      expect(row.text, 'the line says its place').toContain(`排第 ${row.at}`)
      if (seen.has(row.at)) expect(seen.get(row.at)).toBe(row.id)
      seen.set(row.at, row.id)
    }
    end = now.end
    at += now.step
    await list.evaluate((node, top) => { node.scrollTop = top }, at)
    await lead.evaluate(() => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done))))
  }
  expect(seen.size).toBe(buyers)
  expect(new Set(seen.values()).size).toBe(buyers)

  // A burst: fifty agents tag fifty lines at once.
  const ids = [...seen.values()].map((id) => id.replace('inbox-', ''))
  const burst = async (tag: string): Promise<number> => {
    await crowd.recount()
    frames = 0
    const since = Date.now()
    await Promise.all(sessions.map(async (session, i) => {
      const res = await fetch(`${world.base}/api/agent/conversations/${ids[i * 10 + 5]}/work`, {
        method: 'PUT', headers: { 'Content-Type': 'application/json', Authorization: `Bearer ${session}` }, body: JSON.stringify({ tags: [tag] }),
      })
      if (!res.ok) throw new Error(`a tag: ${res.status} ${await res.text()}`)
    }))
    await until('everybody to be told of the burst', async () => (await crowd.told(tag)).every((t) => t.tagged === agents), 60)
    return since
  }
  const since = await burst('first')
  const told = await crowd.told('first')
  const due = Math.min(most(since), agents - 1)
  for (const [i, t] of told.entries()) {
    expect(t.frames, `frames to agent ${i} for ${agents} changes`).toBeLessThanOrEqual(due)
    expect(t.frames).toBeGreaterThan(0)
  }
  expect(frames, 'frames to the browser').toBeLessThanOrEqual(due)
  console.log(`${agents} changes: ${Math.min(...told.map((t) => t.frames))} to ${Math.max(...told.map((t) => t.frames))} frames an agent, ${frames} to the browser; ${due} would be due`)

  // Writing goes on while all this changes.
  await list.evaluate((node) => { node.scrollTop = 0 })
  await rows.first().locator('.inbox-item').click()
  await lead.keyboard.press('c')
  await lead.locator('.talk-holder.is-mine').waitFor()
  const field = lead.locator('.composer textarea')
  await field.click()
  const words = '您好，您的申请我看到了，正在核对外箱照片和物流记录，请稍等一下。'.repeat(4)
  await Promise.all([lead.keyboard.type(words), burst('second')])
  expect(await field.inputValue()).toBe(words)
  expect(await rows.count()).toBeLessThan(fewRows)
  await lead.keyboard.press('Control+Enter')
  await lead.locator('.pane-conversation').getByText(words).waitFor()
  await shot(lead, look, '81-writing-meanwhile')
  expect(world.problems).toEqual([])
})
