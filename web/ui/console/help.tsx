import { useEffect, useRef } from 'preact/hooks'
import { Icon } from '../shared/icon'
import { text } from './text'

export function Help({ onClose }: { onClose(): void }) {
  const t = text()
  const dialog = useRef<HTMLDialogElement>(null)
  useEffect(() => { if (dialog.current && !dialog.current.open) dialog.current.showModal() }, [])
  const rows: readonly (readonly [readonly string[], string])[] = [
    [['j'], t.help.next], [['k'], t.help.previous], [['c'], t.help.claim], [['r'], t.help.reply], [['n'], t.help.note], [['t'], t.help.tickets], [['/'], t.help.search],
    [['Ctrl', 'Enter'], t.help.send], [['Esc'], t.help.leave], [['?'], t.help.help],
  ]
  return (
    <dialog ref={dialog} class="dialog" onClose={onClose} aria-labelledby="help-heading">
      <div class="card-body stack">
        <div class="row">
          <h2 id="help-heading" class="grow">{t.help.heading}</h2>
          <button type="button" class="btn btn-icon" aria-label={t.close} onClick={() => dialog.current?.close()}><Icon name="close" /></button>
        </div>
        <dl class="keys">
          {rows.map(([keys, what]) => <div key={what}><dt>{keys.map((k) => <kbd key={k}>{k}</kbd>)}</dt><dd>{what}</dd></div>)}
        </dl>
      </div>
    </dialog>
  )
}
