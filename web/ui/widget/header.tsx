import { useEffect, useState } from 'preact/hooks'
import { span } from '../shared/format'
import { Icon } from '../shared/icon'
import { useApp } from './context'
import { words } from './words'

/** Who talks: a machine, nobody yet, or a person with a name. */
export function Header() {
  const { chat, host } = useApp()
  const w = words()
  const holder = chat.now.value.holder
  const who = holder === 'human' ? (chat.state.value?.agent_name ?? w.agent) : holder === 'waiting_human' ? w.waiting : w.bot
  return (
    <header class="header">
      <span class={`avatar avatar-lg avatar-${holder === 'human' ? 'agent' : 'bot'}`}>
        <Icon name={holder === 'human' ? 'person' : holder === 'waiting_human' ? 'headset' : 'bot'} />
      </span>
      <div class="grow" aria-live="polite">
        <h1 class="clip">{who}</h1>
        <p class="header-sub"><Sub /></p>
      </div>
      {host.embedded && (
        <button type="button" class="btn btn-icon" aria-label={w.minimize} title={w.minimize} onClick={() => host.post({ type: 'close' })}><Icon name="minimize" /></button>
      )}
    </header>
  )
}

function Sub() {
  const { chat } = useApp()
  const w = words()
  const holder = chat.now.value.holder
  if (holder === 'human') return <>{chat.agentOnline.value ? w.agentSub : w.agentAway}</>
  if (holder === 'bot') return <>{w.botSub}</>
  const q = chat.queue.value
  if (!q) return <>{w.waitingSub}</>
  if (q.agents === 0) return <>{w.noAgents}</>
  const place = q.position <= 1 ? w.queueNext : w.queue(q.position - 1)
  return <>{place}{q.wait ? w.queueWait(span(q.wait * 1000)) : ''}</>
}

/** What the reader must know of the connection; silence when it is well. */
export function Banner() {
  const { chat } = useApp()
  const w = words()
  const c = chat.connection
  const phase = c.phase.value
  const wasOpen = c.welcome.value !== undefined
  const [, redraw] = useState(0)
  const [online, setOnline] = useState(navigator.onLine !== false)
  useEffect(() => {
    const change = (): void => setOnline(navigator.onLine !== false)
    addEventListener('online', change)
    addEventListener('offline', change)
    return () => {
      removeEventListener('online', change)
      removeEventListener('offline', change)
    }
  }, [])
  useEffect(() => {
    if (phase !== 'waiting') return
    const timer = setInterval(() => redraw((n) => n + 1), 1000)
    return () => clearInterval(timer)
  }, [phase])

  const again = (label: string) => <button type="button" class="btn-link" onClick={() => c.reconnect()}>{label}</button>
  const left = Math.max(0, Math.ceil((c.retryAt.value - Date.now()) / 1000))
  let told = ''
  let action: preact.ComponentChildren = null
  if (phase === 'closed' && c.reason.value === 'replaced') [told, action] = [w.replaced, again(w.useHere)]
  else if (phase === 'closed' && c.reason.value === 'forbidden') told = w.forbidden
  else if (!online) told = w.offline
  else if (phase === 'waiting') [told, action] = [w.lost, again(w.retryNow)]
  else if (phase === 'connecting' && wasOpen) told = w.connecting
  return (
    <div class={told ? 'banner' : ''}>
      {told && <Icon name={phase === 'closed' ? 'info' : 'offline'} class="icon-sm" />}
      <p class="grow">
        <span role="status">{told}</span>
        {/* The seconds are for the eye: read out, they would drown the rest. */}
        {phase === 'waiting' && online && left > 0 && <span aria-hidden="true"> {w.retryIn(left)}</span>}{' '}
        {action}
      </p>
    </div>
  )
}
