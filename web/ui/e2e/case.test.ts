// Who rules on a dispute: the brief he is handed, the evidence of both sides, the ruling, and the appeal that another
// agent must hear. On a Redis of its own.
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { agentOpens, dispute } from './dispute'
import { Redis } from './redis'
import { accessibility, shot, World, type Look } from './world'

const words = {
  'zh-CN': { brief: '交接简报', angry: '生气', last: '你们是骗子，气死我了', escalation: '平台介入' },
  en: { brief: 'Handoff brief', angry: 'angry', last: 'You are scammers, I am furious', escalation: 'platform intervention' },
} as const

const looks: Look[] = [
  { size: 'phone', scheme: 'light', locale: 'zh-CN' },
  { size: 'desktop', scheme: 'dark', locale: 'en' },
]

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
    expect(world.problems).toEqual([])
  })
})
