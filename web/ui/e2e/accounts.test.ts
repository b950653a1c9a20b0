// An admin keeps the accounts: he adds somebody, who comes in and chooses a password, and puts him out again, at once. The
// audit trail has it all, and holds.
import { spawnSync } from 'node:child_process'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { Page } from 'playwright-core'
import { Chat } from './chat'
import { Redis } from './redis'
import { accessibility, pressBar, shot, until, World, type Look } from './world'

const words = {
  'zh-CN': {
    accounts: '账号', audit: '审计', add: '添加账号', create: '创建账号', name: '姓名（买家可见）', role: '角色', skills: '技能', badSkill: /技能只能用/, taken: /这个账号已存在/, kept: '我已保存，关闭', copy: '复制', copied: '已复制',
    save: '保存', saved: '已保存', mine: /我的登录/, current: '当前', endOthers: '结束其他登录', disable: '停用账号', disabled: '已停用', enable: '启用账号', reset: '重置密码', ended: '登录已过期，请重新登录。', wrongLogin: '账号或密码不正确。', wrongPassword: '现在的密码不正确。', changedPassword: '密码已修改，其他登录已结束。', person: '转人工', resolve: '结束会话', rate: /^4 满意/, comment: /补充几句/, stars: '4 星（满分 5 星）', waiting: '已邀请评价，还没有回答', senior: '资深客服', own: /不能停用/, ownRole: /不能更改自己的角色/,
    whole: /哈希链完整/, broken: /哈希链已断裂/, again: '重新校验', actor: '操作人账号', action: '操作', csv: '导出 CSV', all: '以上是全部记录', none: '没有符合的记录', did: { add: '添加账号', disable: '停用账号', password: '修改自己的密码', failed: '登录失败', change: '修改账号', reset: '重置密码' }, end: '结束', endOne: /结束 .* 的登录/, closeDialog: '关闭', cancel: '取消', clear: '清除条件', days: '开始日期不能晚于结束日期。', from: '从', to: '到',
  },
  en: {
    accounts: 'Accounts', audit: 'Audit', add: 'Add account', create: 'Add the account', name: 'Name, for buyers', role: 'Role', skills: 'Skills', badSkill: /A skill is made of/, taken: /There is an account of that login already/, kept: 'I have kept it, close', copy: 'Copy', copied: 'Copied',
    save: 'Save', saved: 'Saved', mine: /My sessions/, current: 'This one', endOthers: 'End all others', disable: 'Disable account', disabled: 'Disabled', enable: 'Enable account', reset: 'Reset password', ended: 'Your session has ended. Log in again.', wrongLogin: 'Wrong account or password.', wrongPassword: 'The present password is wrong.', changedPassword: 'Changed; all your other sessions have ended.', person: 'I want to talk to a human', resolve: 'Resolve', rate: /^4/, comment: /Add a comment/, stars: '4 stars of 5', waiting: 'asked, not answered yet', senior: 'Senior agent', own: /cannot disable it/, ownRole: /cannot change your own role/,
    whole: /chain of hashes holds/, broken: /chain of hashes is broken/, again: 'Check again', actor: 'Login of who did it', action: 'Action', csv: 'Save as CSV', all: 'These are all entries', none: 'No such entry', did: { add: 'Added an account', disable: 'Disabled an account', password: 'Changed own password', failed: 'Login failed', change: 'Changed an account', reset: 'Reset a password' }, end: 'End', endOne: /End the session of/, closeDialog: 'Close', cancel: 'Cancel', clear: 'Clear filters', days: 'The first day must not be after the last.', from: 'From', to: 'To',
  },
} as const

const looks: Look[] = (['zh-CN', 'en'] as const).flatMap((locale) => (['desktop', 'phone'] as const).flatMap((size) => (['light', 'dark'] as const).map((scheme): Look => ({ size, scheme, locale }))))

let redis: Redis
let world: World

beforeAll(async () => {
  redis = await Redis.start()
  world = await World.start(redis.flags)
  const made = spawnSync(process.env.RECOURSE_BIN ?? '', ['agent', 'add', 'boss', '--role', 'admin', '--name', '王工', ...redis.flags], { input: 'recourse-demo\n', encoding: 'utf8' })
  expect(made.status, made.stderr).toBe(0)
})
afterAll(async () => {
  await world.stop()
  await redis.stop()
})

async function logIn(page: Page, login: string, password: string): Promise<void> {
  await page.fill('#login', login)
  await page.fill('#password', password)
  await page.click('button[type=submit]')
}

