import { useId, useState } from 'preact/hooks'
import { Icon } from '../../shared/icon'
import type { Button } from '../../shared/wire'
import { useApp } from '../context'
import { words } from '../rich_words'
import { usePress } from './buttons'

const WAYBILL = /^[A-Za-z0-9-]{6,40}$/

/**
 * Carrier and number of the return parcel. A number that was read from a photograph comes with the button; it is
 * shown to be checked, and counts only when the buyer sends it. What was typed stays when the server refuses it.
 */
export function Tracking({ button, on }: { button: Button; on: number }) {
  const { chat } = useApp()
  const w = words()
  const id = useId()
  const offered = button.args?.['waybill']
  const [carrier, setCarrier] = useState(button.args?.['carrier'] ?? '')
  const [waybill, setWaybill] = useState(offered ?? '')
  const [tried, setTried] = useState(false)
  const { usable, was } = usePress(button, on)
  const badCarrier = tried && carrier.trim() === ''
  const badWaybill = tried && !WAYBILL.test(waybill.trim())
  const submit = (e: Event): void => {
    e.preventDefault()
    setTried(true)
    if (!usable || carrier.trim() === '' || !WAYBILL.test(waybill.trim())) return
    chat.press(on, button.action, { ...button.args, carrier: carrier.trim(), waybill: waybill.trim() })
  }
  if (!usable && was === 'stored') {
    return <p class="row small good"><Icon name="checkCircle" class="icon-sm" />{button.label}</p>
  }
  return (
    <form class="stack" noValidate onSubmit={submit}>
      {offered && usable && <p class="note"><Icon name="image" class="icon-sm" /><span>{w.readFromPhoto}</span></p>}
      <div class="field">
        <label for={`${id}-c`}>{w.carrier}</label>
        <input id={`${id}-c`} class="input" value={carrier} disabled={!usable} maxLength={40} aria-invalid={badCarrier} aria-describedby={`${id}-ce`}
          onInput={(e) => setCarrier(e.currentTarget.value)} />
        <span id={`${id}-ce`} class="error-text" role="alert">{badCarrier && w.needCarrier}</span>
      </div>
      <div class="field">
        <label for={`${id}-w`}>{w.waybill}</label>
        <input id={`${id}-w`} class="input num" value={waybill} disabled={!usable} maxLength={40} autocomplete="off" autocapitalize="characters"
          spellcheck={false} aria-invalid={badWaybill} aria-describedby={`${id}-we ${id}-wh`} onInput={(e) => setWaybill(e.currentTarget.value)} />
        <span id={`${id}-wh`} class="hint">{w.waybillHint}</span>
        <span id={`${id}-we`} class="error-text" role="alert">{badWaybill && w.needWaybill}</span>
      </div>
      <button type="submit" class="btn btn-primary btn-block" disabled={!usable}>
        {was === 'sending' && <Icon name="loader" class="icon-sm spin" />}{button.label}
      </button>
    </form>
  )
}
