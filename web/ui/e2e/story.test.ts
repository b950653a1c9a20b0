// The first story (the case study of 002_accebd9f2fab02c4.txt) as its people live it: the buyer in the widget, the
// merchant at his desk, the agent in the console. In both languages; pictures of every step are kept.
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { Page } from 'playwright-core'
import { Chat } from './chat'
import { accessibility, film, photograph, shot, until, World, type Look } from './world'

const words = {
  'zh-CN': {
    story: '前天在直播间买的手环充了一晚上电都开不了机，盒子也磨破了', item: /手环/,
    yes: /对，就是这个/, submit: /确认提交/, refusal: '已签收视为无误', reject: '拒绝申请', told: '已告知买家', escalate: /申请平台介入/,
    back: '交还机器人', hello: '您好，我在看您的凭证。', thanks: '好的，麻烦了', ask: '要求补充凭证', party: '买家', kind: '外包装', why: '请拍外箱磨损处',
    rule: '支持买家：退款', reasons: '故障视频显示充电后无法开机，签收不代表质量无误。', status: '现在到哪一步了？', clock: '还剩', arrived: '支付渠道已受理退款',
    colour: '那件毛衣颜色不喜欢，想退货', sweater: /毛衣/, closed: /七天无理由退货的时间已经过了/, open: /商品本身确实有问题/,
  },
  en: {
    story: "The band I bought in the live room won't turn on after charging all night, and the box is worn", item: /band/,
    yes: /Yes, that's it/, submit: /Confirm and submit/, refusal: 'It was signed for, so it counts as accepted', reject: 'Reject', told: 'told', escalate: /Ask the platform to step in/,
    back: 'bot', hello: 'Hello, I am looking at your evidence.', thanks: 'Thank you', ask: 'evidence', party: 'Buyer', kind: 'packaging', why: 'Please show where the box is worn',
    rule: 'refund', reasons: 'The video shows that it does not turn on; a signature does not prove quality.', status: 'any update?', clock: 'left', arrived: 'The payment channel took the refund',
    colour: "I don't like the colour of the cardigan, I want to return it", sweater: /cardigan/, closed: /time for a no-reason return is over/, open: /really faulty/,
  },
} as const

async function logIn(world: World, look: Look): Promise<Page> {
  const page = await world.open('agent', { ...look, size: 'desktop' })
  await page.goto(`${world.base}/console`)
  await page.fill('#login', 'agent')
  await page.fill('#password', 'recourse-demo')
  await page.click('button[type=submit]')
  await page.waitForSelector('.inbox-item')
  return page
}

const looks: Look[] = [
  { size: 'phone', scheme: 'light', locale: 'zh-CN' },
  { size: 'desktop', scheme: 'dark', locale: 'en' },
]

describe.each(looks)('$locale, $size, $scheme', (look) => {
  let world: World
  beforeAll(async () => {
    world = await World.start()
  })
  afterAll(async () => {
    await world.stop()
  })

  test('the smart band, from the first word to the money', async () => {
    const w = words[look.locale]
    const chat = await Chat.open(world, look)
    await shot(chat.page, look, '01-open')
    await chat.say(w.story)
    await chat.frame.locator('.order').filter({ hasText: w.item }).last().click()
    await chat.press(w.yes)
    await chat.frame.locator('.check-row').first().waitFor()
    await shot(chat.page, look, '02-verdict-and-evidence')
    expect(await accessibility(chat.frame), 'accessibility of the checklist').toEqual([])

    await chat.upload(0, 'band.jpg', await photograph(chat.page, 1))
    await chat.frame.locator('.check-row').first().locator('.thumb').first().waitFor()
    await chat.upload(1, 'fault.mp4', film())
    await shot(chat.page, look, '03-uploading')
    await chat.frame.locator('.transcript').getByText(w.submit).waitFor()
    await shot(chat.page, look, '04-summary')
    await chat.press(w.submit)

    // The merchant at his desk, through the real API.
    const shop = await world.open('merchant', { ...look, size: 'desktop' })
    await shop.goto(`${world.base}/demo/merchant`)
    await shop.locator('.m-row').first().click()
    await shop.locator('.m-work .btn').filter({ hasText: w.reject }).first().click()
    await shop.selectOption('.af select >> nth=0', 'MR04')
    await shop.fill('.af textarea', w.refusal)
    await shop.locator('.af label').filter({ hasText: w.told }).locator('input[type=checkbox]').check()
    await shot(shop, look, '05-merchant-refuses')
    await shop.click('.af button[type=submit]')

    // The buyer is told at once, with the clock and two buttons.
    await chat.sees(w.refusal)
    await chat.frame.locator('.transcript').getByText(w.clock).last().waitFor()
    await chat.frame.locator('.transcript button:not([aria-disabled="true"])').filter({ hasText: w.escalate }).last().waitFor()
    await shot(chat.page, look, '06-refused')
    await chat.press(w.escalate)

    const agent = await logIn(world, look)
    await agent.locator('.inbox-item').first().click()
    await agent.locator('.block').first().waitFor()
    await shot(agent, look, '07-agent-sees-it-waiting')
    await agent.keyboard.press('c')
    await agent.locator('.case-actions').getByText(w.rule).first().waitFor()
    await agent.keyboard.press('r')
    await agent.keyboard.type(w.hello)
    await agent.keyboard.press('Control+Enter')
    await chat.sees(w.hello)
    await chat.say(w.thanks)
    await agent.locator('.bubble', { hasText: w.thanks }).first().waitFor()
    expect(await accessibility(agent), 'accessibility of the console').toEqual([])
    await shot(chat.page, look, '08-a-person-has-the-chat')

    await agent.locator('.case-actions').getByText(w.ask).first().click()
    await agent.locator('.af-pill').filter({ hasText: w.party }).first().click()
    await agent.locator('.af-pill').filter({ hasText: w.kind }).first().click()
    await agent.fill('.af textarea', w.why)
    await shot(agent, look, '09-agent-asks-for-a-picture')
    await agent.click('.af button[type=submit]')
    await chat.sees(w.why)
    const rows = await chat.frame.locator('.checklist').last().locator('.check-row').count()
    await shot(chat.page, look, '10-asked-for-a-picture')
    await chat.upload(rows - 1, 'box.jpg', await photograph(chat.page, 2))

    await agent.locator('.case-actions').getByText(w.rule).first().click()
    await agent.fill('.af textarea', w.reasons)
    await agent.click('.af button[type=submit]')
    await agent.locator('.af input[type=checkbox]').check()
    await shot(agent, look, '11-agent-rules')
    await agent.click('.af button[type=submit]')
    await chat.sees(w.reasons)
    await shot(chat.page, look, '12-ruled')
    await agent.getByText(w.back).first().click()

    // The bot is back, and answers.
    await until('the bot', async () => (await chat.frame.locator('.transcript .bubble').count()) > 0)
    await chat.say(w.status)
    await world.push('48h')
    await world.push('6h')
    await chat.sees(w.arrived)
    await shot(chat.page, look, '13-the-money-has-arrived')
    await shot(agent, look, '14-agent-afterwards')
    expect(world.problems).toEqual([])
  })

  test('the colour, after seven days: a clear no, and what is still open', async () => {
    const w = words[look.locale]
    const chat = await Chat.open(world, look)
    await chat.say(w.colour)
    await chat.frame.locator('.order').filter({ hasText: w.sweater }).last().click()
    await chat.press(w.yes)
    await chat.sees(w.closed)
    await chat.sees(w.open)
    await shot(chat.page, look, '20-not-eligible')
    expect(world.problems).toEqual([])
  })
})
