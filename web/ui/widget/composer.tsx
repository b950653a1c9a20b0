import { useEffect, useLayoutEffect, useRef, useState } from 'preact/hooks'
import type { Signal } from '@preact/signals'
import { Icon } from '../shared/icon'
import { LocaleSwitch } from '../shared/locale'
import { useApp } from './context'
import { keepDraft, readDraft, runes, sends } from './draft'
import { words } from './words'

const DEFAULT_LIMIT = 2000
const COUNT_FROM = 0.8

/** Where the buyer writes. inserted: text that comes back from a failed message. */
export function Composer({ inserted, shown }: { inserted: Signal<string>; shown: boolean }) {
  const { chat } = useApp()
  const w = words()
  const area = useRef<HTMLTextAreaElement>(null)
  const composing = useRef(false)
  const [text, setText] = useState('')
  const welcome = chat.connection.welcome.value
  const conversation = welcome?.conversation
  const limit = welcome?.limits.text_runes || DEFAULT_LIMIT
  const length = runes(text)
  const over = length > limit

  useEffect(() => {
    if (!conversation) return
    setText((now) => now || readDraft(conversation))
  }, [conversation])
  useEffect(() => {
    if (conversation) keepDraft(conversation, text)
  }, [conversation, text])
  useEffect(() => {
    if (inserted.value === '') return
    const back = inserted.value
    inserted.value = ''
    setText((now) => (now ? `${back}\n${now}` : back))
    area.current?.focus()
  }, [inserted.value])
  useLayoutEffect(() => {
    const node = area.current
    if (!node) return
    node.style.height = 'auto'
    // A hidden frame has no heights.
    if (node.scrollHeight > 0) node.style.height = `${Math.min(node.scrollHeight + 2, 132)}px`
  }, [text, shown])
  useEffect(() => {
    // Not on phones: the keyboard would cover what there is to read.
    if (shown && matchMedia('(pointer: fine)').matches) area.current?.focus({ preventScroll: true })
  }, [shown])

  const send = (): void => {
    if (text.trim() === '' || over) return
    chat.say(text.trim())
    setText('')
    area.current?.focus()
  }
  return (
    <form class="composer" onSubmit={(e) => { e.preventDefault(); send() }}>
      <div class="composer-box">
        <textarea ref={area} rows={1} value={text} placeholder={w.placeholder} aria-label={w.compose} enterkeyhint="send"
          aria-invalid={over} aria-describedby="composer-count"
          onCompositionStart={() => { composing.current = true }}
          onCompositionEnd={() => { composing.current = false }}
          onInput={(e) => { setText(e.currentTarget.value); chat.wrote() }}
          onKeyDown={(e) => {
            if (!sends(e, composing.current)) return
            e.preventDefault()
            send()
          }} />
        <button type="submit" class="btn btn-primary btn-icon send" aria-label={w.send} disabled={text.trim() === '' || over}><Icon name="send" /></button>
      </div>
      <div class="composer-foot">
        <Human />
        <span id="composer-count" class={`grow num small ${over ? 'bad' : 'muted'}`} aria-live="polite">
          {over ? w.tooLong(length - limit) : length > limit * COUNT_FROM ? w.left(limit - length) : ''}
        </span>
        <LocaleSwitch onChange={() => chat.connection.reconnect()} />
      </div>
    </form>
  )
}

/** A person is always one press away; from the queue, so is the way back. */
function Human() {
  const { chat } = useApp()
  const w = words()
  const holder = chat.now.value.holder
  const away = holder === 'human' && !chat.agentOnline.value
  if (holder === 'human' && !away) return <span />
  const action = holder === 'bot' ? 'human' : 'back_to_bot'
  const busy = chat.pending.value.some((p) => p.frame.t === 'press' && p.frame.action === action && p.status !== 'failed')
  return (
    <button type="button" class="btn btn-quiet btn-sm" disabled={busy} onClick={() => chat.press(0, action)}>
      <Icon name={holder === 'bot' ? 'headset' : 'bot'} class="icon-sm" />{holder === 'bot' ? w.human : w.toBot}
    </button>
  )
}
