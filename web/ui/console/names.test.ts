// The names of states here and those the server words are the same: one list shows the one, the case beside it the other.
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { setLocale } from '../shared/i18n'
import { stateName } from './names'

describe.each([['zh-CN', 'zh'], ['en', 'en']] as const)('%s', (locale, file) => {
  test('states are named as the server names them', () => {
    const yaml = readFileSync(join(import.meta.dirname, '../../../bot/replies', `${file}.yaml`), 'utf8')
    const names = [...yaml.matchAll(/^state\.(\w+): "(.*)"$/gm)]
    expect(names.length).toBeGreaterThan(20)
    setLocale(locale)
    expect(names.map(([, state]) => [state, stateName(state ?? '')])).toEqual(names.map(([, state, name]) => [state, name]))
  })
})
