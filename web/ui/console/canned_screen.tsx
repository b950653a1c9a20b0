// Canned replies are kept here: an agent's own by himself, everybody's by supervisors.

import { useEffect, useRef, useState } from 'preact/hooks'
import { failureText } from '../shared/api'
import { Icon } from '../shared/icon'
import { newID } from '../shared/ids'
import type { AgentView, Canned, CannedList, Macro, PutCanned } from '../shared/wire'
import { cannedWords, slotName } from './canned_words'
import { supervises } from './roles'
import type { AgentApi } from './session'
import { text } from './text'
import './canned.css'

export function CannedScreen({ api, agent, onClose }: { api: AgentApi; agent: AgentView; onClose(): void }) {
  const w = cannedWords()
  const dialog = useRef<HTMLDialogElement>(null)
  const [list, setList] = useState<CannedList>()
  const [editing, setEditing] = useState<Canned>()
  const [trouble, setTrouble] = useState('')
  const boss = supervises(agent)
  const read = (): void => {
    api.canned().then((found) => { setList(found); setTrouble('') }, (err: unknown) => setTrouble(failureText(err)))
  }
  useEffect(() => {
    if (dialog.current && !dialog.current.open) dialog.current.showModal()
    read()
  }, [])
  const remove = (reply: Canned): void => {
    if (!window.confirm(w.removeSure(reply.title))) return
    api.forgetCanned(reply.id, Boolean(reply.owner)).then(read, (err: unknown) => setTrouble(failureText(err)))
  }
  return (
    <dialog ref={dialog} class="dialog dialog-wide" onClose={onClose} aria-labelledby="canned-heading">
      <div class="card-body stack">
        <div class="row">
          <h2 id="canned-heading" class="grow">{w.title}</h2>
          {!editing && <button type="button" class="btn btn-sm btn-primary" onClick={() => setEditing({ id: newID(), shortcut: '', title: '', ...(boss ? {} : { owner: agent.login }) })}>{w.add}</button>}
          <button type="button" class="btn btn-icon" aria-label={text().close} onClick={() => dialog.current?.close()}><Icon name="close" /></button>
        </div>
        {trouble && <p class="note note-bad" role="alert">{trouble}</p>}
        {editing
          ? <Form api={api} agent={agent} was={editing} slots={list?.slots ?? []} onDone={() => { setEditing(undefined); read() }} onCancel={() => setEditing(undefined)} />
          : <Rows list={list} boss={boss} onEdit={setEditing} onRemove={remove} />}
        {!editing && !boss && <p class="small muted">{w.supervisors}</p>}
      </div>
    </dialog>
  )
}

function Rows({ list, boss, onEdit, onRemove }: { list: CannedList | undefined; boss: boolean; onEdit(reply: Canned): void; onRemove(reply: Canned): void }) {
  const w = cannedWords()
  if (!list) return <p class="small muted">{w.loading}</p>
  if (list.replies.length === 0) return <p class="small muted">{w.empty}</p>
  return (
    <ul class="canned-rows">
      {list.replies.map((reply) => (
        <li key={`${reply.owner ?? ''}/${reply.id}`} class="canned-row">
          <div class="grow">
            <p class="row"><code>/{reply.shortcut}</code><strong class="clip">{reply.title}</strong><span class="chip">{reply.owner ? w.own : w.desk}</span></p>
            {reply.zh && <p class="small muted canned-text" lang="zh-CN">{reply.zh}</p>}
            {reply.en && <p class="small muted canned-text" lang="en">{reply.en}</p>}
            {reply.macro && <p class="small">{w.does(macroText(reply.macro))}</p>}
          </div>
          {(reply.owner || boss) && (
            <div class="row">
              <button type="button" class="btn btn-sm" aria-label={`${w.edit} ${reply.title}`} onClick={() => onEdit(reply)}>{w.edit}</button>
              <button type="button" class="btn btn-sm btn-quiet" aria-label={`${w.remove} ${reply.title}`} onClick={() => onRemove(reply)}>{w.remove}</button>
            </div>
          )}
        </li>
      ))}
    </ul>
  )
}

/** macroText says in a few words what a macro does. */
export function macroText(macro: Macro): string {
  const w = cannedWords()
  const then = macro.then === 'snooze' ? w.doSnooze(macro.minutes ?? 0) : macro.then ? (w.thens as Partial<Record<string, string>>)[macro.then] ?? macro.then : ''
  return [macro.tags?.length ? w.doTags(macro.tags) : '', macro.note ? w.doNote : '', then].filter(Boolean).join(' · ')
}

