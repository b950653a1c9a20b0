// Who rules on a dispute: the brief he is handed, the evidence of both sides, the ruling, and the appeal that another
// agent must hear. On a Redis of its own.
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { agentOpens, dispute } from './dispute'
import { Redis } from './redis'
import { accessibility, shot, until, World, type Look } from './world'

const words = {
  'zh-CN': { brief: '交接简报', verify: '核对指纹', same: '与收到时一致', shop: '商家', angry: '生气', last: '你们是骗子，气死我了', escalation: '平台介入' },
  en: { brief: 'Handoff brief', verify: 'Check the hash', same: 'As it was received', shop: 'Merchant', angry: 'angry', last: 'You are scammers, I am furious', escalation: 'platform intervention' },
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
    await dispute(world, look)
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
    await until('the picture', async () => (await matrix()).includes('scale'))
    const before = await matrix()
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
    expect(world.problems).toEqual([])
  })
})
