// Two agents and one buyer on a real Redis: offers and their time, the race for a chat, passing on, taking over, and a
// laptop lid that closes.
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { Page } from 'playwright-core'
import { Chat } from './chat'
import { holds, offer } from './desk'
import { Redis } from './redis'
import { accessibility, shot, until, World, type Look } from './world'

const words = {
  'zh-CN': {
    person: '转人工', accept: '接待', decline: '不接', transfer: '转给同事', takeover: '接管会话', away: '暂离', mine: '由您处理', why: '买家是我的老客户', hello: '您好，我来处理。',
    note: '请看一下外箱照片', again: /换一位同事/, joined: (name: string) => new RegExp(`${name}.*加入`), writing: /正在回复/, needWhy: '请写明原因。', waiting: '等待',
  },
  en: {
    person: 'I want to talk to a human', accept: 'Accept', decline: 'Decline', transfer: 'Pass on', takeover: 'Take it over', away: 'Away', mine: 'with you', why: 'I know this buyer', hello: 'Hello, I will look into it.',
    note: 'Please look at the box', again: /be reached at the moment/, joined: (name: string) => new RegExp(`${name} has joined`), writing: /is writing an answer/, needWhy: 'Please say why.', waiting: 'Waiting',
  },
} as const

/** Holds back the first claims of pages until there are so many, so that they reach the server together. */
function together(count: number): (page: Page) => Promise<void> {
  let came = 0
  let open = (): void => undefined
  const all = new Promise<void>((done) => { open = done })
  return (page) => page.routeWebSocket(/\/ws$/, (ws) => {
    const server = ws.connectToServer()
    ws.onMessage((m) => {
      if (!String(m).startsWith('{"t":"claim"')) return server.send(m)
      if (++came === count) open()
      void all.then(() => server.send(m))
    })
  })
}

const looks: Look[] = [
  { size: 'desktop', scheme: 'light', locale: 'zh-CN' },
  { size: 'desktop', scheme: 'dark', locale: 'en' },
]

describe.each(looks)('$locale, $size, $scheme', (look) => {
  const w = words[look.locale]
  let redis: Redis
  let world: World
  beforeAll(async () => {
    redis = await Redis.start()
    world = await World.start([...redis.flags, '--offer-for', '10s', '--agent-grace', '1500ms'])
  })
  afterAll(async () => {
    await world.stop()
    await redis.stop()
  })

  test('a buyer asks for a person, and two agents have him one after the other', async () => {
    const race = together(2)
    const [zhou, chen] = await Promise.all([world.console(look, 'agent', race), world.console(look, 'senior', race)])
    const chat = await Chat.open(world, look)
    await chat.say(w.person)

    // He is offered to one of them, who lets it pass; it goes on to the other, and then its time runs out.
    await offer(zhou, w.accept).waitFor()
    await shot(zhou, look, '60-offered')
    await offer(zhou, w.decline).click()
    await offer(chen, w.accept).waitFor()
    expect(await accessibility(chen), 'accessibility of an offer').toEqual([])
    await until('the offer to run out', async () => (await chen.locator('.offer').count()) === 0)

    // Both let it pass; both may take it from the list. They press at once: one has it, the other reads who.
    await Promise.all([zhou, chen].map(async (page) => {
      await page.locator('.inbox-tab').filter({ hasText: w.waiting }).click()
      await page.locator('.inbox-item').first().click()
      await page.locator('.talk-head .btn-primary').waitFor()
    }))
    await Promise.all([zhou.keyboard.press('c'), chen.keyboard.press('c')])
    await until('one of them to have it', async () => (await holds(zhou)) || (await holds(chen)))
    const [has, lost] = (await holds(zhou)) ? [zhou, chen] : [chen, zhou]
    expect(await holds(lost)).toBe(false)
    await lost.locator('.toast').getByText(has === zhou ? '小周' : '老陈').waitFor()
    await chat.sees(has === zhou ? w.joined('小周') : w.joined('老陈'))

    // What is not his is off his list; a supervisor sees all, and who is writing.
    await until('the chat to leave the list of who was late', async () => (await lost.locator('.inbox-item').count()) === 0)
    const lead = await world.console(look, 'lead')
    await lead.locator('.inbox-tab').nth(2).click()
    await lead.locator('.inbox-item').first().click()
    await lead.locator('.talk-holder.is-human').waitFor()
    await has.locator('.composer textarea').fill(w.hello)
    await lead.locator('.talk-writer').getByText(w.writing).waitFor()
    await shot(lead, look, '61-a-colleague-is-writing')
    await lead.context().close()
    await has.keyboard.press('Control+Enter')
    await chat.sees(w.hello)

    // Passed on with a note, it is offered to the colleague first.
    await has.locator('.talk-head').getByText(w.transfer).click()
    await has.selectOption('dialog select', { index: 1 })
    await has.fill('dialog textarea', w.note)
    await shot(has, look, '62-pass-on')
    expect(await accessibility(has), 'accessibility of passing on').toEqual([])
    await has.locator('dialog .btn-primary').click()
    await offer(lost, w.accept).click()
    await lost.locator('.talk-holder.is-mine').waitFor()
    await lost.getByText(w.note).waitFor()

    // He takes it back, but not without a reason.
    await has.locator('.talk-head').getByText(w.takeover).click()
    await has.locator('dialog .btn-primary').click()
    await has.getByText(w.needWhy).waitFor()
    await has.fill('dialog textarea', w.why)
    await has.locator('dialog .btn-primary').click()
    await has.locator('.talk-holder.is-mine').waitFor()
    await lost.getByText(w.why).waitFor()
    await shot(lost, look, '63-taken-over')

    // The lid of his laptop closes: after a grace the buyer is told, and the chat is offered to who is there.
    await has.context().close()
    await chat.sees(w.again)
    await offer(lost, w.accept).waitFor()
    await shot(chat.page, look, '64-back-in-the-queue')
    await offer(lost, w.accept).click()
    await lost.locator('.talk-holder.is-mine').waitFor()

    // Away, he is offered nothing more, and keeps what he has.
    await lost.locator('.team-switch').click()
    await lost.locator('.team-switch').getByText(w.away).waitFor()
    await lost.locator('.talk-holder.is-mine').waitFor()
    expect(world.problems).toEqual([])
  })
})