async function enter(look: Look, login: string, password = 'recourse-demo'): Promise<Page> {
  const page = await world.open(login, look)
  await page.goto(`${world.base}/console`)
  await logIn(page, login, password)
  return page
}

const button = (page: Page, name: string | RegExp) => page.getByRole('button', { name, exact: typeof name === 'string' })
const yes = (page: Page, name: string) => page.locator('dialog[aria-describedby=confirm-what]').getByRole('button', { name, exact: true }).click()

/** The page has nothing outside its width. */
async function fits(page: Page, what: string): Promise<void> {
  expect(await page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth), `${what}: wider than the screen by`).toBeLessThanOrEqual(0)
}

/** What the trail has of an action, newest first, as the screen says it. */
const told = (page: Page, action: string) => page.locator('.audit-line summary').filter({ hasText: action })

const flows: { look: Look; login: string }[] = [
  { look: { size: 'desktop', scheme: 'light', locale: 'zh-CN' }, login: 'li.na' },
  { look: { size: 'phone', scheme: 'dark', locale: 'en' }, login: 'bo.lin' },
]

describe.each(flows)('$look.locale, $look.size, $look.scheme', ({ look, login }) => {
  const w = words[look.locale]

  test('an account is added, comes in, is put out, and all of it stands in the trail', async () => {
    const boss = await enter(look, 'boss')
    await pressBar(boss, w.accounts)
    await boss.locator('.worklist-row').filter({ hasText: 'senior' }).first().waitFor()

    // What cannot be is said before it is sent; what the server refuses is said in one's language; nothing typed is lost.
    await button(boss, w.add).click()
    await boss.locator('#account-login').fill('agent')
    await boss.getByLabel(w.name, { exact: true }).fill('李娜')
    await boss.getByLabel(w.skills, { exact: true }).fill('fraud, Two_Words')
    await button(boss, w.create).click()
    await boss.getByText(w.badSkill).waitFor()
    await boss.getByLabel(w.skills, { exact: true }).fill('fraud, payment')
    await button(boss, w.create).click()
    await boss.getByText(w.taken).waitFor()
    await boss.reload()
    await pressBar(boss, w.accounts)
    await button(boss, w.add).click()
    expect(await boss.getByLabel(w.name, { exact: true }).inputValue()).toBe('李娜')
    expect(await boss.getByLabel(w.skills, { exact: true }).inputValue()).toBe('fraud, payment')
    await boss.locator('#account-login').fill(login)
    await button(boss, w.create).click()
    await boss.locator('#secret-password').waitFor()
    const temporary = await boss.locator('#secret-password').inputValue()
    expect(temporary).toMatch(/^[a-z2-7]{4}-[a-z2-7]{4}-[a-z2-7]{4}$/)
    await boss.context().grantPermissions(['clipboard-read', 'clipboard-write'])
    await button(boss, w.copy).click()
    await boss.getByText(w.copied, { exact: true }).waitFor()
    expect(await boss.evaluate(() => navigator.clipboard.readText())).toBe(temporary)
    expect(await accessibility(boss), 'accessibility of the password').toEqual([])
    await shot(boss, look, '72-temporary-password')
    await boss.keyboard.press('Escape')
    await button(boss, w.kept).click()

    // He comes in with it and must choose his own before anything else.
    const li = await enter(look, login, temporary)
    await li.fill('#old', temporary)
    await li.fill('#fresh', 'correct horse')
    await li.fill('#again', 'correct horse')
    await li.click('button[type=submit]')
    await li.locator('.team-switch').waitFor()

    // He is logged in elsewhere, too, and ends that from here.
    const elsewhere = await enter(look, login, 'correct horse')
    await elsewhere.locator('.team-switch').waitFor()
    await li.reload()
    await pressBar(li, w.mine)
    await li.locator('.session-row').nth(1).waitFor()
    expect(await li.locator('.session-row').filter({ hasText: w.current }).count()).toBe(1)
    expect(await accessibility(li), 'accessibility of the own sessions').toEqual([])
    await shot(li, look, '73-my-sessions')
    await button(li, w.endOthers).click()
    await yes(li, w.endOthers)
    await elsewhere.getByText(w.ended).waitFor()
    await until('one session to be left', async () => (await li.locator('.session-row').count()) === 1)
    await elsewhere.context().close()

    // And he chooses another password; a wrong one is told, and nothing is lost.
    await li.locator('.own-password summary').click()
    await li.fill('#old', 'guess guess')
    await li.fill('#fresh', 'battery staple')
    await li.fill('#again', 'battery staple')
    await li.locator('.own-password button').click()
    await li.getByText(w.wrongPassword).waitFor()
    expect(await li.inputValue('#fresh')).toBe('battery staple')
    await li.fill('#old', 'correct horse')
    await li.locator('.own-password button').click()
    await li.getByText(w.changedPassword).waitFor()
    expect(await accessibility(li), 'accessibility of the own password').toEqual([])
    await fits(li, 'the own sessions')
    await shot(li, look, '73-own-password')
    await li.locator('dialog[open]').getByRole('button', { name: w.closeDialog, exact: true }).click()

    // A change is saved; another role is asked for once more, and puts him out.
    await boss.locator('.worklist-one').getByText(login, { exact: true }).first().waitFor()
    await boss.getByLabel(w.skills, { exact: true }).fill('fraud')
    await button(boss, w.save).click()
    await boss.getByText(w.saved, { exact: true }).waitFor()
    await li.locator('.team-switch').waitFor()
    await button(boss, w.endOne).click()
    await yes(boss, w.end)
    await li.getByText(w.ended).waitFor()
    await logIn(li, login, 'battery staple')
    await li.locator('.team-switch').waitFor()
    await boss.getByLabel(w.role, { exact: true }).selectOption('senior')
    await button(boss, w.save).click()
    await yes(boss, w.cancel)
    expect(await boss.getByLabel(w.role, { exact: true }).inputValue()).toBe('senior')
    await button(boss, w.save).click()
    await yes(boss, w.save)
    await li.getByText(w.ended).waitFor()
    await logIn(li, login, 'battery staple')
    await li.locator('.team-switch').waitFor()

    // Disabled, his open console is logged out at once, and he does not come in again.
    await button(boss, w.disable).click()
    expect(await accessibility(boss), 'accessibility of a confirmation').toEqual([])
    await shot(boss, look, '74-disable')
    await yes(boss, w.disable)
    await li.getByText(w.ended).waitFor()
    await boss.locator('.worklist-one .chip').filter({ hasText: w.disabled }).waitFor()
    await logIn(li, login, 'battery staple')
    await li.getByText(w.wrongLogin).waitFor()
    await shot(li, look, '75-logged-out')

    // Enabled, and with another temporary password, he comes in again.
    await button(boss, w.enable).click()
    await yes(boss, w.enable)
    await button(boss, w.disable).waitFor()
    await button(boss, w.reset).click()
    await yes(boss, w.reset)
    await boss.locator('#secret-password').waitFor()
    await logIn(li, login, await boss.locator('#secret-password').inputValue())
    await li.locator('#fresh').waitFor()
    await button(boss, w.kept).click()
    await li.context().close()

    // The trail has it all, and its chain holds.
    await pressBar(boss, w.audit)
    await boss.getByText(w.whole).waitFor()
    await boss.getByLabel(w.actor, { exact: true }).fill('boss')
    await until('what the admin did', async () => (await boss.locator('.audit-who').count()) > 0 && (await boss.locator('.audit-who').allTextContents()).every((who) => who === 'boss'))
    for (const action of [w.did.add, w.did.change, w.did.disable, w.did.reset]) await told(boss, action).filter({ hasText: login }).first().waitFor()
    await told(boss, w.did.add).filter({ hasText: 'ACCOUNT_TAKEN' }).first().waitFor()
    await told(boss, w.did.disable).first().click()
    await boss.locator('.audit-facts').getByText('account.disable', { exact: false }).waitFor()
    expect(await accessibility(boss), 'accessibility of the trail').toEqual([])
    await shot(boss, look, '76-audit-filtered')
    await boss.getByLabel(w.actor, { exact: true }).fill(login)
    await told(boss, w.did.password).first().waitFor()
    await told(boss, w.did.failed).first().waitFor()
    await boss.getByLabel(w.action, { exact: true }).selectOption('login')
    await until('the logins alone', async () => (await told(boss, w.did.password).count()) === 0 && (await told(boss, w.did.failed).count()) === 1)
    const [file] = await Promise.all([boss.waitForEvent('download'), button(boss, w.csv).click()])
    expect(file.suggestedFilename()).toMatch(/^recourse-audit-\d{4}-\d\d-\d\d\.csv$/)
    await boss.getByLabel(w.from, { exact: true }).fill('2020-01-02')
    await boss.getByLabel(w.to, { exact: true }).fill('2020-01-01')
    await boss.getByText(w.days).waitFor()
    await boss.getByLabel(w.to, { exact: true }).fill('2020-01-03')
    await boss.getByText(w.none).waitFor()
    await button(boss, w.clear).click()
    await told(boss, w.did.disable).first().waitFor()
    await boss.context().close()
    expect(world.problems).toEqual([])
  })
})

