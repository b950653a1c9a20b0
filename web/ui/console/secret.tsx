// A temporary password, shown this once. The dialog closes by its button only, so that nobody loses it by a stray key.

import { useEffect, useRef, useState } from 'preact/hooks'
import { dateTime } from '../shared/format'
import type { AccountSecret } from '../shared/wire'
import { accountWords } from './accounts_words'

export function SecretDialog({ secret, onClose }: { secret: AccountSecret; onClose(): void }) {
  const w = accountWords()
  const dialog = useRef<HTMLDialogElement>(null)
  const field = useRef<HTMLInputElement>(null)
  const [copied, setCopied] = useState<'yes' | 'no'>()
  useEffect(() => { if (dialog.current && !dialog.current.open) dialog.current.showModal() }, [])
  const copy = (): void => {
    field.current?.select()
    // Pages that are not from a safe origin have no clipboard; the password stays selected.
    if (!navigator.clipboard) setCopied('no')
    else navigator.clipboard.writeText(secret.password ?? '').then(() => setCopied('yes'), () => setCopied('no'))
  }
  return (
    <dialog ref={dialog} class="dialog" onCancel={(e) => e.preventDefault()} onClose={onClose} aria-labelledby="secret-heading">
      <div class="card-body stack">
        <h2 id="secret-heading">{w.secretFor(secret.account.name)}</h2>
        <div class="field">
          <label for="secret-password">{w.secret} · {secret.account.login}</label>
          <div class="row">
            <input ref={field} id="secret-password" class="input grow secret-text" readOnly value={secret.password} aria-describedby="secret-once" onFocus={(e) => e.currentTarget.select()} />
            <button type="button" class="btn btn-primary" onClick={copy}>{w.copy}</button>
          </div>
          <p class="small" role="status">{copied === 'yes' ? w.copied : copied === 'no' ? w.copyFailed : ''}</p>
        </div>
        <p class="note note-warn" id="secret-once">{w.secretOnce}</p>
        {secret.expires && <p class="small muted num">{w.secretUntil(dateTime(secret.expires))}</p>}
        <button type="button" class="btn btn-block" onClick={() => dialog.current?.close()}>{w.secretClose}</button>
      </div>
    </dialog>
  )
}
