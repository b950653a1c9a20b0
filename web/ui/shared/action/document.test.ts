// The forms held against the API's document: what may be caused has a form, what is required is asked for,
// what cannot be taken back is confirmed, and no field is sent that the API does not know.

import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { setLocale } from '../i18n'
import type { CaseView } from '../wire'
import { agentForms, body, emptyDraft, merchantForms } from './spec'
import type { Draft, FormSpec } from './spec'
import { actionWords, formWords } from './words'

interface Schema { properties?: Record<string, { enum?: string[] }>; required?: string[] }
interface Operation { description?: string; requestBody?: { content: { 'application/json': { schema: { $ref: string } } } } }
interface Document { paths: Record<string, { post?: Operation }>; components: { schemas: Record<string, Schema> } }

const api = JSON.parse(readFileSync(join(import.meta.dirname, '../../../openapi.json'), 'utf8')) as Document

/** The actions of a side with the schema of their requests. */
function actionsOf(side: 'agent' | 'merchant'): { action: string; final: boolean; schema: Schema }[] {
  const found = []
  for (const [path, { post }] of Object.entries(api.paths)) {
    const action = new RegExp(`^/api/${side}/cases/\\{id\\}/([a-z_]+)$`).exec(path)?.[1]
    const ref = post?.requestBody?.content['application/json'].schema.$ref
    const schema = ref && api.components.schemas[ref.split('/').at(-1) ?? '']
    if (action && post && schema) found.push({ action, final: post.description?.includes('cannot be taken back') ?? false, schema })
  }
  return found
}

const view = (action: string): CaseView => ({
  id: 'c1', version: 7, state: 'platform_review', state_name: '', sentence: '', shop: 's', amount_fen: 19900, steps: [], allowed_actions: [action], created_at: '', waiting_on_you: false,
  updated_at: '', policy: '', type: 'return_refund', rejection: { code: 'MR04', name: '', text: '', at: '' }, order: { order: 'o', line: 'l', title: '', shop: '', paid_fen: 20900, status: '' },
})

const full: Draft = {
  text: 'reasons that are long enough', amount: '5', code: 'MR04', kinds: ['statement'], party: 'both', address: 'somewhere', evidence: ['e1'], told: true, carrier: 'SF', waybill: 'SF12345678',
  type: '', buyer_ok: true, shop_ok: true, freight: 'merchant', assignee: 'li.na', method: 'original_route',
}

/** Everything a form can say: with each type that the API knows, if it has one. */
function bodies(spec: FormSpec, schema: Schema): Record<string, unknown>[] {
  const types = schema.properties?.['type']?.enum ?? schema.properties?.['kind']?.enum ?? ['']
  return types.map((type) => ({ ...body(spec, { ...full, type }, 7) }))
}

describe.each([['agent', 12], ['merchant', 17]] as const)('what the API takes from the %s', (side, least) => {
  const actions = actionsOf(side)
  const forms = (action: string) => (side === 'agent' ? agentForms(view(action)) : merchantForms(view(action)))

  it('is found in the document', () => {
    expect(actions.length).toBeGreaterThanOrEqual(least)
  })

  it.each(actions)('$action has a form that says all of it', ({ action, final, schema }) => {
    const [spec, ...more] = forms(action)
    expect(more).toEqual([])
    if (!spec) throw new Error(`no form for ${action}`)
    const sent = bodies(spec, schema)
    const asked = new Set(sent.flatMap((one) => Object.keys(one)))
    expect([...asked].sort()).toEqual(Object.keys(schema.properties ?? {}).sort())
    for (const one of sent) expect(Object.keys(one)).toEqual(expect.arrayContaining(schema.required ?? []))
    // What the API requires cannot be left out of the form.
    const kept = new Set(['expected_version', ...spec.fields.filter((f) => f.required).flatMap((f) => bodyKeys(spec, f.name))])
    expect([...kept]).toEqual(expect.arrayContaining(schema.required ?? []))
    expect(spec.weight === 'plain', 'is sent without a confirmation').toBe(!final)
  })

  it.each(['zh-CN', 'en'] as const)('is named in %s, with what will happen', (lang) => {
    setLocale(lang)
    for (const { action } of actions) {
      const named = actionWords(formWords(), action)
      expect(named.label, action).not.toBe(action)
      expect(named.does.length, action).toBeGreaterThan(0)
    }
  })
})

/** The keys of a request that one field of a form fills. */
function bodyKeys(spec: FormSpec, name: string): string[] {
  const one: FormSpec = { ...spec, fields: spec.fields.filter((f) => f.name === name) }
  const empty = body(one, { ...emptyDraft, type: 'partial' }, 7)
  return Object.keys(body(one, { ...full, type: 'partial' }, 7)).filter((key) => key !== 'expected_version' || key in empty)
}
