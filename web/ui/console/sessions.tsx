// The sessions of an account: where it is logged in, and ending that. One's own stand in a dialog behind the name in the top bar.

import { useEffect, useRef, useState } from 'preact/hooks'
import { failureText } from '../shared/api'
import { dateTime } from '../shared/format'
import { Icon } from '../shared/icon'
import type { LoginResult, SessionView } from '../shared/wire'
import { browserOf } from './accounts'
import { accountWords, roleName } from './accounts_words'
import { Confirm } from './confirm'
import type { Sure } from './confirm'
import { OwnPassword } from './password'
import { leave } from './session'
import type { Live } from './session'
import { text } from './text'
import './accounts.css'

/** What a session is called: its browser, or where it comes from. */
export const sessionName = (s: SessionView): string => browserOf(s.client ?? '') || s.client || s.address || accountWords().device

export function SessionRows({ list, onEnd }: { list: readonly SessionView[]; onEnd(session: SessionView): void }) {
  const w = accountWords()
  if (list.length === 0) return <p class="small muted">{w.noSessions}</p>
  return (
    <ul class="session-list">
      {list.map((s) => (
        <li key={s.id} class="session-row">
          <div class="grow">
            <p class="row session-facts"><strong class="clip" title={s.client}>{sessionName(s)}</strong>{s.this && <span class="chip chip-accent">{w.current}</span>}</p>
            <p class="small muted">{[s.address, s.via && (w.via[s.via] ?? s.via)].filter(Boolean).join(' · ')}</p>
            <p class="small muted num">{w.begun} <time dateTime={s.begun}>{dateTime(s.begun)}</time> · {w.lastUsed} <time dateTime={s.seen}>{dateTime(s.seen)}</time></p>
          </div>
          <button type="button" class="btn btn-sm" aria-label={w.endOne(sessionName(s))} onClick={() => onEnd(s)}>{w.end}</button>
        </li>
      ))}
    </ul>
  )
}

/** The dialog of one's own sessions. */
export function MySessions({ live, login, onClose }: { live: Live; login: LoginResult; onClose(): void }) {
  const w = accountWords()
  const { api, agent } = live
  const dialog = useRef<HTMLDialogElement>(null)
  const [list, setList] = useState<readonly SessionView[]>()
  const [trouble, setTrouble] = useState('')
  const [sure, setSure] = useState<Sure>()
  const read = (): Promise<void> => api.mySessions().then((found) => { setList(found.sessions); setTrouble('') }, (err: unknown) => setTrouble(failureText(err)))
  useEffect(() => {
    if (dialog.current && !dialog.current.open) dialog.current.showModal()
    void read()
  }, [])
  const end = (s: SessionView): void => {
    if (s.this) setSure({ heading: w.endThisSure, what: w.endThisWhat, yes: w.end, danger: true, run: () => { leave(); return Promise.resolve() } })
    else api.endMySession(s.id).then(read, (err: unknown) => setTrouble(failureText(err)))
  }
  const others = (list ?? []).filter((s) => !s.this)
  const endOthers = (): void => setSure({
    heading: w.endOthersSure, what: w.endOthersWhat, yes: w.endOthers, danger: true,
    run: async () => {
      for (const s of others) await api.endMySession(s.id)
      await read()
    },
  })
  return (
    <dialog ref={dialog} class="dialog dialog-wide" onClose={(e) => { if (e.target === dialog.current) onClose() }} aria-labelledby="mine-heading">
      <div class="card-body stack">
        <div class="row">
          <h2 id="mine-heading" class="grow">{w.mine}</h2>
          <button type="button" class="btn btn-icon" aria-label={text().close} onClick={() => dialog.current?.close()}><Icon name="close" /></button>
        </div>
        <p class="small muted">{agent.name} · {agent.login} · {roleName(agent.role)}</p>
        <p class="small muted">{w.mineHint}</p>
        {trouble && <p class="note note-bad" role="alert">{trouble}</p>}
        {!list && !trouble && <p class="small muted">{w.loading}</p>}
        {list && <SessionRows list={list} onEnd={end} />}
        {others.length > 0 && <div class="row"><span class="grow" /><button type="button" class="btn btn-sm btn-danger" onClick={endOthers}>{w.endOthers}</button></div>}
        {list?.some((s) => s.this && s.via !== 'sso') && <OwnPassword login={login} onDone={() => void read()} />}
      </div>
      {sure && <Confirm sure={sure} onClose={() => setSure(undefined)} />}
    </dialog>
  )
}
