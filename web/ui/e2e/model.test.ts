// What a language model does on the screens, with a scripted one behind the real protocol: a question back with likely
// topics, a reply that grows, one that is taken back, and the help that agents are given.
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest'
import type { Page } from 'playwright-core'
import { Chat } from './chat'
import { gate, Model } from './model'
import { accessibility, shot, until, World, type Look } from './world'

const words = {
  'zh-CN': {
    unsure: '平台判了会怎样多久', back: '您问的是哪一种情况', topic: '平台介入要多久出结果', answer: '7 个工作日', offer: '要不要请人工客服来', human: '找人工客服',
    freight: '退货运费谁出呢', kind: '我理解您着急。', reviewed: '看退货原因', promise: '一定给您退。', person: '转人工',
    take: '接手会话', sumUp: '总结会话', suggest: '建议回复', translate: '翻译买家的话', put: '放入回复框', marked: '智能助手的建议', doubts: '案件和会话里没有：¥999.00', down: '智能助手现在没有回应', send: '发送',
    summary: '买家问退货运费由谁承担，要求人工客服。', reply: '您好，我来看一下您的问题。', promised: '您好，退您¥999.00。',
  },
  en: {
    unsure: 'platform decision', back: 'Which of these do you mean', topic: 'How long the platform takes to decide', answer: '7 workdays', offer: 'Would you like to talk to a person', human: 'Talk to a person',
    freight: 'return postage', kind: 'Thanks for asking.', reviewed: 'It depends on the reason', promise: 'Guaranteed, you get it. ', person: 'human please',
    take: 'Take over', sumUp: 'Sum up', suggest: 'Suggest a reply', translate: 'Translate the buyer', put: 'Put into the reply', marked: 'Suggested by the copilot', doubts: 'Neither in the case nor in the chat: ¥999.00', down: 'The copilot does not answer now', send: 'Send',
    summary: 'The buyer asks who pays for the postage and wants a person.', reply: 'Hello, I am looking into it.', promised: 'Hello, you get ¥999.00 back.',
  },
} as const

const looks: Look[] = [
  { size: 'phone', scheme: 'light', locale: 'zh-CN' },
  { size: 'desktop', scheme: 'dark', locale: 'en' },
]

/** The reviewed wording as it is: the guard lets it through. */
const asReviewed = (asked: { data: Record<string, unknown> }): string => String(asked.data['reply'])

