// The ways to a person and back, on a real Redis: nobody on duty, a place in the line, a server that dies while a chat is
// being taken, back to the bot with a question open, a quiet agent, the end with a score, and who comes back.
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { Chat } from './chat'
import { holds, item, offer, takes } from './desk'
import { Redis } from './redis'
import { accessibility, shot, until, World, type Look } from './world'

const words = {
  'zh-CN': {
    person: '转人工', accept: '接待', closed: /现在没有客服上班，.+上班/, next: /下一位就是您/, second: /您排在第 2 位（共 2 位在等）/, nextNow: '下一位就是您',
    joined: /客服 小周 已加入/, resolve: '结束会话', release: '交还机器人', question: '运费谁出', answered: /看退货原因/, returned: /客服 小周 已把对话交回给退款助手/,
    resolved: /客服 小周 这边处理完了/, score: /5 非常满意/, thanks: /记下了：5 分/, other: /4 满意/, changed: /记下了：4 分/, again: /这件事刚处理过/, idle: /客服 小周 这边先告一段落/, late: '还在吗', muddle: ['就是说嘛', '就是说嘛，就是说嘛'],
    unknown: /我没有完全明白/, lost: /没能听懂您的意思/, assign: '分配', assigned: /主管看了您的情况|客服 老陈 已加入/, hello: '您好，我来看。',
  },
  en: {
    person: 'I want to talk to a person', accept: 'Accept', closed: /Nobody is on duty now; we open/, next: /You are next in line/, second: /number 2 of 2/, nextNow: 'You are next',
    joined: /小周 has joined/, resolve: 'Resolve', release: 'Return to bot', question: 'Who pays the postage?', answered: /It depends on the reason/, returned: /小周 has handed the chat back/,
    resolved: /小周 has finished/, score: /5 very good/, thanks: /noted: 5 of 5/, other: /4 good/, changed: /noted: 4 of 5/, again: /dealt with a short while ago/, idle: /小周 is done for now/, late: 'Are you there?', muddle: ['the thing is like that', 'the thing is like that, the thing is like that'],
    unknown: /did not quite get that/, lost: /could not understand you/, assign: 'Assign', assigned: /supervisor has seen your case|老陈 has joined/, hello: 'Hello, I am reading it.',
  },
} as const

const looks: Look[] = [
  { size: 'phone', scheme: 'light', locale: 'zh-CN' },
  { size: 'desktop', scheme: 'dark', locale: 'en' },
]