/** macroOf is the macro of what was typed; nothing if it does nothing. */
export function macroOf(tags: string, note: string, then: string, minutes: number): Macro | undefined {
  const list = [...new Set(tags.split(/[,，、\s]+/).filter(Boolean))]
  if (list.length === 0 && note.trim() === '' && then === '') return undefined
  return {
    ...(list.length > 0 ? { tags: list } : {}), ...(note.trim() ? { note: note.trim() } : {}),
    ...(then ? { then } : {}), ...(then === 'snooze' ? { minutes } : {}),
  }
}

function Form({ api, agent, was, slots, onDone, onCancel }: { api: AgentApi; agent: AgentView; was: Canned; slots: readonly string[]; onDone(): void; onCancel(): void }) {
  const w = cannedWords()
  const [form, setForm] = useState({
    shortcut: was.shortcut, title: was.title, zh: was.zh ?? '', en: was.en ?? '', own: Boolean(was.owner),
    tags: (was.macro?.tags ?? []).join(', '), note: was.macro?.note ?? '', then: was.macro?.then ?? '', minutes: was.macro?.minutes ?? 60,
  })
  const [busy, setBusy] = useState(false)
  const [trouble, setTrouble] = useState('')
  const first = useRef<HTMLInputElement>(null)
  useEffect(() => first.current?.focus(), [])
  const set = (part: Partial<typeof form>): void => setForm((now) => ({ ...now, ...part }))
  const isNew = was.shortcut === ''
  const save = async (): Promise<void> => {
    setBusy(true)
    setTrouble('')
    const macro = macroOf(form.tags, form.note, form.then, form.minutes)
    const body: PutCanned = { shortcut: form.shortcut.trim(), title: form.title.trim(), ...(form.zh.trim() ? { zh: form.zh } : {}), ...(form.en.trim() ? { en: form.en } : {}), own: form.own, ...(macro ? { macro } : {}) }
    try {
      await api.putCanned(was.id, body)
      onDone()
    } catch (err) {
      setTrouble(failureText(err))
      setBusy(false)
    }
  }
  const field = (id: string, label: string, input: preact.JSX.Element) => <div class="field"><label htmlFor={`canned-${id}`}>{label}</label>{input}</div>
  return (
    <form class="stack" onSubmit={(e) => { e.preventDefault(); void save() }}>
      <div class="canned-two">
        {field('shortcut', w.shortcut, <input ref={first} id="canned-shortcut" class="input" required maxLength={32} pattern="[\p{L}\p{N}_\-]+" value={form.shortcut} onInput={(e) => set({ shortcut: e.currentTarget.value })} />)}
        {field('title', w.name, <input id="canned-title" class="input" required maxLength={80} value={form.title} onInput={(e) => set({ title: e.currentTarget.value })} />)}
      </div>
      {field('zh', w.zh, <textarea id="canned-zh" class="input" rows={3} lang="zh-CN" maxLength={2000} value={form.zh} onInput={(e) => set({ zh: e.currentTarget.value })} />)}
      {field('en', w.en, <textarea id="canned-en" class="input" rows={3} lang="en" maxLength={2000} value={form.en} onInput={(e) => set({ en: e.currentTarget.value })} />)}
      <p class="small muted">{w.slots}: {slots.map((slot) => <span key={slot} class="canned-slot"><code>{`{{${slot}}}`}</code> {slotName(slot)} </span>)}</p>
      {supervises(agent) && isNew && field('owner', w.owner, (
        <select id="canned-owner" class="input" value={form.own ? 'own' : ''} onChange={(e) => set({ own: e.currentTarget.value === 'own' })}>
          <option value="">{w.desk}</option>
          <option value="own">{w.own}</option>
        </select>
      ))}
      <fieldset class="stack canned-macro">
        <legend>{w.macro}</legend>
        <div class="canned-two">
          {field('tags', w.tags, <input id="canned-tags" class="input" value={form.tags} onInput={(e) => set({ tags: e.currentTarget.value })} />)}
          {field('then', w.then, (
            <select id="canned-then" class="input" value={form.then} onChange={(e) => set({ then: e.currentTarget.value })}>
              {Object.entries(w.thens).map(([id, label]) => <option key={id} value={id}>{label}</option>)}
            </select>
          ))}
        </div>
        {form.then === 'snooze' && field('minutes', w.minutes, <input id="canned-minutes" class="input" type="number" min={1} max={20160} value={form.minutes} onInput={(e) => set({ minutes: Number(e.currentTarget.value) })} />)}
        {field('note', w.note, <textarea id="canned-note" class="input" rows={2} maxLength={500} value={form.note} onInput={(e) => set({ note: e.currentTarget.value })} />)}
      </fieldset>
      {trouble && <p class="note note-bad" role="alert">{trouble}</p>}
      <div class="row">
        <button type="submit" class="btn btn-primary" disabled={busy}>{busy ? w.saving : w.save}</button>
        <button type="button" class="btn btn-quiet" onClick={onCancel}>{w.cancel}</button>
      </div>
    </form>
  )
}
