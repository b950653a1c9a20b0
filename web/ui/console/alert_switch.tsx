import { alerting, alertWords, setAlerting } from './alert'
import type { Desk } from './desk'

/** Whether desktop and sound call the agent. The browser asks for its leave at the press. */
export function AlertSwitch({ desk }: { desk: Desk }) {
  const w = alertWords()
  const on = alerting.value
  const press = (): void => {
    setAlerting(!on).then((granted) => { if (!granted) desk.toast(w.denied) }, () => desk.toast(w.denied))
  }
  return <button type="button" class="btn btn-quiet btn-sm" aria-pressed={on} title={on ? w.turnOff : w.turnOn} onClick={press}>{on ? w.on : w.off}</button>
}
