// Who rules on a dispute: the brief he is handed, the evidence of both sides, the ruling, and the appeal that another
// agent must hear. On a Redis of its own.
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { agentOpens, buyerAdds, dispute } from './dispute'
import { Redis } from './redis'
import { accessibility, photograph, shot, until, World, type Look } from './world'

const words = {
  'zh-CN': { brief: '交接简报', claim: '受理案件', rule: '支持商家', short: '不行', reasons: '视频看不出故障，凭证不足以支持申请。', consequence: /不退款/, decisions: /^决定/, justNow: '刚刚',
    appeal: /^申诉$/, appealYes: /确定申诉/, notYou: '原裁定是您作出的', uphold: '维持原裁定', upheld: '复核了新凭证，原裁定没有问题。', final: /复核维持原结果/, verify: '核对指纹', same: '与收到时一致', shop: '商家', angry: '生气', last: '你们是骗子，气死我了', escalation: '平台介入' },
  en: { brief: 'Handoff brief', claim: 'Take the case', rule: 'For the merchant', short: 'No', reasons: 'The video does not show the fault; the evidence is too thin.', consequence: /without a refund/, decisions: /^Decisions/, justNow: 'just now',
    appeal: /^Appeal$/, appealYes: /Yes, appeal/, notYou: 'You made the ruling', uphold: 'Uphold the ruling', upheld: 'The new evidence was looked at; the ruling stands.', final: /The review upheld/, verify: 'Check the hash', same: 'As it was received', shop: 'Merchant', angry: 'angry', last: 'You are scammers, I am furious', escalation: 'platform intervention' },
} as const

const looks: Look[] = [
  { size: 'phone', scheme: 'light', locale: 'zh-CN' },
  { size: 'desktop', scheme: 'dark', locale: 'en' },
]

const scaleOf = (transform: string): number => Number(/scale\(([\d.]+)\)/.exec(transform)?.[1] ?? 0)

