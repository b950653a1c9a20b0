// What the console says about itself: the connection, and short messages.

import { useEffect } from 'preact/hooks'
import type { Connection } from '../shared/connection'
import { Icon } from '../shared/icon'
import type { Desk, Toast } from './desk'
import { text } from './text'

export function ConnectionBanner({ connection }: { connection: Connection }) {
  const c = text().connection
  const phase = connection.phase.value
  if (phase === 'closed' && connection.reason.value === 'replaced') {
    return (
      <div class="banner is-warn" role="alert">
        <span>{c.replaced}</span>
        <button type="button" class="btn btn-sm" onClick={() => connection.start()}>{c.here}</button>
      </div>
    )
  }
  if (phase === 'waiting') {
    return <div class="banner is-warn" role="status"><Icon name="offline" class="icon-sm" />{navigator.onLine ? c.waiting : c.offline}</div>
  }
  return null
}

const shownFor = 6000

export function Toasts({ desk }: { desk: Desk }) {
  return <div class="toasts" role="status">{desk.toasts.value.map((t) => <ToastLine key={t.id} toast={t} desk={desk} />)}</div>
}

function ToastLine({ toast, desk }: { toast: Toast; desk: Desk }) {
  useEffect(() => {
    const id = setTimeout(() => desk.dismiss(toast.id), shownFor)
    return () => clearTimeout(id)
  }, [toast.id])
  return (
    <div class={`toast note note-${toast.tone}`}>
      <Icon name={toast.tone === 'bad' ? 'alert' : 'checkCircle'} class="icon-sm" />
      <span class="grow">{toast.text}</span>
      <button type="button" class="btn-link" aria-label={text().close} onClick={() => desk.dismiss(toast.id)}><Icon name="close" class="icon-sm" /></button>
    </div>
  )
}
