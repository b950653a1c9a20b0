// Where the agent writes. Replies only while the conversation is his; notes always. Drafts are kept by conversation.

import type { Signal } from '@preact/signals'
import { useEffect, useLayoutEffect, useRef, useState } from 'preact/hooks'
import { Icon } from '../shared/icon'
import { isSend } from './keys'
import { suggestions, unsuggest } from './suggestion'
import type { Live } from './session'
import { text } from './text'

export type Mode = 'reply' | 'note'

/** Used until the server has named its limit. */
const usualLimit = 2000
/** The field grows with the text up to here. */
const tallest = 200

export function Composer({ live, conversation, composing }: { live: Live; conversation: string; composing: Signal<Mode | undefined> }) {
  const t = text().composer
  const { desk, drafts } = live
  const mine = desk.mine.value
  const [chosen, setChosen] = useState<Mode>('reply')
  const mode: Mode = mine ? chosen : 'note'
  const key = `${conversation}/${mode}`
  const [draft, setDraft] = useState(() => drafts.read(key))
  const field = useRef<HTMLTextAreaElement>(null)

  useEffect(() => setDraft(drafts.read(key)), [key])
  // Before the next key press: what follows r at once is already part of the reply.
  useLayoutEffect(() => {
    const wanted = composing.value
    if (!wanted) return
    composing.value = undefined
    setChosen(wanted)
    setDraft(drafts.read(`${conversation}/${mine ? wanted : 'note'}`))
    field.current?.focus()
  }, [composing.value])
  useLayoutEffect(() => {
    const node = field.current
    if (!node) return
    node.style.height = 'auto'
    node.style.height = `${Math.min(node.scrollHeight + 2, tallest)}px`
  }, [draft, mode])

  const limit = live.connection.welcome.value?.limits.text_runes || usualLimit
  const over = [...draft].length - limit
  const empty = draft.trim() === ''

  const suggested = mode === 'reply' && !empty ? suggestions.value.get(conversation) : undefined

  const write = (next: string): void => {
    setDraft(next)
    drafts.write(key, next)
    if (mode === 'reply') desk.typed(next.trim() !== '')
  }
  const send = (): void => {
    if (empty || over > 0) return
    if (mode === 'note') desk.note(draft)
    else desk.say(draft)
    setDraft('')
    drafts.write(key, '')
    if (mode === 'reply') unsuggest(conversation)
    field.current?.focus()
  }

  return (
    <form class={`composer ${mode === 'note' ? 'is-note' : ''}`} onSubmit={(e) => { e.preventDefault(); send() }}>
      <div class="composer-modes" role="group" aria-label={`${t.modeReply} / ${t.modeNote}`}>
        <button type="button" class="btn btn-sm btn-quiet" aria-pressed={mode === 'reply'} disabled={!mine} onClick={() => setChosen('reply')}>{t.modeReply}</button>
        <button type="button" class="btn btn-sm btn-quiet" aria-pressed={mode === 'note'} onClick={() => setChosen('note')}><Icon name="lock" class="icon-sm" />{t.modeNote}</button>
        <span class="grow" />
        {suggested && <span class="suggested" role="status"><Icon name="bot" class="icon-sm" />{draft === suggested.text ? t.suggested : t.suggestedEdited}</span>}
        {!mine && <span class="small muted">{t.locked}</span>}
        {over > 0 && <span class="error-text" role="alert">{t.over(over)}</span>}
      </div>
      <div class="composer-row">
        <textarea ref={field} class="input" rows={1} value={draft} aria-label={mode === 'note' ? t.modeNote : t.modeReply}
          placeholder={mode === 'note' ? t.note : t.placeholder} aria-keyshortcuts="Control+Enter"
          onInput={(e) => write(e.currentTarget.value)}
          onBlur={() => desk.typed(false)}
          onKeyDown={(e) => {
            if (isSend(e)) { e.preventDefault(); send() }
            else if (e.key === 'Escape' && !e.isComposing) e.currentTarget.blur()
          }} />
        <button type="submit" class={`btn ${mode === 'note' ? '' : 'btn-primary'}`} disabled={empty || over > 0} title="Ctrl+Enter">{mode === 'note' ? t.sendNote : t.send}</button>
      </div>
    </form>
  )
}
