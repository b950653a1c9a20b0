import { describe, expect, it } from 'vitest'
import type { CaseView, RejectCode } from '../wire'
import { agentForms, body, codesFor, emptyDraft, fen, length, limitsOf, merchantForms, problems } from './spec'
import type { Draft, FormSpec } from './spec'
import { actionWords, formWords } from './words'

const view = (allowed: string[], more: Partial<CaseView> = {}): CaseView => ({
  id: 'c1', version: 7, state: 's', state_name: '', sentence: '', shop: 's', amount_fen: 19900, steps: [], allowed_actions: allowed, created_at: '', waiting_on_you: false, updated_at: '', policy: '',
  order: { order: 'o', line: 'l', title: '', shop: '', paid_fen: 20900, status: '' }, ...more,
})
const codes: RejectCode[] = [
  { code: 'MR04', phase: 'application', name_zh: '', name_en: '', needs_evidence: false },
  { code: 'MR08', phase: 'application', name_zh: '', name_en: '', needs_evidence: true, evidence: ['merchant_shipping_proof'] },
  { code: 'MR12', phase: 'return', name_zh: '', name_en: '', needs_evidence: true },
]
const only = (forms: FormSpec[], action: string): FormSpec => {
  const spec = forms.find((f) => f.action === action)
  if (!spec) throw new Error(`no form for ${action}`)
  return spec
}
const agent = (action: string) => only(agentForms(view([action])), action)
const merchant = (action: string, more: Partial<CaseView> = {}) => only(merchantForms(view([action], more)), action)
const found = (spec: FormSpec, draft: Partial<Draft>, v = view([])) => problems(spec, { ...emptyDraft, ...draft }, limitsOf(v, codes)).map((p) => `${p.field}:${p.code}`)

describe('forms', () => {
  it('come only from what the server allows', () => {
    expect(agentForms(view(['dismiss', 'rule_refund', 'withdraw'])).map((f) => f.action)).toEqual(['rule_refund', 'dismiss'])
    expect(merchantForms(view(['rule_refund']))).toEqual([])
    expect(agentForms(view([]))).toEqual([])
  })
  it('all have words in both languages', () => {
    const every = ['claim', 'request_evidence', 'rule_refund', 'rule_return_refund', 'rule_merchant', 'dismiss', 'settle', 'uphold', 'overturn', 'reopen', 'retry']
    expect(agentForms(view(every))).toHaveLength(every.length)
    for (const action of every) expect(actionWords(formWords(), action).does.length).toBeGreaterThan(0)
  })
  it('treat every ruling as one that needs a confirmation', () => {
    for (const action of ['rule_refund', 'rule_return_refund', 'rule_merchant', 'dismiss', 'uphold', 'overturn']) expect(agent(action).weight).toBe('ruling')
  })
  it('ask for an address when a refused return is agreed to after all, and not when the goods are back', () => {
    const rejection = (code: string) => ({ code, name: '', text: '', at: '' })
    expect(merchant('merchant_reverses', { type: 'return_refund', rejection: rejection('MR04') }).fields.map((f) => f.name)).toEqual(['address'])
    expect(merchant('merchant_reverses', { type: 'return_refund', rejection: rejection('MR12') }).fields).toEqual([])
    expect(merchant('merchant_reverses', { type: 'refund_only', rejection: rejection('MR04') }).fields).toEqual([])
  })
})

describe('written reasons', () => {
  it('need ten characters, blanks around not counted', () => {
    expect(found(agent('rule_refund'), {})).toEqual(['text:required'])
    expect(found(agent('rule_refund'), { text: '  视频清楚证明故障  ' })).toEqual(['text:too_short'])
    expect(found(agent('rule_refund'), { text: '开箱视频清楚证明了故障' })).toEqual([])
  })
  it('count characters outside the first plane once', () => {
    expect(length(' 𠮷𠮷 ')).toBe(2)
  })
})

