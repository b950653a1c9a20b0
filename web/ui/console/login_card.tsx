// The card in the middle of the page for whoever is not at the desk yet.

import type { ComponentChildren } from 'preact'
import { Icon } from '../shared/icon'
import { LocaleSwitch } from '../shared/locale'

export function LoginCard({ heading, trouble, onSubmit, children }: { heading: string; trouble?: string | undefined; onSubmit(form: FormData): Promise<void>; children: [fields: ComponentChildren, buttons: ComponentChildren] }) {
  const [fields, buttons] = children
  return (
    <main class="login">
      <form class="card login-card stack" onSubmit={(e) => { e.preventDefault(); void onSubmit(new FormData(e.currentTarget)) }}>
        <div class="row">
          <span class="login-mark"><Icon name="scale" /></span>
          <span class="grow login-brand">Recourse</span>
          <LocaleSwitch />
        </div>
        <h1>{heading}</h1>
        {fields}
        {trouble && <p class="note note-bad" role="alert"><Icon name="alert" class="icon-sm" />{trouble}</p>}
        {buttons}
      </form>
    </main>
  )
}
