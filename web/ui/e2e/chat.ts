// The buyer's chat, in its frame on the shop's page.
import type { Frame, Page } from 'playwright-core'
import type { Look, World } from './world'

const entry = {
  'zh-CN': { buyer: 'demo-xiaoli', launcher: /打开退款助手/ },
  en: { buyer: 'demo-anna', launcher: /Open refund/ },
} as const

export class Chat {
  private constructor(private readonly world: World, readonly page: Page, private inside: Frame, private readonly look: Look, readonly buyer: string) {}

  get frame(): Frame {
    return this.inside
  }

  static open(world: World, look: Look): Promise<Chat> {
    return Chat.of(world, look, entry[look.locale].buyer)
  }

  /** The chat of a buyer that nobody knows yet, with an order of his own. */
  static async ofAnother(world: World, look: Look): Promise<Chat> {
    const res = await fetch(`${world.base}/demo/api/lab/open`, { method: 'POST', body: JSON.stringify({ locale: look.locale }) })
    if (!res.ok) throw new Error(`another buyer: ${res.status}`)
    const { buyer, token } = await res.json() as { buyer: string; token: string }
    return Chat.of(world, look, buyer, token)
  }

  private static async of(world: World, look: Look, buyer: string, token = ''): Promise<Chat> {
    const page = await world.open(buyer, look)
    await page.addInitScript((b) => {
      if (window.top === window) sessionStorage.setItem('recourse.demo.buyer', b)
    }, entry[look.locale].buyer)
    if (token) await page.route('**/demo/api/token', (route) => route.fulfill({ json: { token } }))
    await page.goto(`${world.base}/?locale=${look.locale}`)
    return new Chat(world, page, await Chat.enter(page, look), look, buyer)
  }

  private static async enter(page: Page, look: Look): Promise<Frame> {
    await page.getByRole('button', { name: entry[look.locale].launcher }).click()
    const frame = await (await page.waitForSelector('iframe')).contentFrame()
    if (!frame) throw new Error('the widget has no frame')
    await frame.waitForSelector('textarea:not([disabled])')
    return frame
  }

  async reload(): Promise<void> {
    await this.page.reload()
    this.inside = await Chat.enter(this.page, this.look)
  }

  async say(text: string): Promise<void> {
    const box = this.frame.locator('textarea').first()
    await box.fill(text)
    await box.press('Enter')
    await this.frame.locator('.bubble', { hasText: text }).first().waitFor()
  }

  /** Presses the latest button with these words that can be pressed. */
  async press(label: RegExp): Promise<void> {
    const button = this.frame.locator('.transcript button:not([aria-disabled="true"]):not([disabled])').filter({ hasText: label })
    await button.last().waitFor()
    await button.last().click()
  }

  async sees(text: string | RegExp): Promise<void> {
    await this.frame.locator('.transcript').getByText(text).last().waitFor()
  }

  /** Gives a file to a row of the newest checklist. */
  async upload(row: number, name: string, content: Buffer): Promise<void> {
    const kind = name.endsWith('.mp4') ? 'video' : 'image'
    const input = this.frame.locator('.checklist').last().locator('.check-row').nth(row).locator(`input[type=file][accept*="${kind}"][multiple]`).first()
    await input.setInputFiles(this.world.file(name, content))
  }
}
