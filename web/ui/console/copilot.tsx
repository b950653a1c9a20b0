// What the copilot can do for the agent: sum up, suggest a reply, translate what the buyer wrote last. Its texts are
// shown to the agent alone; a suggestion goes into the reply field when he puts it there, marked, and is sent by nobody but
// him.

import type { Signal } from '@preact/signals'
import { useEffect, useRef, useState } from 'preact/hooks'
import { failureText } from '../shared/api'
import { Icon } from '../shared/icon'
import type { CopilotText } from '../shared/wire'
import type { Mode } from './composer'
import type { Live } from './session'
import { suggest, suggestions } from './suggestion'
import { text } from './text'

type Kind = 'summary' | 'suggest' | 'translate'

export function Copilot({ live, conversation, composing }: { live: Live; conversation: string; composing: Signal<Mode | undefined> }) {
  const t = text().copilot
  const { desk, drafts } = live
  const mine = desk.mine.value
  const [busy, setBusy] = useState<Kind>()
  const [given, setGiven] = useState<{ kind: Kind; help: CopilotText; placed?: true }>()
  const [failure, setFailure] = useState('')
  const here = useRef(true)
  const buttons = useRef<HTMLDivElement>(null)
  useEffect(() => () => { here.current = false }, [])

  const reply = `${conversation}/reply`
  const last = desk.transcript.value.entries.findLast((e) => e.author.kind === 'buyer' && e.kind === 'text')?.text
  const standing = suggestions.value.get(conversation)
  const shown = given?.placed && given.help !== standing ? undefined : given

  /** Puts a suggestion where replies are written, in place of an untouched one, after what the agent wrote himself. */
  const put = (help: CopilotText): void => {
    const written = drafts.read(reply)
    const own = written.trim() === '' || written === standing?.text ? '' : `${written}\n`
    drafts.write(reply, own + help.text)
    suggest(conversation, help)
    composing.value = 'reply'
    // Its doubts stay beside it until it is sent.
    setGiven(help.doubts?.length ? { kind: 'suggest', help, placed: true } : undefined)
  }
  const ask = (kind: Kind): void => {
    if (busy) return
    setBusy(kind)
    setFailure('')
    live.api.copilot(conversation, kind === 'translate' ? { kind, text: last ?? '' } : { kind }).then(
      (help) => {
        if (!here.current) return
        setBusy(undefined)
        setGiven({ kind, help })
      },
      (err: unknown) => {
        if (!here.current) return
        setBusy(undefined)
        setFailure(failureText(err))
      },
    )
  }
  const hide = (): void => {
    buttons.current?.querySelector<HTMLElement>('button:not(:disabled)')?.focus()
    setGiven(undefined)
  }

  // One that waits keeps the focus, and its width.
  const button = (kind: Kind, able: boolean) => (
    <button type="button" class="btn btn-sm" disabled={!able} aria-disabled={busy !== undefined} aria-busy={busy === kind} onClick={() => ask(kind)}>{t[kind]}</button>
  )
  return (
    <section class="copilot" aria-label={t.title}>
      <div ref={buttons} class="copilot-row">
        <span class="small muted copilot-title"><Icon name={busy ? 'loader' : 'bot'} class={`icon-sm ${busy ? 'spin' : ''}`} />{t.title}</span>
        {button('summary', true)}
        {button('suggest', mine)}
        {button('translate', Boolean(last))}
        {failure && <span class="error-text" role="alert">{failure}</span>}
      </div>
      <div role="status">
        {shown && (
          <div class="copilot-text" tabIndex={0} role="group" aria-label={t.shown[shown.kind]}>
            <strong class="small muted">{t.shown[shown.kind]}</strong>
            {shown.placed ? <p>{t.placed}</p> : <p class="copilot-words">{shown.help.text}</p>}
            {shown.help.doubts && shown.help.doubts.length > 0 && <p class="copilot-doubts"><Icon name="alert" class="icon-sm" /><span>{t.doubts(shown.help.doubts)}</span></p>}
          </div>
        )}
      </div>
      {shown && (
        <p class="row copilot-foot">
          <span class="small muted grow">{t.check}</span>
          {shown.kind === 'suggest' && mine && !shown.placed && (
            <button type="button" class="btn btn-sm" onClick={() => put(shown.help)}>{t.use}</button>
          )}
          <button type="button" class="btn btn-sm btn-quiet" onClick={hide}>{t.hide}</button>
        </p>
      )}
    </section>
  )
}
