// The fields of an action form. Each shows its label, its control and what is wrong with it.

import type { ComponentChildren, JSX } from 'preact'
import { useId } from 'preact/hooks'
import { money } from '../format'
import { locale } from '../i18n'
import type { KindView } from '../wire'
import { codesFor, gives, kindsFor, length, parties } from './spec'
import type { Draft, Field, FieldName, FormSpec, Limits, Problem } from './spec'
import { formWords } from './words'

export interface FieldContext {
  spec: FormSpec
  draft: Draft
  set(patch: Partial<Draft>): void
  limits: Limits
  /** Kinds an agent may ask for. */
  kinds: readonly KindView[]
  /** Problems are shown once somebody tried to go on. */
  problems: readonly Problem[]
  /** What stands in the place of the evidence field: the caller knows how to upload. */
  evidence?: ComponentChildren
}

const typesOf: Record<string, readonly ('partial' | 'reship' | 'exchange' | 'refund_only' | 'return_refund')[]> = {
  offer: ['partial', 'reship'],
  settle: ['partial', 'reship', 'exchange'],
  overturn: ['refund_only', 'return_refund'],
}
const payers = ['', 'buyer', 'merchant', 'insurance_first'] as const
const methods = ['original_route', 'balance'] as const

export function FormField({ field, ctx }: { field: Field; ctx: FieldContext }): JSX.Element | null {
  const { draft, set, spec } = ctx
  const w = formWords()
  switch (field.name) {
    case 'text':
      return <TextField field={field} ctx={ctx} />
    case 'address':
      return <Labelled name="address" ctx={ctx} label={labelOf(field)} hint={field.required ? w.hints.address : w.hints.addressOwn}>{(id) => (
        <textarea {...id} class="input" rows={2} autocomplete="street-address" value={draft.address} onInput={(e) => set({ address: e.currentTarget.value })} />
      )}</Labelled>
    case 'amount':
      return <AmountField field={field} ctx={ctx} />
    case 'carrier':
    case 'waybill': {
      const name = field.name
      return <Labelled name={name} ctx={ctx}>{(id) => (
        <input {...id} class="input" autocomplete="off" value={draft[name]} onInput={(e) => set({ [name]: e.currentTarget.value })} />
      )}</Labelled>
    }
    case 'code':
      return <CodeField ctx={ctx} />
    case 'assignee':
      return <Labelled name="assignee" ctx={ctx} hint={w.hints.assignee}>{(id) => (
        <input {...id} class="input" autocomplete="off" autocapitalize="off" spellcheck={false} value={draft.assignee} onInput={(e) => set({ assignee: e.currentTarget.value })} />
      )}</Labelled>
    case 'kinds':
      return <KindsField ctx={ctx} />
    case 'freight':
      return <Choice name="freight" ctx={ctx} value={draft.freight} onPick={(freight) => set({ freight })} options={payers.map((p) => [p, w.payers[p]] as const)} />
    case 'method':
      return <Choice name="method" ctx={ctx} hint={w.hints.method} value={draft.method} onPick={(method) => set({ method })} options={methods.map((m) => [m, w.methods[m]] as const)} />
    case 'party':
      return <Choice name="party" ctx={ctx} value={draft.party} onPick={(party) => set({ party })} options={parties.map((p) => [p, w.parties[p]] as const)} />
    case 'type':
      return (
        <Choice name="type" ctx={ctx} value={draft.type} onPick={(type) => set({ type })}
          options={(typesOf[spec.action] ?? []).map((type) => [type, w.types[type]] as const)} />
      )
    case 'evidence':
      return <Group name="evidence" ctx={ctx} hint={evidenceHint(ctx)}>{ctx.evidence}</Group>
    case 'told':
    case 'buyer_ok':
    case 'shop_ok': {
      const name = field.name
      return <div class={ctx.problems.some((p) => p.field === name) ? 'has-problem' : ''}><Tick label={w.fields[name]} checked={draft[name]} onChange={(on) => set({ [name]: on })} /><Trouble name={name} ctx={ctx} /></div>
    }
  }
}

/** Of both parties each is asked for what is his to give: the kinds stand by whose they are. */
function KindsField({ ctx }: { ctx: FieldContext }): JSX.Element {
  const { draft, set } = ctx
  const w = formWords()
  const whose = (kind: KindView): 'buyer' | 'merchant' | 'both' => (kind.by?.length === 1 ? (kind.by[0] === 'merchant' ? 'merchant' : 'buyer') : 'both')
  const pick = (kind: KindView) => (
    <Tick key={kind.kind} label={kind.label} pill checked={draft.kinds.includes(kind.kind)}
      onChange={(on) => set({ kinds: on ? [...draft.kinds, kind.kind] : draft.kinds.filter((k) => k !== kind.kind) })} />
  )
  const fit = ctx.kinds.filter((kind) => gives(kind, draft.party))
  if (draft.party !== 'both') return <Group name="kinds" ctx={ctx} hint={w.hints.kinds}>{fit.map(pick)}</Group>
  return (
    <Group name="kinds" ctx={ctx} hint={w.hints.kindsBoth}>
      {parties.map((party) => {
        const own = fit.filter((kind) => whose(kind) === party)
        return own.length === 0 ? null : <div key={party} class="af-side"><span class="hint">{w.kindsOf[party]}</span><div class="af-options">{own.map(pick)}</div></div>
      })}
    </Group>
  )
}

