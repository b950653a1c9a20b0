// What an allowed action of a case asks of the person who takes it: a form as data.
// The server decides what is allowed; this only says which fields fit and what is still missing in them.

import type { CaseAction, CaseView, KindView, RejectCode } from '../wire'

export type FieldName =
  | 'text' | 'amount' | 'code' | 'kinds' | 'party' | 'address' | 'evidence'
  | 'told' | 'carrier' | 'waybill' | 'type' | 'buyer_ok' | 'shop_ok' | 'freight' | 'assignee' | 'method'

export interface Field {
  name: FieldName
  required: boolean
  /** text: the least number of characters. */
  min?: number
  /** Asked for only with these types; a form without a type always asks. */
  types?: readonly string[]
}

/** How much care an action asks for. A ruling is confirmed with a summary, an irreversible act with a tick. */
export type Weight = 'plain' | 'irreversible' | 'ruling'

export interface FormSpec {
  action: string
  weight: Weight
  /** Supports the applicant, the other side, or neither: colours the button. */
  tone: 'primary' | 'danger' | 'plain'
  fields: readonly Field[]
}

/** What was typed into a form. It is plain data, so that it can be kept in storage and outlive a refresh. */
export interface Draft {
  text: string
  amount: string
  code: string
  kinds: string[]
  party: string
  address: string
  evidence: string[]
  told: boolean
  carrier: string
  waybill: string
  type: string
  buyer_ok: boolean
  shop_ok: boolean
  freight: string
  assignee: string
  method: string
}

export const emptyDraft: Draft = {
  text: '', amount: '', code: '', kinds: [], party: '', address: '', evidence: [], told: false,
  carrier: '', waybill: '', type: '', buyer_ok: false, shop_ok: false, freight: '', assignee: '', method: '',
}

/** Rulings need written reasons of at least this many characters (T35 to T37). */
export const reasonsMin = 10

const need = (name: FieldName, min?: number): Field => (min === undefined ? { name, required: true } : { name, required: true, min })
const may = (name: FieldName): Field => ({ name, required: false })
const reasons = need('text', reasonsMin)

const only = (field: Field, ...types: string[]): Field => ({ ...field, types })
// A ruling may give a part; where goods come back, it may say where to and at whose cost (T35, T36, T46).
const goodsBack: readonly Field[] = [may('freight'), may('address')]

const agentSpecs: readonly FormSpec[] = [
  { action: 'claim', weight: 'plain', tone: 'primary', fields: [] },
  { action: 'request_evidence', weight: 'plain', tone: 'primary', fields: [need('party'), need('kinds'), may('text')] },
  { action: 'rule_refund', weight: 'ruling', tone: 'primary', fields: [may('amount'), reasons] },
  { action: 'rule_return_refund', weight: 'ruling', tone: 'primary', fields: [may('amount'), ...goodsBack, reasons] },
  { action: 'rule_merchant', weight: 'ruling', tone: 'danger', fields: [reasons] },
  { action: 'dismiss', weight: 'ruling', tone: 'danger', fields: [reasons] },
  {
    action: 'settle', weight: 'irreversible', tone: 'plain',
    fields: [need('type'), only(need('amount'), 'partial'), ...goodsBack.map((f) => only(f, 'exchange')), reasons, need('buyer_ok'), need('shop_ok')],
  },
  { action: 'uphold', weight: 'ruling', tone: 'danger', fields: [reasons] },
  { action: 'overturn', weight: 'ruling', tone: 'primary', fields: [need('type'), may('amount'), ...goodsBack.map((f) => only(f, 'return_refund')), reasons] },
  { action: 'retry', weight: 'irreversible', tone: 'primary', fields: [need('method')] },
  { action: 'reopen', weight: 'plain', tone: 'plain', fields: [reasons] },
  { action: 'reassign', weight: 'plain', tone: 'plain', fields: [need('assignee'), reasons] },
]

const rejection: readonly Field[] = [need('code'), need('text'), may('evidence'), need('told')]
const shipment: readonly Field[] = [need('carrier'), need('waybill')]

const merchantSpecs: readonly FormSpec[] = [
  { action: 'agree_refund', weight: 'irreversible', tone: 'primary', fields: [] },
  { action: 'agree_reship', weight: 'irreversible', tone: 'primary', fields: [] },
  { action: 'agree_return', weight: 'irreversible', tone: 'primary', fields: [may('address')] },
  { action: 'merchant_reverses', weight: 'irreversible', tone: 'primary', fields: [] },
  { action: 'confirm_refund', weight: 'irreversible', tone: 'primary', fields: [] },
  { action: 'confirm_exchange', weight: 'irreversible', tone: 'primary', fields: [] },
  { action: 'merchant_pays', weight: 'irreversible', tone: 'primary', fields: [] },
  { action: 'ship', weight: 'irreversible', tone: 'primary', fields: shipment },
  { action: 'offer', weight: 'plain', tone: 'plain', fields: [need('type'), only(need('amount'), 'partial'), may('text')] },
  { action: 'extend_receipt', weight: 'irreversible', tone: 'plain', fields: [] },
  { action: 'supplement', weight: 'plain', tone: 'plain', fields: [need('text'), may('evidence')] },
  { action: 'goods_sent_back', weight: 'irreversible', tone: 'plain', fields: shipment },
  { action: 'agree_goods_back', weight: 'irreversible', tone: 'plain', fields: [] },
  { action: 'report_lost', weight: 'irreversible', tone: 'plain', fields: [may('text')] },
  { action: 'reject', weight: 'plain', tone: 'danger', fields: rejection },
  { action: 'reject_return', weight: 'plain', tone: 'danger', fields: rejection },
  { action: 'refuse_parcel', weight: 'plain', tone: 'danger', fields: rejection },
]

