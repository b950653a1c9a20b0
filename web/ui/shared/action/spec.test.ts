import { describe, expect, it } from 'vitest'
import type { CaseView, KindView, RejectCode } from '../wire'
import { agentForms, amountOf, body, codesFor, emptyDraft, fen, length, limitsOf, merchantForms, problems } from './spec'
import type { Draft, FormSpec } from './spec'

const view = (allowed: string[], more: Partial<CaseView> = {}): CaseView => ({
  id: 'c1', version: 7, state: 's', state_name: '', sentence: '', shop: 's', amount_fen: 19900, steps: [], allowed_actions: allowed, created_at: '', waiting_on_you: false, updated_at: '', policy: '',
  order: { order: 'o', line: 'l', title: '', shop: '', paid_fen: 20900, status: '' }, ...more,
})
const codes: RejectCode[] = [
  { code: 'MR04', phase: 'application', name_zh: '', name_en: '', needs_evidence: false },
  { code: 'MR08', phase: 'application', name_zh: '', name_en: '', needs_evidence: true, evidence: ['merchant_shipping_proof'] },
  { code: 'MR12', phase: 'return', name_zh: '', name_en: '', needs_evidence: true },
]
const kinds: KindView[] = [
  { kind: 'fault_video', label: '', media: [], by: ['buyer'] },
  { kind: 'merchant_inspection', label: '', media: [], by: ['merchant'] },
  { kind: 'statement', label: '', media: [], by: ['buyer', 'merchant'] },
]
const only = (forms: FormSpec[], action: string): FormSpec => {
  const spec = forms.find((f) => f.action === action)
  if (!spec) throw new Error(`no form for ${action}`)
  return spec
}
const agent = (action: string) => only(agentForms(view([action])), action)
const merchant = (action: string, more: Partial<CaseView> = {}) => only(merchantForms(view([action], more)), action)
const found = (spec: FormSpec, draft: Partial<Draft>, v = view([])) => problems(spec, { ...emptyDraft, ...draft }, limitsOf(v, codes, kinds)).map((p) => `${p.field}:${p.code}`)

describe('forms', () => {
  it('come only from what the server allows', () => {
    expect(agentForms(view(['dismiss', 'rule_refund', 'withdraw'])).map((f) => f.action)).toEqual(['rule_refund', 'dismiss'])
    expect(merchantForms(view(['rule_refund']))).toEqual([])
    expect(agentForms(view([]))).toEqual([])
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
    expect(found(agent('request_evidence'), { party: 'buyer', kinds: ['fault_video'] })).toEqual([])
    expect(body(agent('request_evidence'), { ...emptyDraft, party: 'buyer', kinds: ['fault_video'], text: ' ' }, 7)).toEqual(
      { expected_version: 7, party: 'buyer', kinds: ['fault_video'] })
  })
  it('ask a party only for what is its own to give, also when the party was changed after the kinds were chosen', () => {
    const draft = { ...emptyDraft, party: 'merchant', kinds: ['fault_video', 'merchant_inspection'] }
    expect(body(agent('request_evidence'), draft, 7, kinds)).toEqual({ expected_version: 7, party: 'merchant', kinds: ['merchant_inspection'] })
    expect(found(agent('request_evidence'), { party: 'merchant', kinds: ['fault_video'] })).toEqual(['kinds:required'])
  })
  it('to both name something for each', () => {
    expect(found(agent('request_evidence'), { party: 'both', kinds: ['fault_video'] })).toEqual(['kinds:both_sides'])
    expect(found(agent('request_evidence'), { party: 'both', kinds: ['fault_video', 'merchant_inspection'] })).toEqual([])
    expect(found(agent('request_evidence'), { party: 'both', kinds: ['statement'] })).toEqual([])
    expect(body(agent('request_evidence'), { ...emptyDraft, party: 'both', kinds: ['fault_video', 'merchant_inspection'] }, 7, kinds)).toEqual(
      { expected_version: 7, party: 'both', kinds: ['fault_video', 'merchant_inspection'] })
  })
})

