// The inbox of an agent's day: what he puts off leaves his list and comes back when it is due, or when the buyer writes; a
// note that names a colleague calls him until he has looked; what is resolved is found under closed, and opens read-only.
import { afterEach, beforeEach, expect, test } from 'vitest'
import type { Page } from 'playwright-core'
import { Chat } from './chat'
import { offer } from './desk'
import { accessibility, pressBar, shot, until, World, type Look } from './world'

const words = {
  'zh-CN': { human: '转人工', accept: '接待', mine: /^我的/, all: /^全部/, closed: /^已结束/, hello: '您好，请补一张外箱照片', again: '照片已经补上了', due: '到时间了', owed: /待回复 \d+:\d\d/, called: '@您', note: '@lead 请看一下外箱', noteTab: '内部备注', resolve: '结束会话', pane: '收件箱', talk: '会话', locked: '接手后可以回复', off: /稍后处理 1 个/, other: 'English', ended: /已于 .+ 结束/ },
  en: { human: 'I want to talk to a person', accept: 'Accept', mine: /^Mine/, all: /^All/, closed: /^Closed/, hello: 'Please add a photo of the box', again: 'Here is the photo', due: 'due', owed: /to answer \d+:\d\d/, called: '@you', note: '@lead please look at the box', noteTab: 'Internal note', resolve: 'Resolve', pane: 'Inbox', talk: 'Conversation', locked: 'Take over to reply', off: /1 put off/, other: '中文', ended: /^Resolved .+;/ },
} as const

const looks: Look[] = [
  { size: 'desktop', scheme: 'light', locale: 'zh-CN' },
  { size: 'phone', scheme: 'dark', locale: 'en' },
  { size: 'phone', scheme: 'light', locale: 'zh-CN' },
]

let world: World
beforeEach(async () => { world = await World.start() })
afterEach(async () => { await world.stop() })

test.each(looks)('put off, called, closed: $locale, $size, $scheme', async (look) => {
  const w = words[look.locale]
  const pane = async (page: Page, name: string): Promise<void> => { if (look.size === 'phone') await page.locator('.tabs').getByRole('button', { name }).click() }
  const inbox = async (page: Page, name: RegExp): Promise<void> => {
    await pane(page, w.pane)
    await page.locator('.inbox-tabs').getByRole('button', { name }).click()
  }
  const rows = (page: Page) => page.locator('.rows .inbox-item')
  const agent = await world.console(look, 'agent')
  const chat = await Chat.open(world, look)
  await chat.say(w.human)
  await offer(agent, w.accept).click()
  await agent.locator('.talk-holder.is-mine').waitFor()
  await agent.locator('.composer textarea').fill(w.hello)
  await agent.keyboard.press('Control+Enter')
  await chat.sees(w.hello)

  // Put off for an hour, it stands apart with when it comes back.
  await agent.locator('.work-snooze').selectOption('60')
  await inbox(agent, w.mine)
  await agent.locator('.inbox-off summary').getByText(w.off).waitFor()
  expect(await rows(agent).count()).toBe(0)
  await agent.locator('.inbox-off summary').click()
  await agent.locator('.inbox-off .inbox-item').waitFor()
  await shot(agent, look, '70-put-off')
  expect(await accessibility(agent), 'accessibility of what is put off').toEqual([])

  // An hour later it is back, and says so; put off once more, the buyer brings it back by writing.
  await world.push('61m')
  await agent.reload() // a demo's clock jumps; a console learns the time when it connects
  await inbox(agent, w.mine)
  await rows(agent).locator('.chip', { hasText: w.due }).waitFor()
  await shot(agent, look, '71-due')
  await rows(agent).first().click()
  await agent.locator('.work-bar .btn').click() // not put off any more
  await agent.locator('.work-snooze').selectOption('60')
  await inbox(agent, w.mine)
  await agent.locator('.inbox-off').waitFor()
  await chat.say(w.again)
  await rows(agent).locator('.chip', { hasText: w.owed }).waitFor()
  expect(await agent.locator('.inbox-off').count()).toBe(0)
  const owed = await rows(agent).locator('.chip-owed').innerText()
  await until('the wait to be counted', async () => (await rows(agent).locator('.chip-owed').innerText()) !== owed)
  await shot(agent, look, '72-the-buyer-wrote')

  // A colleague is named: he is called until he has looked, on another machine too.
  await rows(agent).first().click()
  await agent.locator('.composer').getByRole('button', { name: w.noteTab, exact: true }).click()
  await agent.locator('.composer textarea').fill(w.note)
  await agent.keyboard.press('Control+Enter')
  const lead = await world.console(look, 'lead')
  await inbox(lead, w.all)
  await rows(lead).locator('.chip-called').getByText(w.called).waitFor()
  await shot(lead, look, '73-called')
  expect(await accessibility(lead), 'accessibility of a call').toEqual([])
  await rows(lead).first().click()
  await lead.locator('.pane-conversation').getByText(w.note).first().waitFor()
  await inbox(lead, w.all)
  await until('the call to be over', async () => (await lead.locator('.chip-called').count()) === 0)
  const elsewhere = await world.console(look, 'lead')
  await inbox(elsewhere, w.all)
  await rows(elsewhere).first().waitFor()
  expect(await elsewhere.locator('.chip-called').count()).toBe(0)
  await elsewhere.context().close()

  // What is resolved is under closed, for who had it and for who sees all; it opens, and is written to only once taken.
  agent.on('dialog', (d) => void d.accept())
  await pane(agent, w.talk)
  await agent.locator('.talk-head').getByRole('button', { name: w.resolve, exact: true }).click()
  await agent.locator('.talk-holder.is-bot').waitFor()
  await inbox(agent, w.closed)
  await rows(agent).first().waitFor()
  await shot(agent, look, '74-closed')
  expect(await accessibility(agent), 'accessibility of what is closed').toEqual([])
  await inbox(lead, w.closed)
  await rows(lead).first().click()
  await lead.locator('.pane-conversation').getByText(w.hello).first().waitFor()
  await lead.locator('.composer-modes').getByText(w.locked).waitFor()
  expect(await lead.locator('.composer-modes button').first().isDisabled()).toBe(true)
  await lead.locator('.talk-head').getByText(w.ended).waitFor()
  await lead.locator('.talk-head').getByText(look.locale === 'en' ? 'demo-anna' : 'demo-xiaoli').waitFor()
  await shot(lead, look, '75-closed-opened')

  // The other language, with room for its words.
  await pressBar(lead, new RegExp(w.other))
  await pane(lead, look.locale === 'en' ? words['zh-CN'].pane : words.en.pane)
  await shot(lead, look, '76-other-language')
  expect(await lead.evaluate(() => document.documentElement.scrollWidth - window.innerWidth)).toBeLessThanOrEqual(0)
  expect(world.problems).toEqual([])
})
