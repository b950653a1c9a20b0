// The actions of a case as buttons; one of them open as a form. Drafts outlive closing, refreshing and reloading.

import type { ComponentChildren, JSX } from 'preact'
import { useMemo, useState } from 'preact/hooks'
import { newID } from '../ids'
import type { CaseAction, CaseView, KindView, RejectCode } from '../wire'
import { ActionForm } from './ActionForm'
import type { Drafts } from './drafts'
import { Attempts } from './failure'
import type { Advice } from './failure'
import { emptyDraft } from './spec'
import type { Draft, FormSpec } from './spec'
import { actionWords, formWords } from './words'
import './action.css'

export interface ActionPanelProps {
  forms: readonly FormSpec[]
  view: CaseView
  drafts: Drafts
  kinds?: readonly KindView[]
  codes?: readonly RejectCode[]
  /** The evidence field of a form; it changes the draft by the function it is given. */
  evidence?(draft: Draft, set: (patch: Partial<Draft>) => void): ComponentChildren
  send(action: string, body: CaseAction, key: string): Promise<CaseView>
  done(view: CaseView, action: string): void
  refused(advice: Advice): void
}

export function ActionPanel(props: ActionPanelProps): JSX.Element | null {
  const { view, forms, drafts } = props
  const w = formWords()
  const [open, setOpen] = useState<string>()
  const [, redraw] = useState(0)
  const attempts = useMemo(() => new Attempts(() => newID('k')), [view.id])
  const spec = forms.find((form) => form.action === open)
  if (forms.length === 0) return null

  if (!spec) {
    return (
      <div class="af-actions">
        {forms.map((form) => (
          <button key={form.action} type="button" onClick={() => setOpen(form.action)}
            class={`btn ${form.tone === 'primary' ? 'btn-primary-soft' : form.tone === 'danger' ? 'btn-danger' : ''}`}>
            {actionWords(w, form.action).label}
          </button>
        ))}
      </div>
    )
  }

  const key = `${view.id}/${spec.action}`
  // Reading at the time of the change: an upload that ends later must not bring back an old text.
  const draft = drafts.readObject(key, emptyDraft)
  const keepDraft = (next: Draft) => { drafts.writeObject(key, next); redraw((n) => n + 1) }
  const patch = (p: Partial<Draft>) => keepDraft({ ...drafts.readObject(key, emptyDraft), ...p })
  const { kinds, codes, evidence } = props

  return (
    <ActionForm key={key} spec={spec} view={view} draft={draft} setDraft={keepDraft} close={() => setOpen(undefined)} refused={props.refused}
      {...(kinds ? { kinds } : {})} {...(codes ? { codes } : {})} {...(evidence ? { evidence: evidence(draft, patch) } : {})}
      send={async (action, body) => {
        const after = await props.send(action, body, attempts.key(view.id, action, body))
        attempts.done()
        drafts.write(key, '')
        setOpen(undefined)
        props.done(after, action)
      }} />
  )
}
