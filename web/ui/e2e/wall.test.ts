// The supervisor's screens on a real Redis: the wall with who waits, who works and what is nearly due, giving a chat to an
// agent and taking it from there, and the reports of days with their file.
import { readFileSync } from 'node:fs'
import { afterEach, beforeEach, expect, test } from 'vitest'
import type { Page } from 'playwright-core'
import { Chat } from './chat'
import { dispute } from './dispute'
import { Redis } from './redis'
import { accessibility, pressBar, shot, until, World, type Look } from './world'

const words = {
  'zh-CN': {
    human: '转人工', wall: '实时看板', reports: '报表', waiting: '等待接手', longest: '最长等待', atWork: '在线客服', load: '接待负载', risk: /^即将到期 ·/, queue: '等待队列', agents: '客服', due: '即将到期',
    nobody: '无人等待', assign: '分配', pick: '选择客服', confirm: '确定: 分配', takeOver: '接管', why: '接管原因', reason: '买家是老客户', confirmTake: '确定: 接管', hours: '即将到期的范围', inQueue: /第 1 位/,
    close: '回到会话', one: '1 个会话', handoffs: '转人工', talks: '会话', save: '导出 CSV', today: '今天', table: '查看表格', reasons: '转人工原因', asked: '买家要求',
  },
  en: {
    human: 'I want to talk to a person', wall: 'Wall', reports: 'Reports', waiting: 'Waiting', longest: 'Longest wait', atWork: 'Agents online', load: 'Load', risk: /^Deadlines at risk ·/, queue: 'Queue', agents: 'Agents', due: 'Deadlines at risk',
    nobody: 'nobody waits', assign: 'Assign', pick: 'Choose an agent', confirm: 'Confirm: Assign', takeOver: 'Take over', why: 'Why you take it over', reason: 'I know this buyer', confirmTake: 'Confirm: Take over', hours: 'How near a deadline is at risk', inQueue: /No\. 1/,
    close: 'Chats', one: '1 chat', handoffs: 'Handoffs', talks: 'Conversations', save: 'Save as CSV', today: 'Today', table: 'Show as a table', reasons: 'Why a person was wanted', asked: 'the buyer asked',
  },
} as const

const looks: Look[] = [
  { size: 'desktop', scheme: 'light', locale: 'zh-CN' },
  { size: 'phone', scheme: 'dark', locale: 'en' },
  { size: 'phone', scheme: 'light', locale: 'zh-CN' },
  { size: 'desktop', scheme: 'dark', locale: 'en' },
]

let redis: Redis
let world: World
beforeEach(async () => {
  redis = await Redis.start()
  // The agent is away from offers, so that who waits goes on waiting until the supervisor gives him to somebody.
  world = await World.start([...redis.flags, '--offer-for', '30m'])
})
afterEach(async () => {
  await world.stop()
  await redis.stop()
})

