// The accounts of the desk, for admins: who there is, what he may and can, and whether he is let in.

import { useEffect, useMemo, useRef, useState } from 'preact/hooks'
import { failureText } from '../shared/api'
import { dateTime } from '../shared/format'
import { Icon } from '../shared/icon'
import type { AccountSecret, AccountView, SessionView } from '../shared/wire'
import { Accounts, bodyOf, changed, formOf, matching, newForm } from './accounts'
import type { AccountForm as Form } from './accounts'
import { AccountForm } from './account_form'
import { accountWords, roleName } from './accounts_words'
import { Confirm } from './confirm'
import type { Sure } from './confirm'
import { SecretDialog } from './secret'
import { sessionName, SessionRows } from './sessions'
import type { Live } from './session'
import './accounts.css'
import './worklist.css'

/** Stands for the account that is being added. */
const adding = '+'

const draftOf = (login: string): string => `account/${login}`

export function AccountsScreen({ live, onClose }: { live: Live; onClose(): void }) {
  const w = accountWords()
  const desk = useMemo(() => new Accounts(live.api), [live])
  const [open, setOpen] = useState<string>()
  const [typed, setTyped] = useState('')
  const [secret, setSecret] = useState<AccountSecret>()
  const [said, setSaid] = useState('')
  useEffect(() => {
    const again = (): void => { if (!document.hidden) void desk.read() }
    void desk.read()
    document.addEventListener('visibilitychange', again)
    return () => {
      document.removeEventListener('visibilitychange', again)
      desk.stop()
    }
  }, [desk])
  const list = desk.list.value
  const shown = matching(list ?? [], typed)
  const view = list?.find((a) => a.login === open)
  const rows = useRef<HTMLUListElement>(null)
  const choose = (login: string | undefined): void => {
    setSaid('')
    setOpen(login)
  }
  const back = (): void => {
    const from = open
    choose(undefined)
    // Where the list was hidden, one goes on from where one came.
    requestAnimationFrame(() => rows.current?.querySelector<HTMLElement>(`[data-login="${CSS.escape(from ?? '')}"]`)?.focus())
  }
  const made = (answer: AccountSecret): void => {
    live.drafts.write(draftOf(adding), '')
    setTyped('')
    choose(answer.account.login)
    if (answer.password) setSecret(answer)
    else setSaid(w.madeSSO(answer.account.name))
    void desk.read()
  }
  return (
    <main class={`worklist ${open !== undefined ? 'has-open' : ''}`}>
      <nav class="worklist-rows" aria-label={w.title}>
        <div class="worklist-filter stack">
          <div class="row accounts-head">
            <h2 class="grow accounts-title">{w.title}</h2>
            <button type="button" class="btn btn-sm btn-primary" onClick={() => choose(adding)}><Icon name="plus" class="icon-sm" />{w.add}</button>
            <button type="button" class="btn btn-sm" onClick={onClose}><Icon name="chat" class="icon-sm" />{w.close}</button>
          </div>
          <input type="search" class="input" aria-label={w.find} placeholder={w.find} value={typed} onInput={(e) => setTyped(e.currentTarget.value)} />
        </div>
        {desk.trouble.value && <p class="note note-bad" role="alert">{list ? w.stale(desk.trouble.value) : desk.trouble.value}</p>}
        {!list && !desk.trouble.value && <p class="pane-quiet">{w.loading}</p>}
        {list && <p class="small muted accounts-count" role="status">{shown.length === 0 ? w.none : w.count(shown.length)}</p>}
        <ul ref={rows}>{shown.map((a) => <li key={a.login}><AccountRow account={a} me={live.agent.login} open={a.login === open} onOpen={() => choose(a.login)} /></li>)}</ul>
      </nav>
      <section class="worklist-detail">
        {open === adding && <New live={live} onMade={made} onCancel={back} />}
        {view && open !== adding && <Detail key={view.login} view={view} desk={desk} live={live} onBack={back} onSecret={setSecret} said={said} onSaid={setSaid} />}
        {open === undefined && <p class="pane-quiet">{w.pick}</p>}
      </section>
      {secret && <SecretDialog secret={secret} onClose={() => setSecret(undefined)} />}
    </main>
  )
}

