import { afterEach, beforeEach, expect, it, vi } from 'vitest'
import type { Found, FoundList, InboxItem } from '../shared/wire'
import { closedOf } from './closed_list'
import { asked, noQuery, Search } from './search'

const found = (conversation: string): Found => ({ conversation, buyer: 'b', holder: 'human', at: '2026-03-05T10:00:00Z' })

beforeEach(() => { vi.useFakeTimers() })
afterEach(() => { vi.useRealTimers() })

it('asks only for what is wanted', () => {
  expect(asked(noQuery)).toBe('')
  expect(asked({ q: ' 空的 ', state: '', tag: 'a b', agent: 'li', closed: '' }, 'c1')).toBe('q=%E7%A9%BA%E7%9A%84&tag=a+b&agent=li&cursor=c1')
})

it('waits until the typing stops, and shows the latest answer only', async () => {
  const answers: ((list: FoundList) => void)[] = []
  const queries: string[] = []
  const search = new Search({ search: (query) => { queries.push(query); return new Promise((done) => { answers.push(done) }) } })
  search.change({ q: 'a' })
  search.change({ q: 'ab' })
  await vi.advanceTimersByTimeAsync(300)
  search.change({ q: 'abc' })
  await vi.advanceTimersByTimeAsync(300)
  expect(queries).toEqual(['q=ab', 'q=abc'])
  answers[1]?.({ found: [found('new')], next_cursor: 'n' })
  answers[0]?.({ found: [found('old')] })
  await vi.advanceTimersByTimeAsync(0)
  expect(search.found.value?.map((f) => f.conversation)).toEqual(['new'])
  expect(search.busy.value).toBe(false)
  const more = search.read('more')
  expect(queries[2]).toBe('q=abc&cursor=n')
  answers[2]?.({ found: [found('next')] })
  await more
  expect(search.found.value?.map((f) => f.conversation)).toEqual(['new', 'next'])
  expect(search.next.value).toBe('')
})

it('says when nothing can be had and keeps what there was', async () => {
  let down = false
  const search = new Search({ search: () => (down ? Promise.reject(new Error('down')) : Promise.resolve({ found: [found('a')] })) })
  await search.read()
  down = true
  await search.read()
  expect(search.trouble.value).not.toBe('')
  expect(search.found.value).toHaveLength(1)
})

it('begins with what it is made for', async () => {
  const queries: string[] = []
  const search = new Search({ search: (query) => { queries.push(query); return Promise.resolve({ found: [] }) } }, { ...noQuery, closed: 'true' })
  await search.read()
  expect(queries).toEqual(['closed=true'])
})

it('looks again for what is new without losing the pages that were read, and once for a burst', async () => {
  const pages: FoundList[] = [{ found: [found('b'), found('c')], next_cursor: 'n' }, { found: [found('d')], next_cursor: 'm' }, { found: [found('a'), found('c'), found('b')], next_cursor: 'other' }]
  const queries: string[] = []
  const search = new Search({ search: (query) => { queries.push(query); return Promise.resolve(pages.shift() ?? { found: [] }) } })
  await search.read('again')
  expect(search.next.value).toBe('n')
  await search.read('more')
  search.later()
  search.later()
  await vi.advanceTimersByTimeAsync(2000)
  expect(queries).toEqual(['', 'cursor=n', ''])
  expect(search.found.value?.map((f) => f.conversation)).toEqual(['a', 'c', 'b', 'd'])
  expect(search.next.value).toBe('m')
})

it('leaves out of what is closed what somebody has taken since', () => {
  const taken: InboxItem = { conversation: 'b', buyer: 'b', holder: 'human', epoch: 1, seq: 1, seen: 0 }
  expect(closedOf([found('a'), found('b')], new Map([['b', taken]])).map((f) => f.conversation)).toEqual(['a'])
  expect(closedOf(undefined, new Map())).toEqual([])
})