/** agentForms are the forms for what an agent may do now, in the order of the work. */
export function agentForms(view: Pick<CaseView, 'allowed_actions' | 'actions'>): FormSpec[] {
  return agentSpecs.filter((spec) => view.allowed_actions.includes(spec.action)).map((spec) => careful(spec, view))
}

/** What the server says cannot be taken back is confirmed, whatever is thought of it here. */
function careful(spec: FormSpec, view: Pick<CaseView, 'actions'>): FormSpec {
  const final = view.actions?.some((offer) => offer.action === spec.action && offer.irreversible)
  return final && spec.weight === 'plain' ? { ...spec, weight: 'irreversible' } : spec
}

/** merchantForms are the forms for what the shop may do now. */
export function merchantForms(view: CaseView): FormSpec[] {
  return merchantSpecs
    .filter((spec) => view.allowed_actions.includes(spec.action))
    .map((spec) => {
      if (spec.action === 'merchant_reverses' && takesGoodsBack(view)) return { ...spec, fields: [may('address')] }
      // The shop has no default address: the return waits for one (D12).
      return spec.action === 'agree_return' && view.state === 'awaiting_return' ? { ...spec, fields: [need('address')] } : spec
    })
}

/** amountOf is the money that an action moves if no amount is typed: of a refund that is ordered already, what was ordered. */
export function amountOf(action: string, view: Pick<CaseView, 'amount_fen' | 'refund'>): number {
  const ordered = action === 'retry' || action === 'merchant_pays' ? view.refund?.amount_fen : undefined
  return ordered || view.amount_fen
}

/** fieldsOf are the fields that a draft of a form needs: some belong to one type of what is decided. */
export function fieldsOf(spec: FormSpec, draft: Pick<Draft, 'type'>): readonly Field[] {
  const typed = spec.fields.some((field) => field.name === 'type')
  return spec.fields.filter((field) => !typed || !field.types || field.types.includes(draft.type))
}

/** Reversing a refused application for a return is an agreement to it, which may name the address (T04, T27). */
function takesGoodsBack(view: CaseView): boolean {
  const returns = view.type === 'return_refund' || view.type === 'exchange'
  return returns && phaseOfCode(view.rejection?.code ?? '') === 'application'
}

function phaseOfCode(code: string): string {
  return /^MR1[1-9]$/.test(code) ? 'return' : 'application'
}

/** codesFor are the reject codes that fit an action: the return's codes only for a returned parcel. */
export function codesFor(action: string, codes: readonly RejectCode[]): RejectCode[] {
  const phase = action === 'reject' ? 'application' : 'return'
  return codes.filter((code) => code.phase === phase || code.phase === 'any')
}

export type ProblemCode =
  | 'required' | 'too_short' | 'not_an_amount' | 'amount_too_high' | 'needs_evidence' | 'must_tick' | 'both_sides'

export interface Problem {
  field: FieldName
  code: ProblemCode
}

/** length counts characters as people do, without the blanks around. */
export function length(text: string): number {
  return [...text.trim()].length
}

/** fen reads an amount in yuan ("199", "199.5", "¥199.00"). Anything unclear is undefined. */
export function fen(amount: string): number | undefined {
  const m = /^[¥￥]?\s*(\d{1,7})(?:\.(\d{1,2}))?$/.exec(amount.trim())
  if (!m?.[1]) return undefined
  return Number(m[1]) * 100 + Number((m[2] ?? '').padEnd(2, '0') || '0')
}

/** What a check of a draft must know besides the draft. */
export interface Limits {
  /** A settlement may not go above what was asked for (T34); an offer must stay below it (T05). */
  askedFen: number
  codes: readonly RejectCode[]
  /** What is on the case already, to see whether a chosen piece is of the kind a code needs. */
  pieces: readonly { id: string; kind: string }[]
  /** What may be asked for, and of whom. */
  kinds: readonly KindView[]
}

export function limitsOf(view: CaseView, codes: readonly RejectCode[] = [], kinds: readonly KindView[] = []): Limits {
  return { askedFen: view.amount_fen, codes, pieces: view.evidence ?? [], kinds }
}

