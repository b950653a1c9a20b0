import { useId, useState } from 'preact/hooks'
import { fen as toFen } from '../../shared/action/spec'
import { money } from '../../shared/format'
import { Icon } from '../../shared/icon'
import type { Button, Card } from '../../shared/wire'
import { useApp } from '../context'
import { words } from '../rich_words'
import { Buttons, usePress } from './buttons'

/** What to ask for: a button for each choice, and a form for a part of the money. */
export function Claim({ card, on }: { card: Card; on: number }) {
  const form = card.buttons?.find((b) => b.action === 'ask_for' && b.args?.['type'] === 'partial' && !b.args['amount_fen'])
  return (
    <div class="card-body stack">
      {card.title && <h2>{card.title}</h2>}
      <Buttons buttons={card.buttons?.filter((b) => b !== form)} on={on} />
      {form && <Part button={form} on={on} max={card.max_fen ?? 0} />}
    </div>
  )
}

/** An amount of yuan, at most what may be refunded. The server checks it again. */
function Part({ button, on, max }: { button: Button; on: number; max: number }) {
  const { chat } = useApp()
  const w = words()
  const id = useId()
  const [text, setText] = useState('')
  const [tried, setTried] = useState(false)
  const { usable, was } = usePress(button, on)
  const fen = toFen(text)
  const wrong = fen === undefined || fen <= 0 || fen > max
  const submit = (e: Event): void => {
    e.preventDefault()
    setTried(true)
    if (!usable || wrong) return
    chat.press(on, button.action, { ...button.args, amount_fen: String(fen) })
  }
  if (!usable) {
    return was === 'stored' ? <p class="row small good"><Icon name="checkCircle" class="icon-sm" />{button.label}</p> : null
  }
  return (
    <form class="stack" noValidate onSubmit={submit}>
      <div class="field">
        <label for={id}>{w.amountPart}</label>
        <div class="row">
          <span aria-hidden="true">¥</span>
          <input id={id} class="input num grow" inputMode="decimal" autocomplete="off" value={text} maxLength={12}
            aria-invalid={tried && wrong} aria-describedby={`${id}-h ${id}-e`} onInput={(e) => setText(e.currentTarget.value)} />
          <button type="submit" class="btn">{was === 'sending' && <Icon name="loader" class="icon-sm spin" />}{w.askThis}</button>
        </div>
        <span id={`${id}-h`} class="hint">{w.atMost(money(max))}</span>
        <span id={`${id}-e`} class="error-text" role="alert">{tried && wrong && w.needAmount(money(max))}</span>
      </div>
    </form>
  )
}
