// Uploads that do not go smoothly, in a real browser against the real server: what was sent is never lost, and the
// answer is the step that fits the actual error. In both languages; pictures are kept.
import { createHash } from 'node:crypto'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { Page } from 'playwright-core'
import { Chat } from './chat'
import { accessibility, film, shot, until, World, type Look } from './world'

const words = {
  'zh-CN': {
    story: '手环充了一晚上电都开不了机', item: /手环/, yes: /对，就是这个/, broken: '凭证一直传不上去，转圈然后失败。', offline: /网络断开，已暂停/, lost: /请再选一次同一个文件/,
    another: /这不是刚才的文件/, same: /选同一个文件/, tooLarge: /图片最大 10 MB/, wrongType: /这种文件不能作为这项凭证/, shrink: /压缩后上传/, doubted: /可能无法作为凭证（画面模糊）/,
    anyway: /仍然上传/, saved: /都保存好了/, human: /要不要请人工客服/, photo: /拍照/, denied: /没有相机或相册的权限/, noCamera: /没有相机权限/, received: /收到$/, ask: /是哪一种情况/, spins: /一直转圈/, network: /切换到稳定的 Wi-Fi/, takeBack: /移除|取回/, taken: /已从草稿中移除/,
  },
  en: {
    story: "The band won't turn on after charging all night", item: /band/, yes: /Yes, that's it/, broken: "I can't upload the photo, it keeps spinning", offline: /Offline\. Paused/, lost: /Choose the same file again/,
    another: /That is another file/, same: /Choose the same file/, tooLarge: /pictures may have 10 MB at most/, wrongType: /This kind of file cannot be used here\. For pictures/, shrink: /Shrink and send/, doubted: /may not be usable as evidence \(blurry\)/,
    anyway: /Send anyway/, saved: /is saved/, human: /Shall I get you a person/, photo: /Take photo/, denied: /no permission for the camera/, noCamera: /No permission to use the camera/, received: /^Received/, ask: /What happens when you try/, spins: /It keeps spinning/, network: /switch to a stable Wi-Fi/, takeBack: /take (it )?back|remove/i, taken: /Taken out of the draft/,
  },
} as const

/** What the page asked of /api/uploads, by method. */
function counting(page: Page): Record<string, number> {
  const count: Record<string, number> = {}
  page.on('request', (r) => {
    if (new URL(r.url()).pathname.startsWith('/api/uploads')) count[r.method()] = (count[r.method()] ?? 0) + 1
  })
  return count
}

/** Bytes a second that the page may send; -1: as many as it can. */
async function throttle(page: Page, up: number): Promise<void> {
  const cdp = await page.context().newCDPSession(page)
  await cdp.send('Network.enable')
  await cdp.send('Network.emulateNetworkConditions', { offline: false, latency: 0, downloadThroughput: -1, uploadThroughput: up })
}

const sum = (b: Buffer): string => createHash('sha256').update(b).digest('hex').slice(0, 8)

/** A picture of noise, too large for evidence or (grain) not, or of hardly anything. */
async function picture(page: Page, look: 'noise' | 'grain' | 'fog'): Promise<Buffer> {
  const url = await page.evaluate((what) => {
    const canvas = Object.assign(document.createElement('canvas'), what !== 'fog' ? { width: 2800, height: 2100 } : { width: 1200, height: 900 })
    const g = canvas.getContext('2d')
    if (!g) throw new Error('no canvas')
    if (what === 'fog') {
      const fog = g.createLinearGradient(0, 0, 1200, 900)
      fog.addColorStop(0, '#8a8a8a')
      fog.addColorStop(1, '#b4b4b4')
      g.fillStyle = fog
      g.fillRect(0, 0, 1200, 900)
    } else {
      const noise = g.createImageData(400, 400)
      for (let i = 0; i < noise.data.length; i++) noise.data[i] = i % 4 === 3 ? 255 : Math.random() * 256
      for (let x = 0; x < 2800; x += 400) for (let y = 0; y < 2100; y += 400) g.putImageData(noise, x, y)
    }
    return canvas.toDataURL('image/jpeg', { noise: 1, grain: 0.7, fog: 0.9 }[what])
  }, look)
  return Buffer.from(url.slice(url.indexOf(',') + 1), 'base64')
}