function labelOf(field: Field): string {
  const w = formWords()
  return field.required ? w.fields[field.name] : `${w.fields[field.name]}${w.optional}`
}

function evidenceHint(ctx: FieldContext): string {
  const w = formWords().hints
  const needed = kindsFor(ctx.draft, ctx.limits)
  if (!needed) return w.evidence
  const names = needed.map((kind) => ctx.kinds.find((k) => k.kind === kind)?.label).filter((label) => label !== undefined)
  return names.length > 0 ? `${w.evidenceNeeded}${w.colon}${names.join(' / ')}` : w.evidenceNeeded
}

function TextField({ field, ctx }: { field: Field; ctx: FieldContext }): JSX.Element {
  const w = formWords()
  const ruling = field.min !== undefined
  const n = length(ctx.draft.text)
  const short = field.min !== undefined && n < field.min
  return (
    <Labelled name="text" ctx={ctx} label={ruling ? w.reasonsLabel : w.fields.text} hint={ruling ? w.hints.reasons : w.hints.text}
      extra={<span class={`hint num${short ? ' is-short' : ''}`}>{(short ? w.countTo : w.count).replace('{n}', String(n)).replace('{min}', String(field.min))}</span>}>
      {(id) => <textarea {...id} class="input" rows={4} value={ctx.draft.text} onInput={(e) => ctx.set({ text: e.currentTarget.value })} />}
    </Labelled>
  )
}

function AmountField({ field, ctx }: { field: Field; ctx: FieldContext }): JSX.Element {
  const w = formWords()
  const offer = ctx.spec.action === 'offer'
  const top = `${offer ? '< ' : '≤ '}${money(ctx.limits.askedFen)}`
  return (
    <Labelled name="amount" ctx={ctx} label={labelOf(field)} hint={`${field.required ? w.hints.amount : w.hints.amountAll} · ${top}`}>{(id) => (
      <input {...id} class="input num" inputmode="decimal" autocomplete="off" value={ctx.draft.amount} onInput={(e) => ctx.set({ amount: e.currentTarget.value })} />
    )}</Labelled>
  )
}

function CodeField({ ctx }: { ctx: FieldContext }): JSX.Element {
  const w = formWords()
  return (
    <Labelled name="code" ctx={ctx}>{(id) => (
      <select {...id} class="input" value={ctx.draft.code} onChange={(e) => ctx.set({ code: e.currentTarget.value })}>
        <option value="">{w.choose}</option>
        {codesFor(ctx.spec.action, ctx.limits.codes).map((c) => (
          <option key={c.code} value={c.code}>{c.code} {locale.value === 'en' ? c.name_en : c.name_zh}</option>
        ))}
      </select>
    )}</Labelled>
  )
}

interface ControlProps { id: string; 'aria-describedby': string; 'aria-invalid': boolean }

function Labelled({ name, ctx, label, hint, extra, children }: {
  name: FieldName; ctx: FieldContext; label?: string; hint?: string; extra?: ComponentChildren; children(id: ControlProps): JSX.Element
}): JSX.Element {
  const id = useId()
  const wrong = ctx.problems.some((p) => p.field === name)
  return (
    <div class="field">
      <label for={id}>{label ?? formWords().fields[name]}</label>
      {children({ id, 'aria-describedby': `${id}-about`, 'aria-invalid': wrong })}
      <div class="af-about" id={`${id}-about`}>
        <Trouble name={name} ctx={ctx} />
        {!wrong && hint && <span class="hint">{hint}</span>}
        {extra}
      </div>
    </div>
  )
}

function Group({ name, ctx, hint, children }: { name: FieldName; ctx: FieldContext; hint?: string; children: ComponentChildren }): JSX.Element {
  return (
    <fieldset class={`af-group ${ctx.problems.some((p) => p.field === name) ? 'has-problem' : ''}`}>
      <legend>{formWords().fields[name]}</legend>
      <div class="af-options">{children}</div>
      <div class="af-about"><Trouble name={name} ctx={ctx} />{hint && <span class="hint">{hint}</span>}</div>
    </fieldset>
  )
}

function Choice({ name, ctx, hint, value, options, onPick }: {
  name: FieldName; ctx: FieldContext; hint?: string; value: string; options: readonly (readonly [string, string])[]; onPick(value: string): void
}): JSX.Element {
  const group = useId()
  return (
    <Group name={name} ctx={ctx} {...(hint ? { hint } : {})}>
      {options.map(([option, label]) => (
        <label key={option} class="af-pill">
          <input type="radio" name={group} value={option} checked={value === option} onChange={() => onPick(option)} />
          <span>{label}</span>
        </label>
      ))}
    </Group>
  )
}

export function Tick({ label, checked, onChange, pill = false }: { label: string; checked: boolean; onChange(on: boolean): void; pill?: boolean }): JSX.Element {
  return (
    <label class={pill ? 'af-pill' : 'af-tick'}>
      <input type="checkbox" checked={checked} onChange={(e) => onChange(e.currentTarget.checked)} />
      <span>{label}</span>
    </label>
  )
}

function Trouble({ name, ctx }: { name: FieldName; ctx: FieldContext }): JSX.Element | null {
  const problem = ctx.problems.find((p) => p.field === name)
  return problem ? <span class="error-text" role="alert">{formWords().problems[problem.code]}</span> : null
}
