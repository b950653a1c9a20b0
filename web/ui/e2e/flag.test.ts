// An agent reads that the bot answered wrongly and says so: the mark, the ticket, and that it can be taken back.
import { afterAll, beforeAll, expect, test } from 'vitest'
import { Chat } from './chat'
import { accessibility, shot, World, type Look } from './world'

const words = {
  'zh-CN': { ask: '退款多久到账', human: '转人工', open: '答错了', save: '标记', mark: '标记：答非所问', tickets: '机器人答错：答非所问', toTalk: '打开会话', back: '撤回标记', none: 'none', text: '他问的是运费' },
  en: { ask: 'How long until the refund arrives?', human: 'I want to talk to a person', open: 'Wrong?', save: 'Flag', mark: 'another question was answered', tickets: 'Wrong answer: another question was answered', toTalk: 'Open the conversation', back: 'Take back', none: 'none', text: 'He asked about freight' },
} as const

const looks: Look[] = [
  { size: 'phone', scheme: 'light', locale: 'zh-CN' },
  { size: 'desktop', scheme: 'dark', locale: 'en' },
  { size: 'desktop', scheme: 'light', locale: 'zh-CN' },
  { size: 'phone', scheme: 'dark', locale: 'en' },
]

let world: World
beforeAll(async () => { world = await World.start() })
afterAll(async () => { await world.stop() })

test.each(looks)('a wrong answer is flagged: $locale, $size, $scheme', async (look) => {
  const w = words[look.locale]
  const chat = await Chat.open(world, look)
  await chat.say(w.ask)
  await chat.say(w.human)
  const agent = await world.open('agent', look)
  await agent.goto(`${world.base}/console`)
  await agent.fill('#login', 'agent')
  await agent.fill('#password', 'recourse-demo')
  await agent.click('button[type=submit]')
  await agent.locator('.inbox-item').last().click()
  await agent.getByText(w.open, { exact: true }).first().waitFor()
  await shot(agent, look, '30-answers-can-be-flagged')
  const opener = agent.locator('.flag-open').last()
  await opener.focus()
  await agent.keyboard.press('Enter')
  await agent.locator('.flag-form textarea').fill(w.text)
  await agent.locator('.flag-form select').nth(1).selectOption(w.none)
  await agent.locator('.flag-form option[value=pay-arrival]').waitFor({ state: 'attached' }) // the topics of the server
  expect(await accessibility(agent), 'accessibility of the form').toEqual([])
  await shot(agent, look, '31-flag')
  await agent.locator('.flag-form').getByText(w.save, { exact: true }).click()
  await agent.locator('.flag-mark', { hasText: w.mark }).waitFor()
  await shot(agent, look, '32-flagged')
  await agent.keyboard.press('Escape')
  await agent.locator('body').click({ position: { x: 2, y: 2 } })
  await agent.keyboard.press('t')
  await agent.locator('.worklist-row', { hasText: w.tickets }).first().click()
  await agent.locator('.worklist-one', { hasText: w.text }).waitFor()
  expect(await accessibility(agent), 'accessibility of the ticket').toEqual([])
  await shot(agent, look, '33-ticket')
  await agent.getByText(w.toTalk).first().click()
  await agent.locator('.flag-mark').getByText(w.back).click()
  await agent.locator('.flag-mark').waitFor({ state: 'detached' })
  expect(world.problems).toEqual([])
  await agent.context().close()
  await chat.page.context().close()
})
