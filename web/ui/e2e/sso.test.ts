// An agent comes in by single sign-on: there and back, and whatever goes wrong is told on the login card.
import { afterAll, beforeAll, expect, test } from 'vitest'
import { Provider } from './provider'
import { accessibility, shot, World, type Look } from './world'

const words = {
  'zh-CN': { sso: '用企业账号登录', cancelled: '企业登录已取消', unknown: '还没有账号', again: '这次企业登录已失效', away: '暂时连不上' },
  en: { sso: 'Sign in with SSO', cancelled: 'cancelled', unknown: 'no account here', again: 'no longer valid', away: 'cannot be reached' },
} as const

const looks: Look[] = [
  { size: 'desktop', scheme: 'light', locale: 'zh-CN' },
  { size: 'phone', scheme: 'dark', locale: 'zh-CN' },
  { size: 'phone', scheme: 'light', locale: 'en' },
  { size: 'desktop', scheme: 'dark', locale: 'en' },
]

let provider: Provider
let world: World
beforeAll(async () => {
  provider = await Provider.start()
  world = await World.start((base) => provider.flags(base))
})
afterAll(async () => {
  await world.stop()
  await provider.stop()
})

// First, while the server has not found it yet.
test('a provider that is away is told, and a password still lets in', async () => {
  const look: Look = { size: 'phone', scheme: 'dark', locale: 'zh-CN' }
  provider.reachable = false
  const page = await world.open('agent', look)
  await page.goto(`${world.base}/console`)
  await page.locator('.login-sso').click()
  await page.locator('[role=alert]', { hasText: words['zh-CN'].away }).waitFor()
  await shot(page, look, '61-sso-away')
  provider.reachable = true
  await page.fill('#login', 'agent')
  await page.fill('#password', 'recourse-demo')
  await page.click('button[type=submit]')
  await page.locator('.topbar').waitFor()
  await page.context().close()
})

test.each(looks)('in by single sign-on: $locale, $size, $scheme', async (look) => {
  const w = words[look.locale]
  const page = await world.open('agent', look)
  await page.goto(`${world.base}/console`)
  const button = page.locator('.login-sso', { hasText: w.sso })
  const trouble = page.locator('[role=alert]')
  await button.waitFor()
  expect(await accessibility(page), 'accessibility of the login').toEqual([])
  await shot(page, look, '60-sso')
  const leave = async (): Promise<void> => {
    await expect.poll(async () => {
      if (page.url().startsWith(world.base)) await button.click({ timeout: 5_000 }).catch(() => undefined)
      return page.url()
    }, { timeout: 20_000 }).toContain(provider.issuer) // just after it was away it is not asked again at once
  }
  // He thinks better of it.
  await leave()
  await page.getByRole('button', { name: 'cancel' }).click()
  await trouble.getByText(w.cancelled).waitFor()
  expect(page.url()).toBe(`${world.base}/console`)
  await shot(page, look, '62-sso-cancelled')
  // Somebody whom the desk does not know.
  await leave()
  await page.fill('[name=user]', 'stranger')
  await page.getByRole('button', { name: 'in', exact: true }).click()
  await trouble.getByText(w.unknown).waitFor()
  expect(await accessibility(page), 'accessibility of a refusal').toEqual([])
  await shot(page, look, '63-sso-unknown')
  // An address of somebody else's login.
  await page.goto(`${world.base}/console?code=x&state=y`)
  await trouble.getByText(w.again).waitFor()
  // And in.
  await leave()
  await page.fill('[name=user]', 'agent')
  await page.getByRole('button', { name: 'in', exact: true }).click()
  await page.locator('.topbar').waitFor()
  expect(page.url()).toBe(`${world.base}/console`)
  await page.reload()
  await page.locator('.topbar').waitFor()
  await page.context().close()
  expect(world.problems).toEqual([])
})
