// What agents keep of the conversation for their own work: its tags, and until when it is put off. The buyer sees nothing
// of it.

import { useLayoutEffect, useRef, useState } from 'preact/hooks'
import { failureText } from '../shared/api'
import { dateTime } from '../shared/format'
import { Icon } from '../shared/icon'
import type { InboxItem, SetWork } from '../shared/wire'
import type { Live } from './session'
import { workWords } from './work_words'

/** The minutes that a conversation can be put off for by a press. */
const minutes = [30, 60, 180, 1440, 4320] as const

/** withTag adds a tag to those there are; one that is there already, whatever its capitals, changes nothing. */
export function withTag(tags: readonly string[], tag: string): readonly string[] {
  const clean = tag.trim().replace(/\s+/g, ' ')
  return clean === '' || tags.some((had) => had.toLowerCase() === clean.toLowerCase()) ? tags : [...tags, clean]
}

export function WorkBar({ live, item, mine }: { live: Live; item: InboxItem; mine: boolean }) {
  const w = workWords()
  const [draft, setDraft] = useState('')
  const [adding, setAdding] = useState(false)
  const [busy, setBusy] = useState(false)
  const field = useRef<HTMLInputElement>(null)
  useLayoutEffect(() => field.current?.focus(), [adding])
  const tags = item.tags ?? []
  const set = (body: SetWork): void => {
    setBusy(true)
    live.api.work(item.conversation, body).then(
      (kept) => live.desk.worked(item.conversation, kept),
      (err: unknown) => live.desk.toast(failureText(err)),
    ).finally(() => setBusy(false))
  }
  const add = (): void => {
    const next = withTag(tags, draft)
    setDraft('')
    if (next !== tags) set({ tags: [...next] })
  }
  return (
    <div class="work-bar" role="group" aria-label={w.tags}>
      {tags.map((tag) => (
        <span key={tag} class="chip work-tag">
          {tag}
          <button type="button" class="work-x" disabled={busy} aria-label={w.removeTag(tag)} onClick={() => set({ tags: tags.filter((had) => had !== tag) })}><Icon name="close" class="icon-sm" /></button>
        </span>
      ))}
      {adding
        ? (
          <input ref={field} class="input work-add" maxLength={24} value={draft} disabled={busy} aria-label={w.addTag} placeholder={w.tagHint}
            onInput={(e) => setDraft(e.currentTarget.value)}
            onBlur={() => { if (draft.trim() === '') setAdding(false) }}
            onKeyDown={(e) => {
              if (e.isComposing) return
              if (e.key === 'Enter') { e.preventDefault(); add() }
              else if (e.key === 'Escape') { setDraft(''); setAdding(false) }
            }} />
        )
        : <button type="button" class="btn-link small" onClick={() => setAdding(true)}>+ {w.addTag}</button>}
      <span class="grow" />
      {mine && (item.snoozed_until
        ? <button type="button" class="btn btn-sm" disabled={busy} title={w.wake} onClick={() => set({ snooze_minutes: 0 })}><Icon name="clock" class="icon-sm" />{w.snoozed(dateTime(item.snoozed_until))} ×</button>
        : (
          <select class="input work-snooze" aria-label={w.snooze} value="" disabled={busy} onChange={(e) => { if (e.currentTarget.value) set({ snooze_minutes: Number(e.currentTarget.value) }) }}>
            <option value="">{w.snooze}</option>
            {minutes.map((m) => <option key={m} value={m}>{w.in[m]}</option>)}
          </select>
        ))}
    </div>
  )
}
