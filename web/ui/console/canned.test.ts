import { describe, expect, it } from 'vitest'
import type { Filled } from '../shared/wire'
import { CannedMenu, pick, put, slashAt, unfilled } from './canned'
import { macroOf } from './canned_screen'

const reply = (shortcut: string, over: Partial<Filled> = {}): Filled => ({ id: shortcut, shortcut, title: shortcut, text: `text of ${shortcut}`, ...over })

describe('slashAt', () => {
  it('finds a slash that begins a word in front of the caret', () => {
    expect(slashAt('/ph', 3)).toEqual({ from: 0, query: 'ph' })
    expect(slashAt('您好 ／照片 再见', 6)).toEqual({ from: 3, query: '照片' })
    expect(slashAt('a\n/', 3)).toEqual({ from: 2, query: '' })
  })
  it('finds none inside a word, an address or a date, or behind the caret', () => {
    for (const [text, caret] of [['1/2', 3], ['https://a', 9], ['/ph ', 4], ['/ph', 0], ['', 0]] as const) expect(slashAt(text, caret)).toBeUndefined()
  })
})

it('lists shortcuts that begin so first, an own one before the desk’s, then titles, then texts', () => {
  const list = [reply('xpay'), reply('pay'), reply('payment', { own: true }), reply('wait', { text: 'the pay is late' }), reply('hi')]
  expect(pick(list, 'PAY').map((r) => r.shortcut)).toEqual(['payment', 'pay', 'xpay', 'wait'])
  expect(pick(list, '')).toHaveLength(5)
  expect(pick(list, 'zzz')).toEqual([])
})

it('puts a reply in place of what was typed and keeps the rest', () => {
  expect(put('您好 /ph 谢谢', { from: 3, query: 'ph' }, 6, '请补照片')).toEqual({ text: '您好 请补照片 谢谢', caret: 7 })
})

it('knows what is not filled in', () => {
  expect(unfilled('by {{deadline}} or {{deadline}}, {{ amount }} {x}')).toEqual(['{{deadline}}', '{{ amount }}'])
  expect(unfilled('all said')).toEqual([])
})

it('makes a macro of what was typed, or none', () => {
  expect(macroOf('a, b，a', ' note ', 'snooze', 30)).toEqual({ tags: ['a', 'b'], note: 'note', then: 'snooze', minutes: 30 })
  expect(macroOf('', '', 'release', 30)).toEqual({ then: 'release' })
  expect(macroOf(' , ', ' ', '', 30)).toBeUndefined()
})

it('keeps the newest reading and says when there is none', async () => {
  const answers: ((r: { replies: Filled[] }) => void)[] = []
  let down = false
  const menu = new CannedMenu({ filled: () => (down ? Promise.reject(new Error('down')) : new Promise((done) => { answers.push(done) })) }, 'd1')
  const first = menu.read()
  const second = menu.read()
  answers[1]?.({ replies: [reply('new')] })
  answers[0]?.({ replies: [reply('old')] })
  await Promise.all([first, second])
  expect(menu.replies.value?.map((r) => r.shortcut)).toEqual(['new'])
  down = true
  await menu.read()
  expect(menu.failed.value).toBe(true)
  expect(menu.replies.value).toHaveLength(1)
})
