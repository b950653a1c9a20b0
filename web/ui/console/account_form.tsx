// The form of an account, new or there already. What is typed is kept until it is saved or discarded, also over a reload.

import { useState } from 'preact/hooks'
import { failureText } from '../shared/api'
import type { AgentView } from '../shared/wire'
import { changed, roles, skillsOf, wrongIn } from './accounts'
import type { AccountForm as Form, Wrong } from './accounts'
import { accountWords, roleName } from './accounts_words'

export interface AccountFormProps {
  form: Form
  /** What there is; of a new account the empty form. */
  was: Form
  fresh: boolean
  me: AgentView
  onChange(form: Form): void
  /** Saves it; what it throws is shown here. */
  onSave(form: Form): Promise<unknown>
  onDiscard(): void
}

export function AccountForm({ form, was, fresh, me, onChange, onSave, onDiscard }: AccountFormProps) {
  const w = accountWords()
  const [busy, setBusy] = useState(false)
  const [wrong, setWrong] = useState<Wrong>()
  const [trouble, setTrouble] = useState('')
  const set = (part: Partial<Form>): void => {
    setWrong(undefined)
    setTrouble('')
    onChange({ ...form, ...part })
  }
  const dirty = changed(form, was)
  const own = !fresh && form.login === me.login
  const submit = (e: Event): void => {
    e.preventDefault()
    const bad = wrongIn(form)
    setWrong(bad)
    setTrouble('')
    if (bad) {
      document.getElementById(`account-${bad}`)?.focus()
      return
    }
    setBusy(true)
    onSave(form).then(() => setBusy(false), (err: unknown) => { setBusy(false); setTrouble(failureText(err)) })
  }
  const about = (field: Wrong, hint: string) => ({ 'aria-invalid': wrong === field, 'aria-describedby': hint })
  const told = (field: Wrong, id: string, hint: string) => (wrong === field ? <p class="error-text" id={id} role="alert">{w.wrong[field]}</p> : <p class="small muted" id={id}>{hint}</p>)
  return (
    <form class="stack" onSubmit={submit} noValidate>
      {fresh && (
        <div class="field">
          <label for="account-login">{w.login}</label>
          <input id="account-login" class="input" value={form.login} maxLength={64} autocapitalize="none" autocomplete="off" spellcheck={false} required {...about('login', 'account-login-hint')}
            onInput={(e) => set({ login: e.currentTarget.value.trim().toLowerCase() })} />
          {told('login', 'account-login-hint', w.loginHint)}
        </div>
      )}
      <div class="account-fields">
        <div class="field">
          <label for="account-name">{w.name}</label>
          <input id="account-name" class="input" value={form.name} maxLength={40} autocomplete="off" aria-describedby="account-name-hint" onInput={(e) => set({ name: e.currentTarget.value })} />
          <p class="small muted" id="account-name-hint">{w.nameHint}</p>
        </div>
        <div class="field">
          <label for="account-role">{w.role}</label>
          <select id="account-role" class="input" value={form.role} disabled={own} aria-describedby="account-role-hint" onChange={(e) => set({ role: e.currentTarget.value })}>
            {roles.map((role) => <option key={role} value={role}>{roleName(role)}</option>)}
          </select>
          <p class="small muted" id="account-role-hint">{own ? w.roleOwn : fresh ? '' : w.roleEnds}</p>
        </div>
      </div>
      <fieldset class="field account-set">
        <legend class="label">{w.languages}</legend>
        <div class="row account-choices">
          <label class="row"><input type="checkbox" checked={form.zh} onChange={(e) => set({ zh: e.currentTarget.checked })} />{w.zh}</label>
          <label class="row"><input type="checkbox" checked={form.en} onChange={(e) => set({ en: e.currentTarget.checked })} />{w.en}</label>
          <span class="small muted">{w.languagesHint}</span>
        </div>
      </fieldset>
      <div class="field">
        <label for="account-skills">{w.skills}</label>
        <input id="account-skills" class="input" value={form.skills} autocapitalize="none" autocomplete="off" spellcheck={false} {...about('skills', 'account-skills-hint')} onInput={(e) => set({ skills: e.currentTarget.value })} />
        {told('skills', 'account-skills-hint', w.skillsHint)}
        {skillsOf(form.skills).length > 1 && <p class="row account-choices">{skillsOf(form.skills).map((s) => <span key={s} class="chip">{s}</span>)}</p>}
      </div>
      <fieldset class="field account-set">
        <legend class="label">{w.capacity}</legend>
        <div class="row account-choices">
          {([['usual', w.usual], ['none', w.noChats], ['number', w.number]] as const).map(([room, label]) => (
            <label key={room} class="row"><input type="radio" name="account-room" checked={form.room === room} onChange={() => set({ room })} />{label}</label>
          ))}
          {form.room === 'number' && (
            <input id="account-seats" class="input account-seats num" type="number" min={1} max={50} inputMode="numeric" aria-label={w.seats} value={form.seats} {...about('seats', 'account-seats-hint')} onInput={(e) => set({ seats: e.currentTarget.value })} />
          )}
        </div>
        {form.room === 'number' && (wrong === 'seats' ? told('seats', 'account-seats-hint', '') : <p class="sr-only" id="account-seats-hint">{w.seats}</p>)}
      </fieldset>
      {fresh && <label class="row"><input type="checkbox" checked={form.sso} onChange={(e) => set({ sso: e.currentTarget.checked })} />{w.ssoField}</label>}
      {trouble && <p class="note note-bad" role="alert">{trouble}</p>}
      <div class="row account-choices">
        {dirty && !fresh && <span class="small muted" role="status">{w.unsaved}</span>}
        <span class="grow" />
        {(dirty || fresh) && <button type="button" class="btn" disabled={busy} onClick={onDiscard}>{fresh ? w.cancel : w.discard}</button>}
        <button type="submit" class="btn btn-primary" disabled={busy || !dirty}>{busy ? (fresh ? w.creating : w.saving) : fresh ? w.create : w.save}</button>
      </div>
    </form>
  )
}
