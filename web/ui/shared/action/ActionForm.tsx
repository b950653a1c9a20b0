// One action as a form: fields, then what will happen, then, for what cannot be taken back, an explicit tick.
// A change of the case while somebody types keeps the text and asks to check again.

import type { ComponentChildren, JSX } from 'preact'
import { useEffect, useLayoutEffect, useRef, useState } from 'preact/hooks'
import { money } from '../format'
import { locale } from '../i18n'
import type { CaseAction, CaseView, KindView, RejectCode } from '../wire'
import { FormField, Tick } from './Fields'
import type { FieldContext } from './Fields'
import { adviseOn } from './failure'
import type { Advice } from './failure'
import { amountOf, askedKinds, body, fen, fieldsOf, limitsOf, problems } from './spec'
import type { Draft, FormSpec } from './spec'
import { actionWords, formWords } from './words'

export interface ActionFormProps {
  spec: FormSpec
  view: CaseView
  draft: Draft
  setDraft(draft: Draft): void
  kinds?: readonly KindView[]
  codes?: readonly RejectCode[]
  evidence?: ComponentChildren
  /** Sends the request. What it throws is shown in the form. */
  send(action: string, body: CaseAction): Promise<void>
  /** The request was refused: the caller may reload the case. */
  refused(advice: Advice): void
  close(): void
}

export function ActionForm(props: ActionFormProps): JSX.Element {
  const { spec, view, draft } = props
  const w = formWords()
  const named = actionWords(w, spec.action)
  const [step, setStep] = useState<'edit' | 'review'>(spec.fields.length === 0 ? 'review' : 'edit')
  const [tried, setTried] = useState(false)
  const [sure, setSure] = useState(false)
  const [sending, setSending] = useState(false)
  const [advice, setAdvice] = useState<Advice>()
  const [changed, setChanged] = useState(false)
  const version = useRef(view.version)
  const head = useRef<HTMLHeadingElement>(null)
  const form = useRef<HTMLFormElement>(null)
  const busy = useRef(false) // two presses may come before anything is drawn

  useEffect(() => head.current?.focus(), [step])
  useEffect(() => {
    if (version.current === view.version) return
    version.current = view.version
    setSure(false)
    setChanged(true)
    if (spec.fields.length > 0) setStep('edit')
  }, [view.version])

  const limits = limitsOf(view, props.codes, props.kinds)
  const wrong = problems(spec, draft, limits)
  const ctx: FieldContext = {
    spec, draft, limits, kinds: props.kinds ?? [], problems: tried ? wrong : [],
    set: (patch) => { setChanged(false); setAdvice(undefined); props.setDraft({ ...draft, ...patch }) },
    ...(props.evidence === undefined ? {} : { evidence: props.evidence }),
  }
  const careful = spec.weight !== 'plain'
  const shown = fieldsOf(spec, draft)
  const typed = shown.some((f) => f.name === 'amount') ? fen(draft.amount) : undefined
  const last = step === 'review' || !careful

  async function submit(e: Event): Promise<void> {
    e.preventDefault()
    setTried(true)
    if (wrong.length > 0) {
      // After the problems are drawn: to the first field that has one.
      setTimeout(() => form.current?.querySelector<HTMLElement>('[aria-invalid="true"], .has-problem input, .has-problem select')?.focus())
      return
    }
    if (busy.current) return
    if (!last) { setStep('review'); return }
    if (careful && !sure) return
    busy.current = true
    setSending(true)
    setAdvice(undefined)
    setChanged(false)
    try {
      await props.send(spec.action, body(spec, draft, view.version, props.kinds))
    } catch (err) {
      const next = adviseOn(err, locale.value)
      setAdvice(next)
      props.refused(next)
    } finally {
      busy.current = false
      setSending(false)
    }
  }

  const back = (): void => {
    if (spec.fields.length === 0) { props.close(); return }
    setStep('edit')
    setSure(false)
  }
  const content = (
    <>
      <h3 class="af-title" tabIndex={-1} ref={head}>{named.label}</h3>
      {step === 'edit' && shown.map((field) => <FormField key={field.name} field={field} ctx={ctx} />)}
      {step === 'review' && <Recap spec={spec} draft={draft} kinds={ctx.kinds} />}
      {last && <WillHappen lines={named.does} amount={money(typed ?? amountOf(spec.action, view))} careful={careful} />}
      {last && careful && <Tick label={spec.weight === 'ruling' ? w.confirmRuling : w.confirmIrreversible} checked={sure} onChange={setSure} />}
      {changed && !advice && <p class="note note-warn" role="status">{w.changed}</p>}
      {advice && (
        <p class={`note ${advice.refresh ? 'note-warn' : 'note-bad'}`} role="alert">
          <span class="grow">{advice.message}{advice.refresh && ` ${w.kept}`} <code class="small">{advice.code}</code></span>
        </p>
      )}
      <div class="af-buttons">
        {step === 'review' && spec.fields.length > 0
          ? <button type="button" class="btn" onClick={back}>{w.back}</button>
          : <button type="button" class="btn" onClick={props.close}>{w.cancel}</button>}
        <button type="submit" class={`btn ${last && spec.tone === 'danger' ? 'btn-danger-solid' : 'btn-primary'}`} disabled={sending || (last && careful && !sure)}>
          {sending ? w.sending : last ? w.send.replace('{action}', named.label) : w.toReview}
        </button>
      </div>
    </>
  )
  return (
    <form ref={form} class="af" onSubmit={submit} noValidate>
      {careful && last ? <Confirm label={named.label} onClose={back}>{content}</Confirm> : content}
    </form>
  )
}

