// What an agent writes with: canned replies by a slash, filled from the case; tags, putting off, notes that name a
// colleague; and finding a conversation again.
import { afterAll, beforeAll, expect, test } from 'vitest'
import { Chat } from './chat'
import { accessibility, shot, World, type Look } from './world'

const words = {
  'zh-CN': { human: '转人工', claim: '接手会话', send: '发送', greet: '正在看您的申请', snooze: '60', tag: '重点', unfilled: '请先补上', found: '找到', manage: '管理常用语', add: '新建', save: '保存', mine: '我的', note: '内部备注' },
  en: { human: 'I want to talk to a person', claim: 'Take over', send: 'Send', greet: 'I am reading your case', snooze: '60', tag: 'vip', unfilled: 'Fill in', found: 'conversation', manage: 'Manage canned replies', add: 'New', save: 'Save', mine: 'mine', note: 'Internal note' },
} as const

const looks: Look[] = [
  { size: 'desktop', scheme: 'light', locale: 'zh-CN' },
  { size: 'phone', scheme: 'dark', locale: 'en' },
]

let world: World
beforeAll(async () => { world = await World.start() })
afterAll(async () => { await world.stop() })

test.each(looks)('an agent writes and finds: $locale, $size, $scheme', async (look) => {
  const w = words[look.locale]
  const chat = await Chat.open(world, look)
  await chat.say(w.human)
  const agent = await world.open('agent', look)
  await agent.goto(`${world.base}/console`)
  await agent.fill('#login', 'agent')
  await agent.fill('#password', 'recourse-demo')
  await agent.click('button[type=submit]')
  await agent.locator('.inbox-item', { hasText: look.locale === 'en' ? 'demo-anna' : 'demo-xiaoli' }).click()
  await agent.locator('.talk-head').getByText(w.claim).click()
  const field = agent.locator('.composer textarea')
  await agent.locator('.talk-holder.is-mine').waitFor()
  // A reply whose slots nothing fills cannot be sent.
  await field.click()
  await agent.keyboard.type('/deadline', { delay: 30 })
  await agent.locator('.canned-option').first().waitFor()
  expect(await accessibility(agent), 'accessibility of the menu').toEqual([])
  await shot(agent, look, '40-canned-menu')
  await agent.keyboard.press('Enter')
  await agent.locator('.composer-modes', { hasText: w.unfilled }).waitFor()
  expect(await agent.locator('.composer button[type=submit]').isDisabled()).toBe(true)
  await field.fill('')
  await agent.keyboard.type('/hi', { delay: 30 })
  await agent.locator('.canned-option').first().waitFor()
  await agent.keyboard.press('Tab')
  expect(await field.inputValue()).toContain(w.greet)
  await agent.keyboard.press('Control+Enter')
  await chat.sees(w.greet)
  // Tags and putting off.
  await agent.locator('.work-bar .btn-link').click()
  await agent.locator('.work-add').fill(w.tag)
  await agent.keyboard.press('Enter')
  await agent.locator('.work-tag', { hasText: w.tag }).waitFor()
  await agent.locator('.work-snooze').selectOption(w.snooze)
  await agent.locator('.work-bar .btn').waitFor()
  expect(await accessibility(agent), 'accessibility of tags').toEqual([])
  await shot(agent, look, '41-tags-and-snooze')
  // A reply of his own.
  await field.click()
  await agent.keyboard.type('/')
  await agent.locator('.canned-manage').click()
  await agent.getByText(w.add, { exact: true }).click()
  await agent.fill('#canned-shortcut', `mine-${look.size}`)
  await agent.fill('#canned-title', 'own')
  await agent.fill('#canned-zh', '{{order}}')
  await agent.fill('#canned-en', '{{order}}')
  expect(await accessibility(agent), 'accessibility of the form').toEqual([])
  await shot(agent, look, '42-canned-form')
  await agent.getByText(w.save, { exact: true }).click()
  await agent.locator('.canned-row', { hasText: `mine-${look.size}` }).waitFor()
  await shot(agent, look, '43-canned-list')
  await agent.locator('dialog .btn-icon').click()
  await agent.locator('dialog').waitFor({ state: 'detached' })
  // And found again by what the buyer wrote.
  await field.fill('')
  await agent.keyboard.press('Escape')
  await agent.keyboard.press('/')
  await agent.locator('.search-field').fill(w.human)
  await agent.locator('.search-list .worklist-row', { hasText: w.tag }).waitFor()
  expect(await accessibility(agent), 'accessibility of the search').toEqual([])
  await shot(agent, look, '44-search')
  await agent.locator('.search-list .worklist-row', { hasText: w.tag }).click()
  await agent.locator('.work-tag', { hasText: w.tag }).waitFor()
  expect(world.problems).toEqual([])
  await agent.context().close()
  await chat.page.context().close()
})
