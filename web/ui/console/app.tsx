// The console: login or desk. The desk has three panes, side by side or, on a phone, behind tabs.

import { useSignal } from '@preact/signals'
import type { Signal } from '@preact/signals'
import { useEffect, useMemo } from 'preact/hooks'
import { clock } from '../shared/format'
import { Icon } from '../shared/icon'
import { locale } from '../shared/i18n'
import { LocaleSwitch } from '../shared/locale'
import { local } from '../shared/storage'
import type { LoginResult } from '../shared/wire'
import { accountWords } from './accounts_words'
import { AccountsScreen } from './accounts_screen'
import { watchCalls } from './alert'
import { AlertSwitch } from './alert_switch'
import { BarMenu } from './bar_menu'
import { CasePane } from './case_pane'
import { closedOf } from './closed_list'
import { complaintDeskWords, ComplaintsScreen, countWaiting, waitingComplaints } from './complaints'
import { ConversationPane } from './conversation_pane'
import { Help } from './help'
import { listed, step } from './inbox'
import { InboxPane, tab } from './inbox_pane'
import { commandOf } from './keys'
import { LoginScreen } from './login'
import { PasswordScreen } from './password'
import { noQuery, Search, SearchScreen, searchWords } from './search'
import { goLive, leave, who } from './session'
import type { Live } from './session'
import { ConnectionBanner, Toasts } from './status'
import { StatusSwitch } from './team_bar'
import { text } from './text'
import { ticketWords } from './ticket_words'
import { countTickets, openTickets, TicketsScreen } from './tickets'
import { AuditScreen } from './audit_screen'
import { auditWords } from './audit_words'
import { mayDo, supervises } from './roles'
import { MySessions } from './sessions'
import { ReportsScreen } from './reports'
import { WallScreen } from './wall'
import { reportWords, wallWords } from './wall_words'
import { ThemeSwitch } from '../shared/theme'

/** What fills the screen: the conversations, or work that is none. */
type Work = 'chats' | 'complaints' | 'tickets' | 'search' | 'wall' | 'reports' | 'accounts' | 'audit'

export type Pane = 'inbox' | 'conversation' | 'case'

export function App() {
  const login = who.value
  useEffect(() => { if (!login) document.title = `${text().title} · Recourse` }, [login, locale.value])
  if (login?.must_change) return <PasswordScreen login={login} />
  return login ? <DeskScreen key={login.session} login={login} /> : <LoginScreen />
}

function DeskScreen({ login }: { login: LoginResult }) {
  const live = useMemo(() => goLive(login), [login])
  useEffect(() => live.stop, [live])
  useEffect(() => countWaiting(live.api), [live])
  useEffect(() => countTickets(live.api), [live])
  const { desk } = live
  const closed = useMemo(() => new Search(live.api, { ...noQuery, closed: 'true' }), [live])
  const pane = useSignal<Pane>(desk.open.value ? 'conversation' : 'inbox')
  const composing = useSignal<'reply' | 'note' | undefined>(undefined)
  const help = useSignal(false)
  const mine = useSignal(false)
  const work = useSignal<Work>('chats')
  const waiting = desk.groups.value.waiting.length
  const t = text()

  useEffect(() => { document.title = `${waiting > 0 ? `(${waiting}) ` : ''}${t.title} · Recourse` }, [waiting, t])

  useEffect(() => {
    const move = (by: 1 | -1): void => {
      if (work.value !== 'chats') {
        stepRow(by)
        return
      }
      const items = tab.value === 'closed' ? closedOf(closed.found.value, desk.inbox.value) : listed(desk.groups.value, tab.value, clock.now())
      const next = step(items, desk.open.value, by)
      if (next) desk.openConversation(next)
    }
    const onKey = (e: KeyboardEvent): void => {
      const command = commandOf({ key: e.key, ctrlKey: e.ctrlKey, metaKey: e.metaKey, altKey: e.altKey, isComposing: e.isComposing, busy: isBusy(e.target) })
      if (!command) return
      e.preventDefault()
      if (command === 'next') move(1)
      else if (command === 'previous') move(-1)
      else if (command === 'tickets') work.value = work.value === 'tickets' ? 'chats' : 'tickets'
      else if (command === 'search') work.value = 'search'
      else if (work.value !== 'chats' && command !== 'help') return
      else if (command === 'claim') { if (desk.item.value?.holder === 'waiting_human') desk.claim() }
      else if (command === 'help') help.value = true
      else {
        pane.value = 'conversation'
        composing.value = command
      }
    }
    document.addEventListener('keydown', onKey)
    return () => document.removeEventListener('keydown', onKey)
  }, [desk])

  const open = (id: string): void => {
    work.value = 'chats'
    desk.openConversation(id)
    pane.value = 'conversation'
  }

  useEffect(() => watchCalls(desk, open), [desk])

  return (
    <div class="console">
      <TopBar live={live} login={login} onHelp={() => { help.value = true }} onMine={() => { mine.value = true }} work={work} />
      <ConnectionBanner connection={live.connection} />
      {work.value === 'complaints' && <ComplaintsScreen api={live.api} onClose={() => { work.value = 'chats' }} />}
      {work.value === 'tickets' && <TicketsScreen live={live} onClose={() => { work.value = 'chats' }} onConversation={open} />}
      {work.value === 'search' && <SearchScreen live={live} onClose={() => { work.value = 'chats' }} onConversation={open} />}
      {work.value === 'wall' && <WallScreen live={live} onClose={() => { work.value = 'chats' }} onConversation={open} />}
      {work.value === 'reports' && <ReportsScreen api={live.api} onClose={() => { work.value = 'chats' }} />}
      {work.value === 'accounts' && <AccountsScreen live={live} onClose={() => { work.value = 'chats' }} />}
      {work.value === 'audit' && <AuditScreen live={live} onClose={() => { work.value = 'chats' }} onConversation={open} />}
      {work.value === 'chats' && <main class={`panes show-${pane.value}`}>
        <InboxPane desk={desk} closed={closed} onOpen={open} />
        <ConversationPane live={live} composing={composing} />
        <CasePane live={live} />
      </main>}
      {work.value === 'chats' && <PaneTabs pane={pane} waiting={waiting} hasCase={desk.caseView.value !== undefined} />}
      <Toasts desk={desk} />
      {mine.value && <MySessions live={live} login={login} onClose={() => { mine.value = false }} />}
      {help.value && <Help onClose={() => { help.value = false }} />}
    </div>
  )
}