function AccountRow({ account: a, me, open, onOpen }: { account: AccountView; me: string; open: boolean; onOpen(): void }) {
  const w = accountWords()
  const sessions = a.sessions ?? 0
  return (
    <button type="button" class={`worklist-row ${a.disabled ? 'is-disabled' : ''}`} data-login={a.login} aria-current={open ? 'true' : undefined} onClick={onOpen}>
      <span class="row"><strong class="clip">{a.name}</strong><span class="small muted grow clip">{a.login}</span><span class="chip">{roleName(a.role)}</span></span>
      <span class="row small account-choices">
        <Marks account={a} me={me} />
        {sessions > 0 && <span class="chip chip-good">{w.online(sessions)}</span>}
        <span class="muted num">{a.seen_at ? w.seen(dateTime(a.seen_at)) : w.never}</span>
      </span>
    </button>
  )
}

/** What is unusual about an account. */
function Marks({ account: a, me }: { account: AccountView; me: string }) {
  const w = accountWords()
  return (
    <>
      {a.login === me && <span class="chip chip-accent">{w.you}</span>}
      {a.disabled && <span class="chip chip-bad">{w.disabled}</span>}
      {a.must_change && <span class="chip chip-warn">{w.temporary}</span>}
      {a.sso && <span class="chip">{w.sso}</span>}
    </>
  )
}

/** Back to the list, where there is no room for both. It has the focus then: what had it is hidden. */
function Back({ onBack }: { onBack(): void }) {
  const button = useRef<HTMLButtonElement>(null)
  useEffect(() => button.current?.focus(), [])
  return <button ref={button} type="button" class="btn btn-sm btn-quiet worklist-back" onClick={onBack}><Icon name="left" class="icon-sm" />{accountWords().back}</button>
}

function New({ live, onMade, onCancel }: { live: Live; onMade(answer: AccountSecret): void; onCancel(): void }) {
  const w = accountWords()
  const [form, setForm] = useState(() => live.drafts.readObject(draftOf(adding), newForm))
  const keep = (next: Form): void => {
    setForm(next)
    live.drafts.writeObject(draftOf(adding), next)
  }
  return (
    <article class="stack worklist-one">
      <Back onBack={onCancel} />
      <section class="card card-body stack">
        <h3>{w.add}</h3>
        <AccountForm form={form} was={newForm} fresh me={live.agent} onChange={keep}
          onSave={(f) => live.api.addAccount({ login: f.login, ...(f.sso ? { sso: true } : {}), ...bodyOf(f) }).then(onMade)}
          onDiscard={() => { live.drafts.write(draftOf(adding), ''); onCancel() }} />
      </section>
    </article>
  )
}

interface DetailProps { view: AccountView; desk: Accounts; live: Live; onBack(): void; onSecret(secret: AccountSecret): void; said: string; onSaid(text: string): void }