describe.each(looks)('$locale, $size, $scheme', (look) => {
  const w = words[look.locale]
  let redis: Redis
  let world: World
  beforeAll(async () => {
    redis = await Redis.start()
    world = await World.start(redis.flags)
  })
  afterAll(async () => {
    await world.stop()
    await redis.stop()
  })

  test('a dispute is taken, looked at and ruled on', async () => {
    const { chat, id } = await dispute(world, look)
    const agent = await agentOpens(world, look)
    if (look.size === 'phone') await agent.locator('.tab').last().click()

    // The brief says what happened before anybody asks.
    const brief = agent.locator('.brief')
    await brief.locator('.brief-code', { hasText: 'NEED_EVIDENCE' }).waitFor()
    await brief.locator('.brief-quote', { hasText: w.last }).first().waitFor()
    await brief.locator('.brief-head').getByText(w.angry).waitFor()
    await brief.locator('.brief-head').getByText(w.escalation).waitFor()
    await shot(agent, look, '40-brief')
    expect(await accessibility(agent), 'accessibility of the brief').toEqual([])
    await brief.locator('.brief-fold').focus()
    await agent.keyboard.press('Enter')
    await brief.locator('.brief-body').waitFor({ state: 'hidden' })
    await shot(agent, look, '41-brief-folded')

    // The evidence of both sides: closer, turned, side by side.
    await agent.locator('.side .thumb:has(img)').first().click()
    const room = agent.locator('dialog.ev')
    const picture = room.locator('.ev-stage img').first()
    const matrix = (): Promise<string> => picture.evaluate((img) => (img as HTMLElement).style.transform)
    let before = ''
    await until('the picture to lie still', async () => {
      const [last, now] = [before, await matrix()]
      before = now
      return now.includes('scale') && now === last && await picture.evaluate((img) => (img as HTMLImageElement).naturalWidth > 0)
    })
    await agent.keyboard.press('+')
    await until('a closer look', async () => scaleOf(await matrix()) > scaleOf(before) * 1.3)
    await agent.keyboard.press('Shift+ArrowRight')
    await agent.keyboard.press('r')
    await until('the turn', async () => (await matrix()).includes('rotate(90deg)'))
    await agent.keyboard.press('0')
    await until('as it was', async () => await matrix() === before)
    await room.locator('.ev-stage').hover()
    await agent.mouse.wheel(0, -400)
    await until('the wheel', async () => scaleOf(await matrix()) > scaleOf(before) * 2)
    await agent.mouse.down()
    await agent.mouse.move(60, 300, { steps: 4 })
    await agent.mouse.up()
    if (look.size === 'phone') await agent.keyboard.press('i') // there it would take the picture's room
    await room.getByRole('button', { name: w.verify }).click()
    await room.getByText(w.same).waitFor()
    await shot(agent, look, '42-viewer')
    expect(await accessibility(agent), 'accessibility of the viewer').toEqual([])
    await agent.keyboard.press('c')
    await room.locator('.ev-choose').nth(1).waitFor()
    expect(await room.locator('.ev-stage').count()).toBe(2)
    // The other side's piece is there without being looked for.
    expect(await room.locator('.ev-choose').nth(1).locator('option:checked').textContent()).toContain(w.shop)
    await until('the other picture', async () => room.locator('.ev-stage img').nth(1).evaluate((img) => (img as HTMLImageElement).naturalWidth > 0))
    await shot(agent, look, '43-compare')
    expect(await accessibility(agent), 'accessibility of the comparison').toEqual([])
    await agent.keyboard.press('Escape')
    await room.waitFor({ state: 'detached' })
    expect(await agent.evaluate(() => document.activeElement?.className)).toContain('thumb')

    // The film plays.
    await agent.locator('.side .thumb:not(:has(img))').first().click()
    const film = room.locator('.ev-stage video')
    await film.waitFor()
    await film.evaluate((v) => (v as HTMLVideoElement).play())
    await until('the film to run', async () => film.evaluate((v) => (v as HTMLVideoElement).currentTime > 0.2))
    await shot(agent, look, '43b-film')
    await agent.keyboard.press('Escape')
    await room.waitFor({ state: 'detached' })

    // The ruling: reasons first, then a dialog that names the money and what follows.
    const actions = agent.locator('.case-actions')
    await actions.getByText(w.claim).click()
    await agent.locator('.af button[type=submit]').click()
    await actions.getByText(w.rule, { exact: true }).click()
    await agent.fill('.af textarea', w.short)
    await agent.click('.af button[type=submit]')
    await agent.locator('.af [aria-invalid=true]').waitFor()
    await agent.fill('.af textarea', w.reasons)
    await agent.click('.af button[type=submit]')
    const confirm = agent.locator('dialog.af-confirm')
    await confirm.getByText(w.consequence).waitFor()
    expect(await confirm.locator('button[type=submit]').isDisabled()).toBe(true)
    await confirm.locator('input[type=checkbox]').check()
    await shot(agent, look, '44-confirm')
    expect(await accessibility(agent), 'accessibility of the confirmation').toEqual([])
    await confirm.locator('button[type=submit]').dblclick()
    await confirm.waitFor({ state: 'detached' })
    await chat.sees(w.reasons)

    // The record says who did it and when, and can be read by kind.
    const record = agent.locator('.tl-tools')
    await record.getByRole('button', { name: w.decisions }).click()
    await until('the decisions alone', async () => (await agent.locator('.history .tl-line:not(.is-decision)').count()) === 0)
    await agent.locator('.history .tl-line', { hasText: w.reasons }).getByText('agent').waitFor()
    await record.locator('input').check()
    await agent.locator('.history time', { hasText: w.justNow }).first().waitFor()
    await record.scrollIntoViewIfNeeded()
    await shot(agent, look, '45-timeline')

    // The buyer appeals with something new. Who ruled may not hear it; another may.
    await buyerAdds(world, look, id, await photograph(chat.page, 7))
    await agent.locator('.sides .side').first().locator('li').nth(2).waitFor()
    await chat.press(w.appeal)
    await chat.press(w.appealYes)
    await agent.locator('.case-actions').getByText(w.notYou).waitFor()
    await agent.locator('.case-actions').scrollIntoViewIfNeeded()
    expect(await actions.locator('button').count()).toBe(0)
    await shot(agent, look, '46-not-yours')
    const senior = await agentOpens(world, look, 'senior')
    if (look.size === 'phone') await senior.locator('.tab').last().click()
    await senior.locator('.case-actions').getByText(w.uphold).click()
    await senior.fill('.af textarea', w.upheld)
    await senior.click('.af button[type=submit]')
    await senior.locator('dialog.af-confirm input[type=checkbox]').check()
    await senior.locator('dialog.af-confirm button[type=submit]').click()
    await chat.sees(w.final)
    await shot(senior, look, '47-upheld')
    expect(world.problems).toEqual([])
  })
})