/** The parties an agent may ask; both at once in one round (T31). */
export const parties = ['buyer', 'merchant', 'both'] as const

/** gives tells whether a kind is a party's to give. A list that does not say leaves it to the server. */
export function gives(kind: Pick<KindView, 'by'>, party: string): boolean {
  return party === '' || party === 'both' || !kind.by || kind.by.includes(party)
}

/** askedKinds are the chosen kinds that are the party's to give: who is asked may change after the choice. */
export function askedKinds(draft: Draft, kinds: readonly KindView[]): string[] {
  return draft.kinds.filter((chosen) => {
    const kind = kinds.find((k) => k.kind === chosen)
    return kind === undefined || gives(kind, draft.party)
  })
}

function kindsProblem(draft: Draft, kinds: readonly KindView[]): ProblemCode | undefined {
  const asked = askedKinds(draft, kinds)
  if (asked.length === 0) return 'required'
  if (draft.party !== 'both') return undefined
  const covers = (party: string) => asked.some((chosen) => gives(kinds.find((k) => k.kind === chosen) ?? {}, party))
  return covers('buyer') && covers('merchant') ? undefined : 'both_sides'
}

/** problems lists what keeps a draft from being sent, field by field. */
export function problems(spec: FormSpec, draft: Draft, limits: Limits): Problem[] {
  const out: Problem[] = []
  for (const field of fieldsOf(spec, draft)) {
    const code = problemOf(spec, field, draft, limits)
    if (code) out.push({ field: field.name, code })
  }
  return out
}

function problemOf(spec: FormSpec, field: Field, draft: Draft, limits: Limits): ProblemCode | undefined {
  switch (field.name) {
    case 'told':
    case 'buyer_ok':
    case 'shop_ok':
      return field.required && !draft[field.name] ? 'must_tick' : undefined
    case 'kinds':
      return field.required ? kindsProblem(draft, limits.kinds) : undefined
    case 'evidence': {
      const needed = kindsFor(draft, limits)
      if (!needed || draft.evidence.some((id) => fits(id, needed, limits))) return undefined
      return 'needs_evidence'
    }
    case 'amount':
      return amountProblem(spec, field, draft, limits)
    default: {
      const n = length(draft[field.name])
      if (field.required && n === 0) return 'required'
      return field.min !== undefined && n < field.min ? 'too_short' : undefined
    }
  }
}

/** kindsFor are the kinds of evidence the chosen reject code needs one of; undefined when it needs none. */
export function kindsFor(draft: Draft, limits: Pick<Limits, 'codes'>): readonly string[] | undefined {
  const code = limits.codes.find((c) => c.code === draft.code)
  return code?.needs_evidence ? (code.evidence ?? []) : undefined
}

/** A piece that the case does not show yet has just been uploaded: the server knows its kind. */
function fits(id: string, needed: readonly string[], limits: Limits): boolean {
  const piece = limits.pieces.find((p) => p.id === id)
  return piece === undefined || needed.length === 0 || needed.includes(piece.kind)
}

function amountProblem(spec: FormSpec, field: Field, draft: Draft, limits: Limits): ProblemCode | undefined {
  if (draft.amount.trim() === '') return field.required ? 'required' : undefined
  const amount = fen(draft.amount)
  if (amount === undefined || amount === 0) return 'not_an_amount'
  if (spec.action === 'offer') return amount >= limits.askedFen ? 'amount_too_high' : undefined
  return amount > limits.askedFen ? 'amount_too_high' : undefined
}

/** body is the request for a draft without problems. Only the fields of the form are sent. */
export function body(spec: FormSpec, draft: Draft, version: number, kinds: readonly KindView[] = []): CaseAction {
  const out: CaseAction = { expected_version: version }
  for (const { name } of fieldsOf(spec, draft)) {
    switch (name) {
      case 'amount': {
        const amount = fen(draft.amount)
        if (amount !== undefined) out.amount_fen = amount
        break
      }
      case 'told':
        out.told_appeal = draft.told
        break
      case 'buyer_ok':
      case 'shop_ok':
        out[name] = draft[name]
        break
      case 'evidence':
        // A file that is added to the case is there once it is uploaded; only a refusal says which it rests on.
        if (spec.action !== 'supplement' && draft.evidence.length > 0) out.evidence = [...draft.evidence]
        break
      case 'kinds':
        if (draft.kinds.length > 0) out.kinds = askedKinds(draft, kinds)
        break
      case 'type':
        // What is offered or agreed to is a kind of offer; what a ruling orders is a type of refund.
        if (draft.type !== '') out[spec.action === 'overturn' ? 'type' : 'kind'] = draft.type
        break
      case 'freight':
        if (draft.freight !== '') out.freight_payer = draft.freight
        break
      default: {
        const text = draft[name].trim()
        if (text !== '') out[name] = text
      }
    }
  }
  return out
}
