// What an agent sees and does in the console.
import type { Locator, Page } from 'playwright-core'
import { until } from './world'

/** A button of what he is offered. */
export const offer = (page: Page, button: string): Locator => page.locator('.offer').getByRole('button', { name: button, exact: true })

/** A buyer's line in his inbox. */
export const item = (page: Page, buyer: string): Locator => page.locator('.inbox-item', { hasText: buyer })

/** Whether the chat that is open is his. */
export const holds = async (page: Page): Promise<boolean> => (await page.locator('.talk-holder.is-mine').count()) > 0

/** He comes to have a buyer's chat, offered to him or given: what is offered he accepts. */
export async function takes(page: Page, buyer: string, accept: string): Promise<void> {
  await until('the chat to be his', async () => {
    if (await holds(page)) return true
    if (await offer(page, accept).count()) await offer(page, accept).click({ timeout: 1000 }).catch(() => undefined)
    else if (await item(page, buyer).count()) await item(page, buyer).click({ timeout: 1000 }).catch(() => undefined)
    return false
  })
}