test.each(looks)('the screens fit: $locale, $size, $scheme', async (look) => {
  const w = words[look.locale]
  const boss = await enter(look, 'boss')
  await pressBar(boss, w.accounts)
  await boss.locator('.worklist-row').nth(3).waitFor()
  await fits(boss, 'the accounts')
  expect(await accessibility(boss), 'accessibility of the accounts').toEqual([])
  await shot(boss, look, '70-accounts')
  await boss.locator('.worklist-row').filter({ hasText: 'boss' }).click()
  await boss.getByText(w.own).waitFor()
  await boss.getByText(w.ownRole).waitFor()
  await boss.locator('.session-row').first().waitFor()
  await fits(boss, 'an account')
  expect(await accessibility(boss), 'accessibility of an account').toEqual([])
  await shot(boss, look, '71-account')
  await pressBar(boss, w.audit)
  await boss.getByText(w.whole).waitFor()
  await fits(boss, 'the trail')
  await boss.locator('.audit-line summary').first().click()
  await fits(boss, 'an entry')
  expect(await accessibility(boss), 'accessibility of the trail').toEqual([])
  await shot(boss, look, '77-audit')
  await boss.context().close()
})

test.each(flows)('an agent reads how the buyer scored him: $look.locale, $look.size, $look.scheme', async ({ look }) => {
  const w = words[look.locale]
  const agent = await enter(look, look.locale === 'en' ? 'senior' : 'agent')
  await agent.locator('.team-switch').waitFor()
  const chat = await Chat.open(world, look)
  await chat.say(w.person)
  await agent.locator('.offer .btn-primary').click()
  await agent.locator('.talk-holder.is-mine').waitFor()
  await agent.locator('.composer textarea').fill('您好 / hello')
  await agent.keyboard.press('Control+Enter')
  await chat.sees('您好 / hello')
  await agent.locator('.talk-head').getByText(w.resolve, { exact: true }).click()
  if (look.size === 'phone') await agent.locator('.tab').last().click()
  const panel = agent.locator('.scores')
  await panel.getByText(w.waiting).waitFor()
  await chat.press(w.rate)
  await panel.getByRole('img', { name: w.stars }).waitFor()
  await chat.press(w.comment)
  await chat.say('热情 / kind')
  await panel.getByText('热情 / kind').waitFor()
  await fits(agent, 'the scores')
  expect(await accessibility(agent), 'accessibility of the scores').toEqual([])
  await panel.scrollIntoViewIfNeeded()
  await shot(agent, look, '78-scores')
  await agent.context().close()
  await chat.page.context().close()
})

