// A case on its way to the platform, and the agents who look at it.
import { readFileSync } from 'node:fs'
import type { Page } from 'playwright-core'
import { Chat } from './chat'
import { photograph, until, type Look, type World } from './world'

const words = {
  'zh-CN': { story: '手环充了一晚上电都开不了机，盒子也磨破了', item: /手环/, yes: /对，就是这个/, submit: /确认提交/, angry: '你们是骗子，气死我了', refusal: '已签收视为无误', escalate: /申请平台介入/ },
  en: { story: "The band won't turn on after charging all night, and the box is worn", item: /band/, yes: /Yes, that's it/, submit: /Confirm and submit/, angry: 'You are scammers, I am furious', refusal: 'It was signed for', escalate: /Ask the platform to step in/ },
} as const

interface View { id: string; version: number; state: string }

/** A shop's call of the API. */
async function shopAsks<T>(world: World, path: string, body?: object): Promise<T> {
  const res = await fetch(`${world.base}/api/merchant${path}`, {
    method: body ? 'POST' : 'GET',
    headers: { Authorization: 'Bearer rk_demo_shop-shuma', 'Content-Type': 'application/json', 'Idempotency-Key': `e2e ${path}` },
    ...(body ? { body: JSON.stringify(body) } : {}),
  })
  if (!res.ok) throw new Error(`${path}: ${res.status} ${await res.text()}`)
  return await res.json() as T
}

/** The buyer applies with a picture and a film; the shop refuses with a picture of its own; he asks the platform. */
export async function dispute(world: World, look: Look): Promise<{ chat: Chat; id: string }> {
  const w = words[look.locale]
  const chat = await Chat.open(world, look)
  await chat.say(w.story)
  await chat.frame.locator('.order').filter({ hasText: w.item }).last().click()
  await chat.press(w.yes)
  await chat.frame.locator('.check-row').first().waitFor()
  await chat.upload(0, 'band.jpg', await photograph(chat.page, 1))
  await chat.frame.locator('.check-row').first().locator('.thumb').first().waitFor()
  await chat.upload(1, 'fault.mp4', readFileSync(new URL('./fault.mp4', import.meta.url))) // two seconds that play
  await chat.frame.locator('.transcript').getByText(w.submit).waitFor()
  await chat.press(w.submit)
  let view: View | undefined
  await until('the application', async () => {
    const list = await shopAsks<{ cases: View[] }>(world, '/cases')
    view = list.cases.find((c) => c.state === 'merchant_review')
    return view !== undefined
  })
  if (!view) throw new Error('no application')
  await shopUploads(world, view.id, await photograph(chat.page, 3))
  view = await shopAsks<View>(world, `/cases/${view.id}`)
  await shopAsks(world, `/cases/${view.id}/reject`, { expected_version: view.version, code: 'MR04', text: w.refusal, told_appeal: true })
  await chat.sees(w.refusal)
  await chat.say(w.angry)
  await chat.press(w.escalate)
  return { chat, id: view.id }
}

/** Something more of the buyer's, in the case as it stands. */
export async function buyerAdds(world: World, look: Look, id: string, file: Buffer): Promise<void> {
  const res = await fetch(`${world.base}/demo/api/token`, {
    method: 'POST', headers: { 'Content-Type': 'application/json' }, body: JSON.stringify({ buyer: look.locale === 'en' ? 'demo-anna' : 'demo-xiaoli' }),
  })
  const { token } = await res.json() as { token: string }
  await uploads(world, token, id, 'item_photo', file)
}

/** A file comes by the way of all files: tus. */
async function uploads(world: World, token: string, id: string, kind: string, file: Buffer): Promise<void> {
  const b64 = (s: string): string => Buffer.from(s).toString('base64')
  const head = { Authorization: `Bearer ${token}`, 'Tus-Resumable': '1.0.0' }
  const made = await fetch(`${world.base}/api/uploads`, {
    method: 'POST',
    headers: { ...head, 'Upload-Length': `${file.length}`, 'Upload-Metadata': `case ${b64(id)},kind ${b64(kind)},filename ${b64('proof.jpg')}` },
  })
  const at = made.headers.get('Location')
  if (!made.ok || !at) throw new Error(`upload: ${made.status} ${await made.text()}`)
  const sent = await fetch(new URL(at, world.base), { method: 'PATCH', headers: { ...head, 'Upload-Offset': '0', 'Content-Type': 'application/offset+octet-stream' }, body: new Uint8Array(file) })
  if (!sent.ok) throw new Error(`upload: ${sent.status} ${await sent.text()}`)
}

/** The shop's picture. */
async function shopUploads(world: World, id: string, file: Buffer): Promise<void> {
  await uploads(world, 'rk_demo_shop-shuma', id, 'merchant_quality_proof', file)
  await until('the picture of the shop', async () => (await shopAsks<{ evidence?: { party: string }[] }>(world, `/cases/${id}`)).evidence?.some((e) => e.party === 'merchant') ?? false)
}

/** An agent logs in and opens the first conversation. */
export async function agentOpens(world: World, look: Look, login = 'agent'): Promise<Page> {
  const page = await world.open(login, look)
  await page.goto(`${world.base}/console`)
  await page.fill('#login', login)
  await page.fill('#password', 'recourse-demo')
  await page.click('button[type=submit]')
  await page.locator('.inbox-item').first().click()
  return page
}