describe('settling', () => {
  const text = '双方同意部分退款一百元'
  const both = { text, buyer_ok: true, shop_ok: true }
  it('with money needs both consents and an amount up to what was asked for', () => {
    expect(found(agent('settle'), { text, type: 'partial', amount: '100' })).toEqual(['buyer_ok:must_tick', 'shop_ok:must_tick'])
    expect(found(agent('settle'), { ...both, type: 'partial', amount: '199.01' })).toEqual(['amount:amount_too_high'])
    expect(found(agent('settle'), { ...both, type: 'partial' })).toEqual(['amount:required'])
    expect(body(agent('settle'), { ...emptyDraft, ...both, type: 'partial', amount: '100' }, 7)).toEqual(
      { expected_version: 7, kind: 'partial', amount_fen: 10000, text, buyer_ok: true, shop_ok: true })
  })
  it('with goods sends no amount; of an exchange, where the goods go and who pays', () => {
    const typed = { ...emptyDraft, ...both, amount: '100', address: '杭州市余杭区 1 号', freight: 'merchant' }
    expect(found(agent('settle'), { ...typed, type: 'reship' })).toEqual([])
    expect(body(agent('settle'), { ...typed, type: 'reship' }, 7)).toEqual({ expected_version: 7, kind: 'reship', ...both })
    expect(body(agent('settle'), { ...typed, type: 'exchange' }, 7)).toEqual(
      { expected_version: 7, kind: 'exchange', address: '杭州市余杭区 1 号', freight_payer: 'merchant', ...both })
  })
})

describe('rulings for the buyer', () => {
  const text = '开箱视频清楚证明了故障'
  it('give all that was asked for, or a part of it', () => {
    expect(body(agent('rule_refund'), { ...emptyDraft, text }, 7)).toEqual({ expected_version: 7, text })
    expect(body(agent('rule_refund'), { ...emptyDraft, text, amount: '50' }, 7)).toEqual({ expected_version: 7, text, amount_fen: 5000 })
    expect(found(agent('rule_refund'), { text, amount: '199.01' })).toEqual(['amount:amount_too_high'])
    expect(found(agent('rule_return_refund'), { text, amount: 'all' })).toEqual(['amount:not_an_amount'])
  })
  it('say who pays the postage and where the goods go, if they come back', () => {
    const typed = { ...emptyDraft, text, freight: 'merchant', address: '杭州市余杭区 1 号' }
    expect(body(agent('rule_return_refund'), typed, 7)).toEqual({ expected_version: 7, text, freight_payer: 'merchant', address: '杭州市余杭区 1 号' })
    expect(body(agent('overturn'), { ...typed, type: 'return_refund' }, 7)).toEqual(
      { expected_version: 7, type: 'return_refund', text, freight_payer: 'merchant', address: '杭州市余杭区 1 号' })
    expect(body(agent('overturn'), { ...typed, type: 'refund_only' }, 7)).toEqual({ expected_version: 7, type: 'refund_only', text })
  })
})

describe('the address of a return', () => {
  it('may be the default one, unless the shop has none', () => {
    expect(found(merchant('agree_return'), {})).toEqual([])
    expect(found(merchant('agree_return', { state: 'awaiting_return' }), {})).toEqual(['address:required'])
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

describe('what cannot be taken back', () => {
  it('is confirmed if the server says so, also where the form thinks it is plain', () => {
    const weight = (irreversible: boolean) => agentForms({ allowed_actions: ['reopen'], actions: [{ action: 'reopen', href: '', required: [], irreversible }] })[0]?.weight
    expect([weight(false), weight(true)]).toEqual(['plain', 'irreversible'])
  })
  it('names the money that was ordered, not what was asked for', () => {
    const refund = { status: 'failed', amount_fen: 5000 }
    expect(amountOf('retry', { amount_fen: 19900, refund })).toBe(5000)
    expect(amountOf('rule_refund', { amount_fen: 19900, refund })).toBe(19900)
    expect(amountOf('retry', { amount_fen: 19900 })).toBe(19900)
  })
})