test('a supervisor reads the trail and keeps no accounts; an agent does neither', async () => {
  const look = looks[0] ?? flows[0]!.look
  const w = words[look.locale]
  const lead = await enter(look, 'lead')
  await lead.locator('.team-switch').waitFor()
  expect(await lead.locator('.topbar').getByRole('button', { name: w.accounts, exact: true }).count()).toBe(0)
  await pressBar(lead, w.audit)
  await lead.getByText(w.whole).waitFor()
  await until('the beginning of the trail', async () => {
    await lead.locator('.wall').evaluate((el) => { el.scrollTo(0, el.scrollHeight) })
    return lead.getByText(w.all).isVisible()
  })
  await lead.locator('.audit-line').last().getByText('command line').waitFor()
  const agent = await enter(look, 'agent')
  await agent.locator('.team-switch').waitFor()
  for (const name of [w.accounts, w.audit]) expect(await agent.locator('.topbar').getByRole('button', { name, exact: true }).count()).toBe(0)

  // Somebody takes an entry out of the store.
  const id = redis.command('XRANGE', 'recourse:{audit}', '-', '+', 'COUNT', '2').split('\n').filter((line) => /^\d+-2$/.test(line))[0] ?? ''
  expect(redis.command('XDEL', 'recourse:{audit}', id).trim()).toBe('1')
  await button(lead, w.again).click()
  await lead.getByText(w.broken).waitFor()
  expect(await accessibility(lead), 'accessibility of a broken trail').toEqual([])
  await shot(lead, look, '79-broken')
  expect(world.problems).toEqual([])
})