/** Walks through the rows of a list of work; Enter opens one. */
function stepRow(by: 1 | -1): void {
  const rows = [...document.querySelectorAll<HTMLElement>('.worklist-row')]
  const at = rows.findIndex((row) => row === document.activeElement)
  const from = at >= 0 ? at : rows.findIndex((row) => row.getAttribute('aria-current') === 'true')
  rows[from < 0 ? 0 : Math.min(rows.length - 1, Math.max(0, from + by))]?.focus()
}

/** Keys are commands only where nobody types and no dialog is open. */
function isBusy(target: EventTarget | null): boolean {
  if (document.querySelector('dialog[open]')) return true
  return target instanceof HTMLElement && (target.isContentEditable || target.matches('input:not([type=checkbox]):not([type=radio]), textarea, select'))
}

function TopBar({ live, login, onHelp, onMine, work }: { live: Live; login: LoginResult; onHelp(): void; onMine(): void; work: Signal<Work> }) {
  const t = text()
  const relocale = (): void => {
    local.write('recourse.locale', locale.value)
    // What the server words comes in the language of the socket.
    live.connection.reconnect()
    const view = live.desk.caseView.value
    if (view) live.desk.reloadCase(view.id).catch(() => undefined)
  }
  return (
    <header class="topbar">
      <span class="topbar-mark"><Icon name="scale" /></span>
      <h1 class="topbar-title clip">{t.title}</h1>
      <span class="grow" />
      <StatusSwitch team={live.desk.team} />
      <BarMenu at={work.value} count={openTickets.value + waitingComplaints.value}>
        <button type="button" class="btn btn-quiet btn-sm topbar-who" aria-haspopup="dialog" title={accountWords().mine} aria-label={`${login.agent.name} · ${accountWords().mine}`} onClick={onMine}><Icon name="headset" class="icon-sm" /><span class="clip">{login.agent.name}</span></button>
        {supervises(login.agent) && <WorkButton work={work} to="wall" label={wallWords().title} count={0} />}
        {supervises(login.agent) && <WorkButton work={work} to="reports" label={reportWords().title} count={0} />}
        {mayDo(login.agent, 'accounts') && <WorkButton work={work} to="accounts" label={accountWords().title} count={0} />}
        {mayDo(login.agent, 'audit') && <WorkButton work={work} to="audit" label={auditWords().title} count={0} />}
        <WorkButton work={work} to="search" label={searchWords().title} count={0} />
        <WorkButton work={work} to="tickets" label={ticketWords().title} count={openTickets.value} />
        <WorkButton work={work} to="complaints" label={complaintDeskWords().title} count={waitingComplaints.value} />
        <button type="button" class="btn btn-quiet btn-sm topbar-help" onClick={onHelp} aria-label={t.help.heading} title={t.help.heading}>?</button>
        <AlertSwitch desk={live.desk} />
        <ThemeSwitch />
        <LocaleSwitch onChange={relocale} />
        <button type="button" class="btn btn-quiet btn-sm" onClick={leave}>{t.logout}</button>
      </BarMenu>
    </header>
  )
}

function WorkButton({ work, to, label, count }: { work: Signal<Work>; to: Work; label: string; count: number }) {
  const on = work.value === to
  return (
    <button type="button" class="btn btn-quiet btn-sm" aria-pressed={on} onClick={() => { work.value = on ? 'chats' : to }}>
      {label}{count > 0 && <span class="badge num">{count}</span>}
    </button>
  )
}

function PaneTabs({ pane, waiting, hasCase }: { pane: { value: Pane }; waiting: number; hasCase: boolean }) {
  const t = text()
  const panes: readonly Pane[] = ['inbox', 'conversation', 'case']
  return (
    <nav class="tabs">
      {panes.map((p) => (
        <button key={p} type="button" class="tab" aria-current={pane.value === p ? 'page' : undefined} onClick={() => { pane.value = p }}>
          <Icon name={p === 'inbox' ? 'person' : p === 'conversation' ? 'chat' : 'scale'} />
          <span>{t.panes[p]}</span>
          {p === 'inbox' && waiting > 0 && <span class="badge">{waiting}</span>}
          {p === 'case' && hasCase && <span class="tab-dot" />}
        </button>
      ))}
    </nav>
  )
}