const looks: Look[] = [
  { size: 'phone', scheme: 'light', locale: 'zh-CN' },
  { size: 'desktop', scheme: 'dark', locale: 'en' },
]

describe.each(looks)('uploads: $locale, $size, $scheme', (look) => {
  const w = words[look.locale]
  let world: World
  let chat: Chat
  beforeAll(async () => {
    world = await World.start()
    chat = await Chat.open(world, look)
    await chat.say(w.story)
    await chat.frame.locator('.order').filter({ hasText: w.item }).last().click()
    await chat.press(w.yes)
    await chat.frame.locator('.check-row').first().waitFor()
  })
  afterAll(async () => {
    await world.stop()
  })

  /** The row of the file in the newest checklist. */
  const row = (name: string) => chat.frame.locator('.checklist').last().locator('.upload', { hasText: name })
  const percent = async (name: string, at: number): Promise<void> => {
    await chat.frame.waitForFunction(([n, p]) => [...document.querySelectorAll('.upload')].some((r) =>
      r.textContent?.includes(n as string) && Number(r.querySelector('[role=progressbar]')?.getAttribute('aria-valuenow') ?? 0) >= (p as number)), [name, at] as const)
  }
  const arrived = async (content: Buffer): Promise<void> => {
    await chat.frame.locator('.checklist').last().locator('.receipt', { hasText: sum(content) }).waitFor({ timeout: 30_000 })
  }

  test('a film goes on through kill -9 of the server, no network, and a reload', async () => {
    const asked = counting(chat.page)
    const content = film(6_000_000)
    await throttle(chat.page, 1_500_000)
    await chat.upload(1, 'fault.mp4', content)
    await percent('fault.mp4', 12)
    await shot(chat.page, look, '30-uploading')
    await world.crash()
    await percent('fault.mp4', 35)
    await chat.page.context().setOffline(true)
    await row('fault.mp4').getByText(w.offline).waitFor()
    await row('fault.mp4').scrollIntoViewIfNeeded()
    await shot(chat.page, look, '31-offline')
    await chat.page.context().setOffline(false)
    await percent('fault.mp4', 55)
    await chat.reload()
    await throttle(chat.page, -1)
    await arrived(content)
    await chat.frame.locator('.checklist').last().locator('.receipt').first().scrollIntoViewIfNeeded()
    await shot(chat.page, look, '32-receipt')
    expect(asked['POST'], 'uploads begun').toBe(1)
    expect(asked['HEAD'] ?? 0, 'questions where to go on').toBeGreaterThanOrEqual(3)
  })

  test('when the browser has lost the bytes, the same file goes on and another does not', async () => {
    const asked = counting(chat.page)
    const content = await picture(chat.page, 'grain') // one film is as many as a case takes
    await throttle(chat.page, 1_500_000)
    await chat.upload(0, 'item.jpg', content)
    await percent('item.jpg', 22)
    // As a browser does that clears up.
    await chat.frame.evaluate(() => new Promise((resolve) => { indexedDB.deleteDatabase('recourse').onsuccess = resolve }))
    await chat.reload()
    await throttle(chat.page, -1)
    await row('item.jpg').getByText(w.lost).waitFor()
    await row('item.jpg').scrollIntoViewIfNeeded()
    await shot(chat.page, look, '33-same-file-wanted')
    expect(await accessibility(chat.frame), 'accessibility of a row that wants something').toEqual([])
    const again = row('item.jpg').locator('input[type=file]')
    await again.setInputFiles(world.file('other.jpg', content.subarray(0, 5000)))
    await row('item.jpg').getByText(w.another).waitFor()
    expect(asked['POST'], 'uploads begun').toBe(1)
  })

  test('files that cannot be used are answered with the step that fits, and what is there is named', async () => {
    const before = counting(chat.page)
    await chat.say(w.broken)
    await chat.sees(w.ask)
    await chat.press(w.spins)
    await chat.sees(w.network)
    const heic = Buffer.concat([Buffer.from([0, 0, 0, 24]), Buffer.from('ftypheic\0\0\0\0mif1heic', 'latin1'), Buffer.alloc(14_000_000, 1)])
    await chat.upload(0, 'IMG_0001.HEIC', heic)
    await chat.sees(w.tooLarge)
    await chat.sees(/13\.4 MB/)
    await chat.sees(w.saved)
    await chat.upload(0, 'page.jpg', Buffer.from('<html>'.repeat(200)))
    await chat.sees(w.wrongType)
    await chat.sees(w.human)
    await shot(chat.page, look, '34-advice')
    await chat.say(w.broken)
    await chat.sees(w.wrongType)
    expect(before['POST'] ?? 0, 'uploads begun').toBe(0)
  })

  test('a picture is doubted before it is sent, and made smaller only by a press', async () => {
    await chat.upload(0, 'fog.jpg', await picture(chat.page, 'fog'))
    await row('fog.jpg').getByText(w.doubted).waitFor()
    await row('fog.jpg').scrollIntoViewIfNeeded()
    await shot(chat.page, look, '35-doubted')
    expect(await accessibility(chat.frame), 'accessibility of a doubted picture').toEqual([])
    await row('fog.jpg').getByRole('button', { name: w.anyway }).click()
    await chat.frame.locator('.checklist').last().locator('.receipt', { hasText: 'fog.jpg' }).waitFor()

    // The links of the page are an hour old now; the viewer gets fresh ones.
    await world.push('1h')
    await chat.frame.locator('.checklist').last().locator('.receipt', { hasText: 'fog.jpg' }).locator('button.thumb').click()
    await chat.frame.waitForFunction(() => (document.querySelector<HTMLImageElement>('dialog.viewer img')?.naturalWidth ?? 0) > 0)
    await chat.frame.locator('dialog.viewer').press('Escape')

    // What is only in the draft may be taken out again, and the server forgets it.
    await chat.frame.locator('.checklist').last().locator('.receipt', { hasText: 'fog.jpg' }).getByRole('button', { name: w.takeBack }).click()
    await chat.sees(w.taken)
    await until('the receipt to go', async () => (await chat.frame.locator('.checklist').last().locator('.receipt', { hasText: 'fog.jpg' }).count()) === 0)
    await chat.reload()
    await chat.frame.locator('.checklist').last().waitFor()
    expect(await chat.frame.locator('.checklist').last().locator('.receipt', { hasText: 'fog.jpg' }).count(), 'what was taken out, after a reload').toBe(0)

    const noise = await picture(chat.page, 'noise')
    expect(noise.length).toBeGreaterThan(10 * 1024 * 1024)
    await chat.upload(0, 'noise.jpg', noise)
    await row('noise.jpg').getByRole('button', { name: w.shrink }).click()
    await chat.frame.locator('.checklist').last().locator('.receipt', { hasText: 'noise.jpg' }).waitFor({ timeout: 30_000 })
  })

  test('a camera that may not be used is told apart, and one that may be takes the picture', async () => {
    const photo = chat.frame.locator('.checklist').last().locator('.check-row').first().getByRole('button', { name: w.photo })
    if (look.size === 'phone') {
      // The phone's own camera opens outside the page; that it may not is in the permission.
      const cdp = await chat.page.context().newCDPSession(chat.page)
      const { targetInfo } = await cdp.send('Target.getTargetInfo')
      await cdp.send('Browser.setPermission', {
        permission: { name: 'camera' }, setting: 'denied', origin: world.base,
        ...(targetInfo.browserContextId ? { browserContextId: targetInfo.browserContextId } : {}),
      })
    }
    await photo.click()
    await chat.frame.locator('.checklist').last().getByText(w.noCamera).first().waitFor()
    await chat.sees(w.denied)
    await shot(chat.page, look, '36-no-camera-permission')
    if (look.size === 'phone') return
    await chat.page.context().grantPermissions(['camera'], { origin: world.base })
    await photo.click()
    const camera = chat.frame.locator('dialog.viewer')
    await camera.locator('video:not([hidden])').waitFor()
    await shot(chat.page, look, '37-camera')
    expect(await accessibility(chat.frame), 'accessibility of the camera').toEqual([])
    await camera.getByRole('button', { name: w.photo }).click()
    await chat.frame.locator('.checklist').last().locator('.upload, .receipt', { hasText: 'photo-' }).first().waitFor()
    // That the server was away is part of the first story; scripts must not complain.
    expect(world.problems.filter((p) => !p.includes('net::ERR_'))).toEqual([])
  })
})