function Detail({ view, desk, live, onBack, onSecret, said, onSaid }: DetailProps) {
  const w = accountWords()
  const { api, agent, drafts } = live
  const was = formOf(view)
  const [form, setForm] = useState<Form>(() => drafts.readObject(draftOf(view.login), was))
  const [sure, setSure] = useState<Sure>()
  // What others change is shown at once, unless something is typed here.
  const [base, setBase] = useState(was)
  useEffect(() => {
    if (!changed(form, base)) setForm(was)
    setBase(was)
  }, [view])
  const own = view.login === agent.login
  const keep = (next: Form): void => {
    setForm(next)
    onSaid('')
    if (changed(next, was)) drafts.writeObject(draftOf(view.login), next)
    else drafts.write(draftOf(view.login), '')
  }
  const put = async (f: Form): Promise<void> => {
    await api.putAccount(view.login, bodyOf(f))
    drafts.write(draftOf(view.login), '')
    onSaid(w.saved)
    await desk.read()
  }
  const save = (f: Form): Promise<unknown> => {
    if (f.role === view.role) return put(f)
    setSure({ heading: w.roleSure(view.name), what: w.roleWhat(roleName(view.role), roleName(f.role)), yes: w.save, danger: true, run: () => put(f) })
    return Promise.resolve()
  }
  const after = (what: string) => async (): Promise<void> => {
    onSaid(what)
    await desk.read()
  }
  const reset = (): void => setSure({ heading: w.resetSure(view.name), what: w.resetWhat, yes: w.reset, danger: true, run: () => api.resetAccount(view.login).then(async (s) => { onSecret(s); await desk.read() }) })
  const disable = (): void => setSure({ heading: w.disableSure(view.name), what: w.disableWhat, yes: w.disable, danger: true, run: () => api.disableAccount(view.login).then(after(w.done.disable)) })
  const enable = (): void => setSure({ heading: w.enableSure(view.name), what: w.enableWhat, yes: w.enable, danger: false, run: () => api.enableAccount(view.login).then(after(w.done.enable)) })
  return (
    <article class="stack worklist-one">
      <Back onBack={onBack} />
      <header class="row account-choices">
        <h3 class="account-name">{view.name}</h3><span class="muted">{view.login}</span><Marks account={view} me={agent.login} />
        <span class="grow" /><span class="small" role="status">{said}</span>
      </header>
      <section class="card card-body" aria-label={w.facts}>
        <AccountForm form={form} was={was} fresh={false} me={agent} onChange={keep} onSave={save} onDiscard={() => keep(was)} />
      </section>
      <section class="card card-body stack" aria-labelledby="account-access">
        <h3 id="account-access">{w.access}</h3>
        <p class="small muted num">{[`${w.createdAt} ${view.created_at ? dateTime(view.created_at) : w.unknown}`, view.password_at && `${w.passwordAt} ${dateTime(view.password_at)}`].filter(Boolean).join(' · ')}</p>
        <div class="row account-choices">
          {!view.sso && <button type="button" class="btn btn-sm" onClick={reset}>{w.reset}</button>}
          {view.disabled && <button type="button" class="btn btn-sm" onClick={enable}>{w.enable}</button>}
          {!view.disabled && !own && <button type="button" class="btn btn-sm btn-danger" onClick={disable}>{w.disable}</button>}
          {own && <span class="small muted">{w.yourself}</span>}
        </div>
      </section>
      <SessionsOf view={view} desk={desk} live={live} onSure={setSure} />
      {sure && <Confirm sure={sure} onClose={() => setSure(undefined)} />}
    </article>
  )
}

/** The sessions of the account, read with every reading of the list. */
function SessionsOf({ view, desk, live, onSure }: { view: AccountView; desk: Accounts; live: Live; onSure(sure: Sure): void }) {
  const w = accountWords()
  const [list, setList] = useState<readonly SessionView[]>()
  const [trouble, setTrouble] = useState('')
  const reading = desk.readings.value
  useEffect(() => {
    let mine = true
    live.api.sessionsOf(view.login).then((found) => { if (mine) { setList(found.sessions); setTrouble('') } }, (err: unknown) => { if (mine) setTrouble(failureText(err)) })
    return () => { mine = false }
  }, [reading])
  const end = async (session?: string): Promise<void> => {
    await live.api.endSessionsOf(view.login, session)
    await desk.read()
  }
  return (
    <section class="card card-body stack" aria-labelledby="account-sessions">
      <div class="row">
        <h3 id="account-sessions" class="grow">{w.sessions}</h3>
        {list && list.length > 1 && <button type="button" class="btn btn-sm btn-danger" onClick={() => onSure({ heading: w.endSure(view.name), what: w.endWhat, yes: w.endAll, danger: true, run: () => end() })}>{w.endAll}</button>}
      </div>
      {trouble && <p class="note note-bad" role="alert">{trouble}</p>}
      {!list && !trouble && <p class="small muted">{w.loading}</p>}
      {list && <SessionRows list={list} onEnd={(s) => onSure({ heading: s.this ? w.endThisSure : `${w.endOne(sessionName(s))}${w.mark}`, what: s.this ? w.endThisWhat : w.endWhat, yes: w.end, danger: true, run: () => end(s.id) })} />}
    </section>
  )
}
