// Where the agent writes. Replies only while the conversation is his; notes always. Drafts are kept by conversation.

import type { Signal } from '@preact/signals'
import { useEffect, useLayoutEffect, useMemo, useRef, useState } from 'preact/hooks'
import { Icon } from '../shared/icon'
import type { Filled } from '../shared/wire'
import { CannedMenu, keepMacro, macros, pick, put, slashAt, unfilled } from './canned'
import type { Slash } from './canned'
import { CannedList, menuId, optionId } from './canned_menu'
import { CannedScreen, macroText } from './canned_screen'
import { cannedWords, slotName } from './canned_words'
import { runMacro } from './macro'
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
  const w = cannedWords()
  const { desk, drafts } = live
  const mine = desk.mine.value
  const [chosen, setChosen] = useState<Mode>('reply')
  const mode: Mode = mine ? chosen : 'note'
  const key = `${conversation}/${mode}`
  const [draft, setDraft] = useState(() => drafts.read(key))
  const field = useRef<HTMLTextAreaElement>(null)

  const menu = useMemo(() => new CannedMenu(live.api, conversation), [live, conversation])
  const [slash, setSlash] = useState<Slash>()
  const [at, setAt] = useState(0)
  const [managing, setManaging] = useState(false)

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

  const open = mode === 'reply' ? unfilled(draft) : []
  const may = !empty && over <= 0 && open.length === 0

  const suggested = mode === 'reply' && !empty ? suggestions.value.get(conversation) : undefined

  const write = (next: string): void => {
    setDraft(next)
    drafts.write(key, next)
    if (mode === 'reply') desk.typed(next.trim() !== '')
  }
  const send = (): void => {
    if (!may) return
    if (mode === 'note') desk.note(draft)
    else desk.say(draft)
    if (mode === 'reply' && macro) {
      keepMacro(conversation, undefined)
      runMacro(live, conversation, macro)
    }
    setDraft('')
    drafts.write(key, '')
    if (mode === 'reply') unsuggest(conversation)
    field.current?.focus()
  }

  const macro = macros.value.get(conversation)
  const found = slash ? pick(menu.replies.value ?? [], slash.query) : []
  /** A slash in front of the caret opens the menu. */
  const look = (node: HTMLTextAreaElement): void => {
    const next = mode === 'reply' ? slashAt(node.value, node.selectionStart) : undefined
    if (next && !slash) void menu.read()
    if (next?.query !== slash?.query) setAt(0)
    setSlash(next)
  }
  const choose = (reply: Filled): void => {
    const node = field.current
    if (!node || !slash) return
    const next = put(node.value, slash, node.selectionStart, reply.text)
    write(next.text)
    keepMacro(conversation, reply.macro)
    setSlash(undefined)
    requestAnimationFrame(() => node.setSelectionRange(next.caret, next.caret))
  }
  /** What keys mean while the menu is open; true: it was for the menu. */
  const steer = (e: KeyboardEvent): boolean => {
    if (!slash || e.isComposing || e.ctrlKey || e.metaKey) return false
    const here = found[at]
    if (e.key === 'Escape') setSlash(undefined)
    else if (e.key === 'ArrowDown' && found.length > 0) setAt((at + 1) % found.length)
    else if (e.key === 'ArrowUp' && found.length > 0) setAt((at + found.length - 1) % found.length)
    else if ((e.key === 'Enter' || e.key === 'Tab') && !e.shiftKey && here) choose(here)
    else return false
    e.preventDefault()
    return true
  }
  /** The button types the slash. */
  const openMenu = (): void => {
    const node = field.current
    if (!node) return
    const before = draft === '' || /\s$/.test(draft) ? draft : `${draft} `
    write(`${before}/`)
    node.focus()
    requestAnimationFrame(() => look(node))
  }

  return (
    <>
    {managing && <CannedScreen api={live.api} agent={live.agent} onClose={() => { setManaging(false); field.current?.focus() }} />}
    <form class={`composer ${mode === 'note' ? 'is-note' : ''}`} onSubmit={(e) => { e.preventDefault(); send() }}>
      {slash && <CannedList found={found} at={at} known={menu.replies.value !== undefined} failed={menu.failed.value} onPick={choose} onManage={() => { setSlash(undefined); setManaging(true) }} />}
      <div class="composer-modes" role="group" aria-label={`${t.modeReply} / ${t.modeNote}`}>
        <button type="button" class="btn btn-sm btn-quiet" aria-pressed={mode === 'reply'} disabled={!mine} onClick={() => setChosen('reply')}>{t.modeReply}</button>
        <button type="button" class="btn btn-sm btn-quiet" aria-pressed={mode === 'note'} onClick={() => setChosen('note')}><Icon name="lock" class="icon-sm" />{t.modeNote}</button>
        <span class="grow" />
        {macro && mode === 'reply' && !empty && <span class="suggested" role="status">{w.does(macroText(macro))} <button type="button" class="btn-link" onClick={() => keepMacro(conversation, undefined)}>{w.drop}</button></span>}
        {mode === 'reply' && mine && <button type="button" class="btn btn-sm btn-quiet" title={w.open} aria-label={w.open} onClick={openMenu}>/ {w.title}</button>}
        {suggested && <span class="suggested" role="status"><Icon name="bot" class="icon-sm" />{draft === suggested.text ? t.suggested : t.suggestedEdited}</span>}
        {!mine && <span class="small muted">{t.locked}</span>}
        {open.length > 0 && <span class="error-text" role="alert">{w.unfilled(open.map((slot) => slotName(slot.slice(2, -2).trim())))}</span>}
        {over > 0 && <span class="error-text" role="alert">{t.over(over)}</span>}
      </div>
      <div class="composer-row">
        <textarea ref={field} class="input" rows={1} value={draft} aria-label={mode === 'note' ? t.modeNote : t.modeReply}
          placeholder={mode === 'note' ? t.note : t.placeholder} aria-keyshortcuts="Control+Enter"
          {...(slash ? { 'aria-autocomplete': 'list' as const, 'aria-controls': menuId, 'aria-activedescendant': found.length > 0 ? optionId(at) : undefined } : {})}
          onInput={(e) => { write(e.currentTarget.value); look(e.currentTarget) }}
          onClick={(e) => look(e.currentTarget)}
          onBlur={() => { desk.typed(false); setSlash(undefined) }}
          onKeyDown={(e) => {
            if (steer(e)) return
            if (isSend(e)) { e.preventDefault(); send() }
            else if (e.key === 'Escape' && !e.isComposing) e.currentTarget.blur()
          }} />
        <button type="submit" class={`btn ${mode === 'note' ? '' : 'btn-primary'}`} disabled={!may} title="Ctrl+Enter">{mode === 'note' ? t.sendNote : t.send}</button>
      </div>
    </form>
    </>
  )
}