describe.each(looks)('$locale, $size, $scheme', (look) => {
  const w = words[look.locale]
  let model: Model
  let world: World
  let chat: Chat
  beforeAll(async () => {
    model = await Model.start()
    world = await World.start(model.flags)
    // It is asked what the text may mean, and is not sure either.
    model.say('understand', () => JSON.stringify({ wants: '', topic: '', reason: '', order: '', confidence: 0.2 }))
    model.say('phrase', asReviewed)
    await learned(world, look)
    chat = await Chat.open(world, look)
  }, 120_000)
  afterAll(async () => {
    await world?.stop()
    await model?.stop()
  })
  afterEach(() => {
    expect(world.problems.splice(0)).toEqual([])
  })

  const log = () => chat.frame.locator('.scroll')
  const growing = () => log().locator('[aria-hidden="true"] .bubble')
  const said = (text: string) => log().locator('.line:not([aria-hidden]) .msg-bot > .bubble', { hasText: text })

  test('unsure it asks which topic, and answers the one that is pressed', async () => {
    await chat.say(w.unsure)
    await said(w.back).waitFor()
    const buttons = chat.frame.locator('.choices').first().locator('button')
    const labels = await buttons.allInnerTexts()
    expect(labels.length, labels.join()).toBeGreaterThanOrEqual(3) // two or three topics, and a person
    expect(labels.length, labels.join()).toBeLessThanOrEqual(4)
    expect(labels).toContain(w.human)
    await shot(chat.page, look, 'model-01-which-topic')
    expect(await accessibility(chat.frame)).toEqual([])
    expect(await said(w.answer).count(), 'answered unasked').toBe(0)

    const topic = buttons.filter({ hasText: w.topic })
    await topic.focus()
    await topic.press('Enter')
    await said(w.answer).waitFor()
    await until('the press to be marked', async () => (await topic.getAttribute('aria-pressed')) === 'true')
    expect(await topic.evaluate((b) => b === document.activeElement), 'the button keeps the focus').toBe(true)
    await shot(chat.page, look, 'model-02-topic-answered')
    expect(model.asked.map((a) => a.model)).toContain('understand')
  })

  test('unsure twice it offers a person', async () => {
    await chat.say(w.unsure)
    await said(w.back).nth(1).waitFor()
    await chat.say(w.unsure)
    await said(w.offer).waitFor()
    await chat.frame.locator('.choices').last().locator('button', { hasText: w.human }).waitFor()
    await shot(chat.page, look, 'model-03-a-person-offered')
    expect(await said(w.answer).count(), 'answered unsure').toBe(1)
  })

  test('a reply grows and becomes the entry, once', async () => {
    const [more, end] = [gate(), gate()]
    model.say('phrase', async function* (asked) {
      yield `${w.kind} `
      await more.opened
      yield asReviewed(asked)
      await end.opened
    })
    await chat.say(w.freight)
    await growing().filter({ hasText: w.kind }).waitFor()
    expect(await growing().count()).toBe(1)
    expect(await growing().innerText()).toBe(w.kind)
    await shot(chat.page, look, 'model-04-begins')
    expect(await accessibility(chat.frame)).toEqual([])
    more.open()
    await growing().filter({ hasText: w.reviewed }).waitFor()
    expect(await said(w.reviewed).count(), 'said before it is whole').toBe(0)
    await shot(chat.page, look, 'model-05-grows')
    const before = await growing().boundingBox()
    end.open()
    await said(w.reviewed).waitFor()
    await until('the text under way to give way', async () => (await growing().count()) === 0)
    expect(await log().locator('.bubble', { hasText: w.reviewed }).count()).toBe(1)
    expect(await said(w.reviewed).innerText()).toContain(w.kind)
    // It stands where it grew, with the same name above it.
    const after = await said(w.reviewed).boundingBox()
    expect([after?.x, after?.width]).toEqual([before?.x, before?.width])
    await shot(chat.page, look, 'model-06-said')
  })

  test('a reply that the guard refuses is taken back, and the reviewed one is said', async () => {
    const end = gate()
    model.say('phrase', async function* () {
      yield `${w.kind} `
      await end.opened
      yield w.promise
    })
    await chat.say(w.freight)
    await growing().filter({ hasText: w.kind }).waitFor()
    end.open()
    await said(w.reviewed).nth(1).waitFor()
    await until('the text under way to go', async () => (await growing().count()) === 0)
    expect(await said(w.reviewed).nth(1).innerText()).not.toContain(w.kind)
    expect(await log().innerText()).not.toContain(w.promise.trim())
    await shot(chat.page, look, 'model-07-taken-back')
    model.say('phrase', asReviewed)
  })

  test('the copilot sums up and suggests for the agent, and says when it cannot', async () => {
    await chat.say(w.person)
    const agent = await world.open('agent', look)
    await agent.goto(`${world.base}/console?locale=${look.locale}`)
    await agent.fill('#login', 'agent')
    await agent.fill('#password', 'recourse-demo')
    await agent.click('button[type=submit]')
    await agent.locator('.inbox-item').first().click()
    const block = agent.locator('.copilot')
    const help = (name: string) => block.getByRole('button', { name, exact: true })
    const field = agent.locator('.composer textarea')

    const come = gate()
    model.say('copilot', async function* () {
      await come.opened
      yield w.summary
    })
    expect(await help(w.suggest).isDisabled(), 'nothing is suggested for a conversation of nobody').toBe(true)
    await help(w.sumUp).click()
    await block.locator('[aria-busy="true"]').waitFor()
    expect(await block.locator('.copilot-row').innerText()).toContain(w.sumUp)
    come.open()
    await block.locator('.copilot-words', { hasText: w.summary }).waitFor()
    expect(await field.inputValue()).toBe('')
    expect(await help(w.put).count(), 'a summary is no reply').toBe(0)
    expect(model.asked.at(-1)?.data['chat'], 'it reads the conversation').toContainEqual(expect.objectContaining({ who: 'buyer', text: w.freight }))
    await shot(agent, look, 'model-08-summary')
    expect(await accessibility(agent)).toEqual([])

    await agent.getByRole('button', { name: w.take }).click()
    await until('the conversation to be his', async () => help(w.suggest).isEnabled())
    model.say('copilot', () => w.promised)
    await help(w.suggest).click()
    await block.locator('.copilot-words', { hasText: w.promised }).waitFor()
    await block.getByText(w.doubts).waitFor()
    expect(await field.inputValue(), 'put by itself').toBe('')
    await shot(agent, look, 'model-09-doubtful')

    model.say('copilot', () => w.reply)
    await help(w.suggest).click()
    await block.locator('.copilot-words', { hasText: w.reply }).waitFor()
    expect(await field.inputValue(), 'put by itself').toBe('')
    await shot(agent, look, 'model-10-suggestion')
    await help(w.put).click()
    await agent.locator('.composer .suggested', { hasText: w.marked }).waitFor()
    expect(await field.inputValue()).toBe(w.reply)
    expect(await field.evaluate((f) => f === document.activeElement), 'the field has the focus').toBe(true)
    expect(await accessibility(agent)).toEqual([])
    await shot(agent, look, 'model-11-in-the-field')

    // The model is down: the block says so, and what the agent does goes on.
    model.say('copilot', () => { throw new Error('down') })
    await help(w.translate).click()
    await block.getByRole('alert').filter({ hasText: w.down }).waitFor()
    expect(await field.inputValue()).toBe(w.reply)
    await shot(agent, look, 'model-12-down')
    expect(await accessibility(agent)).toEqual([])
    // The buyer writes meanwhile: had a suggestion been sent, it would stand before this.
    await chat.say('hi')
    await agent.locator('.bubble', { hasText: /^hi$/ }).waitFor()
    expect(await log().innerText(), 'sent by itself').not.toContain(w.reply)
    await agent.locator('.composer').getByRole('button', { name: w.send, exact: true }).click()
    await chat.sees(w.reply)
    expect(await log().innerText()).not.toContain(w.promised)
    await gone(agent, '.composer .suggested')
  })

  test('with the model down the assistant answers as it was reviewed', async () => {
    const agent = await world.open('agent again', { ...look, size: 'desktop' })
    await agent.goto(`${world.base}/console?locale=${look.locale}`)
    await agent.fill('#login', 'agent')
    await agent.fill('#password', 'recourse-demo')
    await agent.click('button[type=submit]')
    await agent.locator('.inbox-item').first().click()
    await agent.locator('.talk-head').getByText(look.locale === 'en' ? 'Return to bot' : '交还机器人').click()
    model.down()
    await until('the assistant to be back', async () => (await agent.locator('.talk-head .btn-primary').count()) > 0)
    await chat.say(w.freight)
    await said(w.reviewed).nth(2).waitFor()
    expect(await said(w.reviewed).nth(2).innerText()).not.toContain(w.kind)
    await shot(chat.page, look, 'model-13-without-it')
  })
})

/** Until a server that has just begun has learned its questions, it understands by rules alone and asks nothing back. */
async function learned(world: World, look: Look): Promise<void> {
  const other = look.locale === 'en' ? 'zh-CN' : 'en'
  const chat = await Chat.open(world, { ...look, locale: other })
  const replies = chat.frame.locator('.msg-bot > .bubble')
  await until('the questions to be learned', async () => {
    const before = await replies.count()
    await chat.say(words[other].unsure)
    await until('a reply', async () => (await replies.count()) > before)
    return (await replies.last().innerText()).includes(words[other].back)
  }, 90)
  await chat.page.close()
}

async function gone(page: Page, selector: string): Promise<void> {
  await until(`${selector} to go`, async () => (await page.locator(selector).count()) === 0)
}