describe('evidence requests', () => {
  it('need a party and at least one kind', () => {
    expect(found(agent('request_evidence'), {})).toEqual(['party:required', 'kinds:required'])
    expect(body(agent('request_evidence'), { ...emptyDraft, party: 'buyer', kinds: ['fault_video'], text: ' ' }, 7)).toEqual(
      { expected_version: 7, party: 'buyer', kinds: ['fault_video'] })
  })
})

describe('settling', () => {
  it('needs both consents and an amount up to what was asked for', () => {
    const text = '双方同意部分退款一百元'
    expect(found(agent('settle'), { text, amount: '100' })).toEqual(['buyer_ok:must_tick', 'shop_ok:must_tick'])
    expect(found(agent('settle'), { text, amount: '199.01', buyer_ok: true, shop_ok: true })).toEqual(['amount:amount_too_high'])
    expect(body(agent('settle'), { ...emptyDraft, text, amount: '100', buyer_ok: true, shop_ok: true }, 7)).toEqual(
      { expected_version: 7, amount_fen: 10000, text, buyer_ok: true, shop_ok: true })
  })
})

describe('rejections', () => {
  it('offer the codes of their phase', () => {
    expect(codesFor('reject', codes).map((c) => c.code)).toEqual(['MR04', 'MR08'])
    expect(codesFor('reject_return', codes).map((c) => c.code)).toEqual(['MR12'])
  })
  it('need evidence where the code needs it, and the word to the buyer', () => {
    expect(found(merchant('reject'), { code: 'MR08', text: '已签收' })).toEqual(['evidence:needs_evidence', 'told:must_tick'])
    expect(found(merchant('reject'), { code: 'MR04', text: '原因不符', told: true })).toEqual([])
  })
  it('need a piece of the kind the code asks for', () => {
    const piece = (kind: string) => view([], { evidence: [{ id: 'e1', kind, label: '', party: 'merchant', stage: 'submitted', stage_name: '', at: '' }] })
    const draft = { code: 'MR08', text: '已签收', told: true, evidence: ['e1'] }
    expect(found(merchant('reject'), draft, piece('merchant_notice'))).toEqual(['evidence:needs_evidence'])
    expect(found(merchant('reject'), draft, piece('merchant_shipping_proof'))).toEqual([])
    expect(found(merchant('reject'), draft)).toEqual([])
  })
  it('send what was typed', () => {
    expect(body(merchant('reject'), { ...emptyDraft, code: 'MR08', text: '物流显示已签收', told: true, evidence: ['e1'], amount: '5' }, 3)).toEqual(
      { expected_version: 3, code: 'MR08', text: '物流显示已签收', told_appeal: true, evidence: ['e1'] })
  })
})

describe('offers', () => {
  it('stay below what was asked for', () => {
    expect(found(merchant('offer'), { type: 'partial', amount: '199.00' })).toEqual(['amount:amount_too_high'])
    expect(found(merchant('offer'), { type: 'partial', amount: '198.99' })).toEqual([])
  })
  it('need no amount to reship', () => {
    expect(found(merchant('offer'), { type: 'reship' })).toEqual([])
    expect(body(merchant('offer'), { ...emptyDraft, type: 'reship', amount: '5' }, 1)).toEqual({ expected_version: 1, kind: 'reship' })
  })
})

describe('supplements', () => {
  it('need a text; files are on the case as soon as they are uploaded', () => {
    expect(found(merchant('supplement'), { evidence: ['e1'] })).toEqual(['text:required'])
    expect(body(merchant('supplement'), { ...emptyDraft, text: '见视频', evidence: ['e1'] }, 3)).toEqual({ expected_version: 3, text: '见视频' })
  })
})

describe('amounts', () => {
  it.each([['199', 19900], ['199.5', 19950], ['¥199.00', 19900], ['0.01', 1], ['', undefined], ['1.005', undefined], ['-5', undefined], ['5e3', undefined], ['1,000', undefined]])(
    '%s is %s fen', (written, expected) => { expect(fen(written)).toBe(expected) })
})
