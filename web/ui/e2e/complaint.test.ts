// A complaint as its people live it: the buyer files it in the widget, the merchant answers at his desk, the agent
// decides in the console, the buyer confirms. Pictures of every step are kept.
import { afterAll, beforeAll, expect, test } from 'vitest'
import { accessibility, photograph, pressBar, shot, World, type Look } from './world'

const words = {
  'zh-CN': {
    buyer: 'demo-xiaoli', launcher: /打开退款助手/, story: '我要投诉商家，客服态度差，问了三天不回还骂我', item: /手环/, kind: /服务态度差/, go: /继续/,
    receipt: /收到.*回执：.*文件指纹 [0-9a-f]{12}/, file: /确认提交投诉/, filed: /需在.*前回复处理方案/, desk: '投诉', reply: '回复处理方案', solution: '已批评客服并向您致歉', confirm: '确认提交',
    claim: '受理', uphold: '认定成立', reasons: '聊天记录显示确有不当言辞，予以警示。', satisfied: /满意，结束投诉/, closed: /投诉已结束/,
  },
  en: {
    buyer: 'demo-anna', launcher: /Open refund/, story: 'I want to complain about the shop, they were rude and ignored me for three days', item: /band/, kind: /Poor service/, go: /Go on/,
    receipt: /Received: .*file fingerprint [0-9a-f]{12}/, file: /Confirm and file/, filed: /must answer with a solution/, desk: 'Complaints', reply: 'Answer with a solution', solution: 'We have spoken to our staff and are sorry', confirm: 'Confirm',
    claim: 'Take it', uphold: 'Uphold', reasons: 'The chat shows unseemly language; a warning follows.', satisfied: /Satisfied, close it/, closed: /the complaint is closed/,
  },
} as const

let world: World
beforeAll(async () => { world = await World.start() }, 60_000)
afterAll(async () => { await world.stop() }, 60_000)

const looks: Look[] = [
  { size: 'phone', scheme: 'light', locale: 'zh-CN' },
  { size: 'desktop', scheme: 'dark', locale: 'en' },
]

test.each(looks)('a complaint is filed, answered, decided and confirmed: $locale on a $size, $scheme', { timeout: 180_000 }, async (look) => {
  const w = words[look.locale]
  const buyer = await world.open('buyer', look)
  await buyer.addInitScript((b) => { if (window.top === window) sessionStorage.setItem('recourse.demo.buyer', b) }, w.buyer)
  await buyer.goto(`${world.base}/?locale=${look.locale}`)
  await buyer.getByRole('button', { name: w.launcher }).click()
  const chat = await (await buyer.waitForSelector('iframe')).contentFrame()
  if (!chat) throw new Error('the widget has no frame')
  const press = async (label: RegExp): Promise<void> => {
    const button = chat.locator('.transcript button:not([aria-disabled="true"]):not([disabled])').filter({ hasText: label }).last()
    await button.waitFor()
    await button.click()
  }
  await chat.locator('textarea:not([disabled])').first().fill(w.story)
  await chat.locator('textarea').first().press('Enter')
  await press(w.item)
  await press(w.kind)
  const file = chat.locator('.check-row').first().locator('input[type=file]').first()
  await file.setInputFiles({ name: 'chat.jpg', mimeType: 'image/jpeg', buffer: await photograph(buyer, 7) })
  await chat.locator('.check-row.is-done').first().waitFor()
  await chat.locator('.bubble').getByText(w.receipt).first().waitFor()
  await shot(buyer, look, 'complaint-1-evidence')
  await press(w.go)
  await chat.locator('.facts').last().waitFor()
  await shot(buyer, look, 'complaint-2-summary')
  await press(w.file)
  await chat.locator('.complaint').getByText(w.filed).first().waitFor()
  await shot(buyer, look, 'complaint-3-filed')
  await chat.locator('.strip-line').click()
  await chat.locator('#complaint-panel .complaint').waitFor()
  await shot(buyer, look, 'complaint-4-panel')
  expect(await accessibility(chat)).toEqual([])
  await chat.locator('.strip-line').click()

  const desk = await world.open('merchant', look)
  await desk.goto(`${world.base}/demo/merchant?locale=${look.locale}`)
  await desk.locator('.m-top').getByRole('button', { name: w.desk, exact: true }).click()
  await desk.locator('.m-row').first().click()
  await shot(desk, look, 'complaint-5-desk')
  await desk.getByRole('button', { name: w.reply }).click()
  await desk.locator('#complaint-text').fill(w.solution)
  await desk.getByRole('button', { name: w.confirm, exact: true }).click()
  await desk.locator('.complaint-words', { hasText: w.solution }).waitFor()
  expect(await accessibility(desk)).toEqual([])

  const agent = await world.open('agent', look)
  await agent.goto(`${world.base}/console?locale=${look.locale}`)
  await agent.fill('#login', 'agent')
  await agent.fill('#password', 'recourse-demo')
  await agent.click('button[type=submit]')
  await pressBar(agent, new RegExp(w.desk))
  await agent.locator('.worklist-row').first().click()
  await agent.getByRole('button', { name: w.claim, exact: true }).click()
  await agent.getByRole('button', { name: w.uphold, exact: true }).click()
  await agent.locator('#complaint-text').fill(w.reasons)
  await shot(agent, look, 'complaint-6-console')
  expect(await accessibility(agent)).toEqual([])
  await agent.getByRole('button', { name: w.confirm, exact: true }).click()
  await agent.locator('.complaint-words', { hasText: w.reasons }).waitFor()
  await shot(agent, look, 'complaint-7-decided')

  await press(w.satisfied)
  await chat.locator('.notice').getByText(w.closed).first().waitFor()
  await shot(buyer, look, 'complaint-8-closed')
  expect(world.problems).toEqual([])
})