/** What cannot be taken back is confirmed by itself, with nothing else to press. Escape goes back. */
function Confirm({ label, onClose, children }: { label: string; onClose(): void; children: ComponentChildren }): JSX.Element {
  const node = useRef<HTMLDialogElement>(null)
  useLayoutEffect(() => {
    if (node.current && !node.current.open) node.current.showModal()
  }, [])
  return (
    <dialog ref={node} class="dialog af-confirm" aria-label={label} onCancel={(e) => { e.preventDefault(); onClose() }}>
      <div class="af-body">{children}</div>
    </dialog>
  )
}

function WillHappen({ lines, amount, careful }: { lines: readonly string[]; amount: string; careful: boolean }): JSX.Element | null {
  if (lines.length === 0) return null
  return (
    <div class={`note ${careful ? 'note-warn' : ''} af-will`}>
      <strong>{formWords().willHappen}</strong>
      <ul>{lines.map((line) => <li key={line}>{line.replace('{amount}', amount)}</li>)}</ul>
    </div>
  )
}

/** What was typed, once more before it goes out. */
function Recap({ spec, draft, kinds }: { spec: FormSpec; draft: Draft; kinds: readonly KindView[] }): JSX.Element | null {
  const w = formWords()
  const rows: [string, string][] = []
  const named = (words: Record<string, string>, key: string): string => words[key] ?? key
  for (const { name, min } of fieldsOf(spec, draft)) {
    const row = (value: string, label = w.fields[name]): void => { if (value.trim() !== '') rows.push([label, value]) }
    switch (name) {
      case 'text': row(draft.text, min === undefined ? w.fields.text : w.reasonsLabel); break
      case 'amount': row(draft.amount.trim() === '' ? '' : money(fen(draft.amount) ?? 0)); break
      case 'type': row(named(w.types, draft.type)); break
      case 'freight': row(named(w.payers, draft.freight)); break
      case 'method': row(named(w.methods, draft.method)); break
      case 'party': row(named(w.parties, draft.party)); break
      case 'kinds': row(askedKinds(draft, kinds).map((k) => kinds.find((v) => v.kind === k)?.label ?? k).join(w.hints.and)); break
      case 'address': case 'carrier': case 'waybill': case 'assignee': row(draft[name]); break
      default: break
    }
  }
  if (rows.length === 0) return null
  return <dl class="af-recap">{rows.map(([label, value]) => <div key={label}><dt>{label}</dt><dd>{value}</dd></div>)}</dl>
}