test.each(looks)('a supervisor sees the desk and its days: $locale, $size, $scheme', async (look) => {
  const w = words[look.locale]
  const agent = await world.console({ ...look, size: 'desktop' }, 'agent')
  await agent.locator('.team-switch').click()
  await agent.locator('.team-switch[aria-checked=false]').waitFor()
  const lead = await world.console(look, 'lead')
  await pressBar(lead, w.wall)
  const wall = lead.getByRole('main', { name: w.wall })
  const figure = (label: string | RegExp) => wall.locator('.wall-figure').filter({ has: lead.locator('dt').getByText(label, typeof label === 'string' ? { exact: true } : {}) }).locator('.num')
  const reads = (label: string | RegExp, value: string | RegExp): Promise<void> =>
    until(`${label} to read ${value}`, async () => { const is = await figure(label).innerText(); return typeof value === 'string' ? is === value : value.test(is) })
  await reads(w.waiting, '0')
  await reads(w.longest, w.nobody)

  // Somebody comes to wait: how many, for how long, who is there and how full.
  const chat = await Chat.ofAnother(world, look)
  await chat.say(w.human)
  await reads(w.waiting, '1')
  await reads(w.longest, /^\d+ (秒|s)$/)
  await reads(w.atWork, '1')
  await reads(w.load, '0 / 0')
  const queue = wall.getByRole('region', { name: w.queue, exact: true })
  await queue.getByText(w.inQueue).waitFor()
  await queue.locator('.wall-chips').getByText(w.asked).first().waitFor()
  const agents = wall.getByRole('region', { name: w.agents, exact: true })
  await agents.getByText('小周').waitFor()
  await agents.getByText('王主管').waitFor()
  await shot(lead, look, '90-wall')
  expect(await accessibility(lead), 'accessibility of the wall').toEqual([])
  await fits(lead)

  // It is given to an agent, and taken from him with a reason that he reads.
  await queue.getByRole('button', { name: w.assign, exact: true }).click()
  await lead.getByRole('combobox', { name: w.pick }).selectOption('agent')
  await shot(lead, look, '91-assign')
  expect(await accessibility(lead), 'accessibility of assigning').toEqual([])
  await lead.getByRole('button', { name: w.confirm }).click()
  await reads(w.waiting, '0')
  await agent.locator('.inbox-item').first().click()
  await agent.locator('.talk-holder.is-mine').waitFor()
  await agents.locator('.wall-row', { hasText: '小周' }).getByText('1 / 5').waitFor()

  // A dispute comes before the platform: its deadline is at risk, and the supervisor takes it from here, with a reason.
  const { chat: disputed } = await dispute(world, look)
  const risk = wall.getByRole('region', { name: w.due, exact: true })
  await risk.getByLabel(w.hours).selectOption('24')
  await risk.locator('.wall-row').first().waitFor()
  await reads(w.risk, '1')
  await reads(w.waiting, '1')
  await shot(lead, look, '92-at-risk')
  expect(await accessibility(lead), 'accessibility of what is at risk').toEqual([])
  await risk.getByRole('button', { name: w.takeOver, exact: true }).click()
  await lead.getByRole('textbox', { name: w.why }).fill(w.reason)
  await lead.getByRole('button', { name: w.confirmTake }).click()
  await disputed.sees('王主管')
  await reads(w.waiting, '0')
  await agents.locator('.wall-row', { hasText: '王主管' }).getByText(w.one).waitFor()
  await shot(lead, look, '92-taken')
  await wall.getByRole('button', { name: w.close, exact: true }).click()
  await lead.locator('.inbox-item', { hasText: disputed.buyer }).click()
  await lead.locator('.talk-holder.is-mine').waitFor()
  await lead.locator('.pane-conversation').getByText(w.reason).waitFor()

  // The days: what has happened stands in today's figures, in the charts and in the file.
  await pressBar(lead, w.reports)
  const reports = lead.getByRole('main', { name: w.reports })
  const number = (label: string) => reports.locator('.wall-figure').filter({ has: lead.locator('dt').getByText(label, { exact: true }) }).locator('.num')
  await reports.getByRole('button', { name: w.today, exact: true }).click()
  await until('the handoff to be counted', async () => {
    if ((await number(w.handoffs).innerText().catch(() => '')) === '2') return true
    await reports.getByRole('button', { name: w.today, exact: true }).click()
    return false
  })
  expect(await number(w.talks).innerText()).toBe('2')
  await reports.getByRole('region', { name: w.reasons, exact: true }).getByText(w.asked).waitFor()
  await reports.getByText(w.table).first().click()
  await shot(lead, look, '93-reports')
  expect(await accessibility(lead), 'accessibility of the reports').toEqual([])
  await fits(lead)
  const [file] = await Promise.all([lead.waitForEvent('download'), reports.getByRole('button', { name: w.save }).click()])
  expect(file.suggestedFilename()).toMatch(/^recourse-\d{4}-\d\d-\d\d-\d{4}-\d\d-\d\d\.csv$/)
  const lines = readFileSync(await file.path(), 'utf8').trim().split(/\r?\n/)
  const at = (lines[0] ?? '').split(',').indexOf('handoffs')
  expect(lines, 'a head, the day, and the sum').toHaveLength(3)
  for (const line of lines.slice(1)) expect(line.split(',')[at]).toBe('2')
  expect(world.problems).toEqual([])
})

/** Nothing is wider than the screen. */
async function fits(page: Page): Promise<void> {
  const wide = await page.evaluate(() => [...document.querySelectorAll('main, header')].filter((node) => node.scrollWidth > node.clientWidth + 1).map((node) => node.className))
  expect(wide, 'wider than the screen').toEqual([])
}
