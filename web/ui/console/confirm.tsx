// Asking once more before something is done that others feel at once. It stays open until it is done, and says why it was not.

import { useEffect, useRef, useState } from 'preact/hooks'
import { failureText } from '../shared/api'
import { accountWords } from './accounts_words'

/** What is asked, and what a yes does. */
export interface Sure { heading: string; what: string; yes: string; danger: boolean; run(): Promise<unknown> }

export function Confirm({ sure, onClose }: { sure: Sure; onClose(): void }) {
  const w = accountWords()
  const dialog = useRef<HTMLDialogElement>(null)
  const [busy, setBusy] = useState(false)
  const [trouble, setTrouble] = useState('')
  useEffect(() => { if (dialog.current && !dialog.current.open) dialog.current.showModal() }, [])
  const run = (): void => {
    setBusy(true)
    setTrouble('')
    sure.run().then(() => dialog.current?.close(), (err: unknown) => { setTrouble(failureText(err)); setBusy(false) })
  }
  return (
    <dialog ref={dialog} class="dialog" onClose={onClose} aria-labelledby="confirm-heading" aria-describedby="confirm-what">
      <div class="card-body stack">
        <h2 id="confirm-heading">{sure.heading}</h2>
        <p id="confirm-what">{sure.what}</p>
        {trouble && <p class="note note-bad" role="alert">{trouble}</p>}
        <div class="row">
          <span class="grow" />
          <button type="button" class="btn" onClick={() => dialog.current?.close()}>{w.cancel}</button>
          <button type="button" class={`btn ${sure.danger ? 'btn-danger-solid' : 'btn-primary'}`} disabled={busy} onClick={run}>{busy ? w.working : sure.yes}</button>
        </div>
      </div>
    </dialog>
  )
}
