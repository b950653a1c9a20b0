import { describe, expect, it } from 'vitest'
import type { Result } from './data'
import { fits } from './fits'

const c: Result = {
  id: 'late-refusal/zh', pos: { file: 'flows/escalate.yaml' }, lang: 'zh-CN', tags: ['Escalation'], tier: 'regression', status: 'failed',
  question: { text: '多久到账', topic: 'pay-arrival', accept: ['pay-not-arrived'] },
}

describe('a word of the search', () => {
  it.each([
    ['status:failed', true], ['status:passed', false], ['tag:escalation', true], ['tag:escal', false], ['lang:zh', true], ['lang:en', false],
    ['topic:pay-arrival', true], ['topic:pay-not-arrived', true], ['topic:pay', false], ['refusal', true], ['到账', true], ['escalate.yaml', true], ['http://x', false],
  ])('%s', (term, want) => { expect(fits(c, term)).toBe(want) })
})
