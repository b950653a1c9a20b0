import { expect, it } from 'vitest'
import type { Macro, SetWork, WorkView } from '../shared/wire'
import type { Live } from './session'
import { runMacro } from './macro'
import { withTag } from './work_bar'

function setup(down = false) {
  const did: string[] = []
  const live = {
    api: { work: (id: string, body: SetWork): Promise<WorkView> => { did.push(`work ${id} ${JSON.stringify(body)}`); return down ? Promise.reject(new Error('down')) : Promise.resolve({ tags: body.tags ?? [] }) } },
    desk: {
      inbox: { value: new Map([['d1', { tags: ['VIP'] }]]) },
      note: (text: string) => did.push(`note ${text}`), release: () => did.push('release'),
      worked: (id: string) => did.push(`worked ${id}`), toast: () => did.push('toast'),
    },
  } as unknown as Pick<Live, 'api' | 'desk'>
  return { did, run: async (macro: Macro) => { runMacro(live, 'd1', macro); await Promise.resolve(); await Promise.resolve() } }
}

it('does everything a macro says, once', async () => {
  const { did, run } = setup()
  await run({ note: 'asked', tags: ['vip', 'photos'], then: 'snooze', minutes: 30 })
  expect(did).toEqual(['note asked', 'work d1 {"tags":["VIP","photos"],"snooze_minutes":30}', 'worked d1'])
})

it('changes nothing that is so already, and gives the floor back last', async () => {
  const { did, run } = setup()
  await run({ tags: ['vip'], then: 'release' })
  expect(did).toEqual(['release'])
})

it('says when a part of it failed', async () => {
  const { did, run } = setup(true)
  await run({ tags: ['new'] })
  expect(did).toEqual(['work d1 {"tags":["VIP","new"]}', 'toast'])
})

it('keeps tags clean', () => {
  const had = ['VIP']
  expect(withTag(had, ' vip ')).toBe(had)
  expect(withTag(had, '  ')).toBe(had)
  expect(withTag(had, 'two  words')).toEqual(['VIP', 'two words'])
})