describe.each(looks)('$locale, $size, $scheme', (look) => {
  const w = words[look.locale]
  const desk: Look = { ...look, size: 'desktop' }
  let redis: Redis
  let world: World
  beforeEach(async () => { redis = await Redis.start() })
  afterEach(async () => { await redis.stop() })
  const served = async (flags: () => string[], story: () => Promise<void>): Promise<void> => {
    world = await World.start([...redis.flags, '--agent-grace', '1500ms', ...flags()])
    try {
      await story()
      expect(world.problems).toEqual([])
    } finally {
      await world.stop()
    }
  }

  test('nobody is on duty: he is told when, leaves it, and is answered', () => served(() => ['--hours', hoursOfADay(3)], async () => {
    const chat = await Chat.ofAnother(world, look)
    await chat.say(w.person)
    await chat.sees(w.closed)
    await shot(chat.page, look, '70-nobody-on-duty')
    const zhou = await world.console(desk, 'agent')
    await offer(zhou, w.accept).click()
    await chat.sees(w.joined)
    await zhou.locator('.composer textarea').fill(w.hello)
    await zhou.keyboard.press('Control+Enter')
    await chat.sees(w.hello)
  }))

  test('a line of two; back to the bot, the end with a score, and once more', () => served(() => ['--agent-capacity', '1'], async () => {
    const zhou = await world.console(desk, 'agent')
    const first = await Chat.ofAnother(world, look)
    await first.say(w.person)
    await offer(zhou, w.accept).click()
    await first.sees(w.joined)

    // His agent is full: the next two stand in line, and are told their places.
    const second = await Chat.ofAnother(world, look)
    await second.say(w.person)
    await second.sees(w.next)
    const third = await Chat.ofAnother(world, look)
    await third.say(w.person)
    await third.sees(w.second)
    await shot(third.page, look, '71-second-in-line')

    // Back to the bot with a question open: it is answered, once.
    await first.say(w.question)
    await zhou.locator('.transcript, .log').getByText(w.question).first().waitFor()
    await zhou.getByRole('button', { name: w.release, exact: true }).click()
    await first.sees(w.returned)

    await first.sees(w.answered)
    await shot(first.page, look, '72-back-to-the-bot')

    // The line moves up, and the third is told.
    await offer(zhou, w.accept).click()
    await second.sees(w.joined)
    await until('the third to be next', async () => (await third.frame.getByText(w.nextNow).count()) > 0)
    expect(await first.frame.locator('.bubble').filter({ hasText: w.answered }).count(), 'answers to what was open').toBe(1)

    // The end, and a score.
    zhou.on('dialog', (d) => void d.accept())
    await zhou.locator('.composer textarea').fill(w.hello)
    await zhou.keyboard.press('Control+Enter')
    await second.sees(w.hello)
    await zhou.getByRole('button', { name: w.resolve, exact: true }).click()
    await second.sees(w.resolved)
    await second.press(w.score)
    await second.sees(w.thanks)
    await second.press(w.other) // he thinks better of it
    await second.sees(w.changed)
    expect(await accessibility(second.frame), 'accessibility of the score').toEqual([])
    await shot(second.page, look, '73-scored')

    // Who comes back is known, and led to the same agent.
    await offer(zhou, w.accept).click()
    await third.sees(w.joined)
    await second.say(w.person)
    await second.sees(w.again)
    zhou.removeAllListeners('dialog')
  }))

  test('the server dies while the chat is being taken; a quiet agent; two turns that nobody understands; assigned', () => served(() => ['--offer-for', '60s'], async () => {
    const zhou = await world.console(desk, 'agent')
    const chat = await Chat.ofAnother(world, look)
    await chat.say(w.person)
    await offer(zhou, w.accept).waitFor()
    await Promise.all([offer(zhou, w.accept).click(), world.crash()])
    // Both pages come back by themselves. He has it, or it waits and he takes it: never both, never neither.
    await until('the chat to be his, or to wait', async () => (await holds(zhou)) || (await offer(zhou, w.accept).count()) > 0 || (await item(zhou, chat.buyer).count()) > 0)
    await takes(zhou, chat.buyer, w.accept)
    await chat.sees(w.joined)
    expect(await chat.frame.locator('.transcript').getByText(w.joined).count(), 'times that he joined').toBe(1)
    await chat.say(w.late)
    await zhou.locator('.transcript, .log').getByText(w.late).first().waitFor()
    await until('the brief to be read again', async () => (await zhou.locator('.brief .note-bad').count()) === 0)
    await shot(zhou, desk, '74-after-the-crash')

    // He answers, and is quiet from then on: after half an hour the bot goes on.
    await zhou.locator('.composer textarea').fill(w.hello)
    await zhou.keyboard.press('Control+Enter')
    await chat.sees(w.hello)
    await world.push('31m')
    await chat.sees(w.idle)

    // Two turns that nobody understands end with a person.
    const muddled = await Chat.ofAnother(world, look)
    await muddled.say(w.muddle[0])
    await muddled.sees(w.unknown)
    await muddled.say(w.muddle[1])
    await muddled.sees(w.lost)

    // A supervisor gives it to whom he likes.
    const chen = await world.console(desk, 'senior')
    const lead = await world.console(desk, 'lead')
    await lead.locator('.inbox-tab').nth(2).click()
    await item(lead, muddled.buyer).click()
    await lead.getByRole('button', { name: w.assign, exact: true }).click()
    await lead.locator('dialog select').first().selectOption('a:senior')
    await lead.locator('dialog .btn-primary').click()
    await takes(chen, muddled.buyer, w.accept)
    await muddled.sees(/老陈/)
  }))

  /** A file of hours that are open on one day a week, so many days from now. */
  function hoursOfADay(days: number): string {
    const day = ['sun', 'mon', 'tue', 'wed', 'thu', 'fri', 'sat'][(new Date().getUTCDay() + days) % 7]
    return redis.file('hours.yaml', `zone: Asia/Shanghai\nweek:\n  ${day}: [09:00-18:00]\n`)
  }
})
