// What the copilot can do for the agent: sum up, suggest a reply, translate what the buyer wrote last. Its texts are
// shown to the agent alone; a suggestion goes into the reply field, marked, and is sent by nobody but him.

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
  const [shown, setShown] = useState<{ kind: Kind; help: CopilotText }>()
  const [failure, setFailure] = useState('')
  const here = useRef(true)
  useEffect(() => () => { here.current = false }, [])

  const reply = `${conversation}/reply`
  const last = desk.transcript.value.entries.findLast((e) => e.author.kind === 'buyer' && e.kind === 'text')?.text

  const put = (help: CopilotText): void => {
    drafts.write(reply, help.text)
    suggest(conversation, help)
    composing.value = 'reply'
  }
  const ask = (kind: Kind): void => {
    if (busy) return
    setBusy(kind)
    setFailure('')
    live.api.copilot(conversation, kind === 'translate' ? { kind, text: last ?? '' } : { kind }).then(
      (help) => {
        if (!here.current) return
        setBusy(undefined)
        // What the agent has written is his; a suggestion waits beside it.
        const free = drafts.read(reply).trim() === ''
        if (kind === 'suggest' && free) put(help)
        setShown(kind === 'suggest' && free && !help.doubts?.length ? undefined : { kind, help })
      },
      (err: unknown) => {
        if (!here.current) return
        setBusy(undefined)
        setFailure(failureText(err))
      },
    )
  }

  const button = (kind: Kind, able: boolean) => (
    <button type="button" class="btn btn-sm" disabled={!able || busy !== undefined} aria-busy={busy === kind} onClick={() => ask(kind)}>
      {busy === kind && <Icon name="loader" class="icon-sm spin" />}{t[kind]}
    </button>
  )
  return (
    <section class="copilot" aria-label={t.title}>
      <div class="copilot-row">
        <span class="small muted copilot-title"><Icon name="bot" class="icon-sm" />{t.title}</span>
        {button('summary', true)}
        {button('suggest', mine)}
        {button('translate', Boolean(last))}
        {failure && <span class="error-text" role="alert">{failure}</span>}
      </div>
      {shown && (
        <div class="copilot-text" role="status">
          <p>{shown.help.text}</p>
          {shown.help.doubts && shown.help.doubts.length > 0 && <p class="copilot-doubts"><Icon name="alert" class="icon-sm" />{t.doubts(shown.help.doubts)}</p>}
          <p class="row">
            <span class="small muted grow">{t.check}</span>
            {shown.kind === 'suggest' && mine && suggestions.value.get(conversation) !== shown.help && (
              <button type="button" class="btn btn-sm" onClick={() => put(shown.help)}>{t.use}</button>
            )}
            <button type="button" class="btn btn-sm btn-quiet" onClick={() => setShown(undefined)}>{t.hide}</button>
          </p>
        </div>
      )}
    </section>
  )
}
