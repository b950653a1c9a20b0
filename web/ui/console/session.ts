// An agent's login, and the live desk that belongs to it. The login lives as long as the browser tab.

import { signal } from '@preact/signals'
import { Drafts } from '../shared/action/drafts'
import { Api } from '../shared/api'
import { Connection } from '../shared/connection'
import { locale } from '../shared/i18n'
import { newID } from '../shared/ids'
import { local, readJSON, session as tab } from '../shared/storage'
import type { AccountList, AccountSecret, AccountView, AddAccount, AgentView, AuditCheck, AuditList, Brief, Canned, CannedList, CaseAction, CaseView, ComplaintList, ComplaintView, CopilotAsk, CopilotText, EntryList, EvidenceDetail, FilledList, FlagAnswer, FoundList, KindView, Login, LoginResult, PutCanned, Report, ScoreList, SessionList, SetWork, Ticket, TicketList, TopicList, TopicName, Wall, WorkView } from '../shared/wire'
import type { PutAccount } from './accounts'
import { Desk } from './desk'

const sessionKey = 'recourse.console.session'

function isLogin(v: unknown): v is LoginResult {
  if (typeof v !== 'object' || v === null) return false
  const s = v as Partial<LoginResult>
  return typeof s.session === 'string' && typeof s.agent === 'object' && s.agent !== null && typeof s.agent.login === 'string'
}

/** Who is logged in here. */
export const who = signal<LoginResult | undefined>(readJSON(tab, sessionKey, isLogin))

export type EndReason = 'ended' | 'forbidden'

/** Why the last session is over, for the login screen. */
export const ended = signal<EndReason | undefined>(undefined)

export async function logIn(login: Login): Promise<void> {
  entered(await new Api().post<LoginResult>('/api/agent/login', login))
}

/** entered lets in whom the server has let in. */
export function entered(result: LoginResult): void {
  tab.write(sessionKey, JSON.stringify(result))
  ended.value = undefined
  who.value = result
}

/** chosePassword lets in whoever has changed his temporary password. */
export function chosePassword(login: LoginResult): void {
  entered({ ...login, must_change: false })
}

/** leave ends the session on the server too; when that cannot be reached it ends here and expires there. */
export function leave(): void {
  const session = who.value?.session
  if (session) new Api({ token: () => session }).post('/api/agent/logout', {}).catch(() => undefined)
  logOut()
}

export function logOut(reason?: EndReason): void {
  tab.write(sessionKey, null)
  ended.value = reason
  who.value = undefined
}

/** Everything that lives as long as one login. */
export interface Live {
  agent: AgentView
  desk: Desk
  connection: Connection
  api: AgentApi
  drafts: Drafts
  stop(): void
}

const account = (login: string): string => `/api/agent/accounts/${encodeURIComponent(login)}`

export class AgentApi {
  private known: { lang: string; kinds: Promise<KindView[]> } | undefined
  private answers: { lang: string; topics: Promise<TopicName[]> } | undefined

  constructor(private readonly api: Api) {}

  case(id: string): Promise<CaseView> {
    return this.api.get<CaseView>(`/api/agent/cases/${encodeURIComponent(id)}`)
  }

  /** What was found in a file, and what it is like now. */
  evidence(id: string, item: string): Promise<EvidenceDetail> {
    return this.api.get<EvidenceDetail>(`/api/agent/cases/${encodeURIComponent(id)}/evidence/${encodeURIComponent(item)}`)
  }

  /** The evidence of a case as a zip with its manifest and hashes. */
  pack(id: string): Promise<Blob> {
    return this.api.file(`/api/agent/cases/${encodeURIComponent(id)}/pack`)
  }

  act(id: string, action: string, body: CaseAction, key: string): Promise<CaseView> {
    return this.api.post<CaseView>(`/api/agent/cases/${encodeURIComponent(id)}/${encodeURIComponent(action)}`, body, { key })
  }

  /** Complaints that wait for an agent, or all of them. */
  complaints(all: boolean): Promise<ComplaintList> {
    return this.api.get<ComplaintList>(`/api/agent/complaints${all ? '?all=true' : ''}`)
  }

  complain(id: string, action: string, body: unknown, key: string): Promise<ComplaintView> {
    return this.api.post<ComplaintView>(`/api/agent/complaints/${encodeURIComponent(id)}/${encodeURIComponent(action)}`, body, { key })
  }

  /** What this agent must see to; the API shows at most 200. */
  tickets(): Promise<TicketList> {
    return this.api.get<TicketList>('/api/agent/tickets?limit=200')
  }

  ticketDone(id: string): Promise<Ticket> {
    return this.api.post<Ticket>(`/api/agent/tickets/${encodeURIComponent(id)}/done`, {})
  }

  /** The answers of a conversation that somebody flagged, also those that were taken back or settled. */
  flags(conversation: string): Promise<TicketList> {
    return this.api.get<TicketList>(`/api/agent/conversations/${encodeURIComponent(conversation)}/flags`)
  }

  flag(conversation: string, entry: number, body: FlagAnswer): Promise<Ticket> {
    return this.api.put<Ticket>(`/api/agent/conversations/${encodeURIComponent(conversation)}/entries/${entry}/flag`, body)
  }

  unflag(conversation: string, entry: number): Promise<Ticket> {
    return this.api.remove<Ticket>(`/api/agent/conversations/${encodeURIComponent(conversation)}/entries/${entry}/flag`)
  }

  /** The topics that the bot answers, in the language of the page, loaded once for each. */
  topics(): Promise<TopicName[]> {
    const lang = locale.value
    if (this.answers?.lang !== lang) {
      const topics = this.api.get<TopicList>('/api/agent/topics').then((found) => found.topics)
      this.answers = { lang, topics }
      topics.catch(() => { this.answers = undefined })
    }
    return this.answers.topics
  }

  /** Canned replies as they are written: the desk's and the agent's own. */
  canned(): Promise<CannedList> {
    return this.api.get<CannedList>('/api/agent/canned')
  }

  putCanned(id: string, body: PutCanned): Promise<Canned> {
    return this.api.put<Canned>(`/api/agent/canned/${encodeURIComponent(id)}`, body)
  }

  forgetCanned(id: string, own: boolean): Promise<unknown> {
    return this.api.remove(`/api/agent/canned/${encodeURIComponent(id)}${own ? '?own=true' : ''}`)
  }

  /** Canned replies as they would be said in a conversation. */
  filled(conversation: string): Promise<FilledList> {
    return this.api.get<FilledList>(`/api/agent/conversations/${encodeURIComponent(conversation)}/canned`)
  }

  /** What an agent must know of a conversation, told from state. */
  brief(conversation: string): Promise<Brief> {
    return this.api.get<Brief>(`/api/agent/conversations/${encodeURIComponent(conversation)}/brief`)
  }

  /** Conversations; the query as asked() makes it. */
  search(query: string): Promise<FoundList> {
    return this.api.get<FoundList>(`/api/agent/search?${query}`)
  }

  /** The desk at this moment, for supervisors. */
  wall(hours: number): Promise<Wall> {
    return this.api.get<Wall>(`/api/agent/wall?hours=${hours}`)
  }

  /** The figures of days, and the same as a file. */
  report(from: string, to: string): Promise<Report> {
    return this.api.get<Report>(`/api/agent/reports?from=${from}&to=${to}`)
  }

  reportFile(from: string, to: string): Promise<Blob> {
    return this.api.file(`/api/agent/reports.csv?from=${from}&to=${to}`)
  }

  /** Accounts, for admins. */
  accounts(): Promise<AccountList> {
    return this.api.get<AccountList>('/api/agent/accounts')
  }

  addAccount(body: AddAccount): Promise<AccountSecret> {
    return this.api.post<AccountSecret>('/api/agent/accounts', body)
  }

  putAccount(login: string, body: PutAccount): Promise<AccountView> {
    return this.api.put<AccountView>(account(login), body)
  }

  disableAccount(login: string): Promise<AccountView> {
    return this.api.post<AccountView>(`${account(login)}/disable`, undefined)
  }

  enableAccount(login: string): Promise<AccountView> {
    return this.api.post<AccountView>(`${account(login)}/enable`, undefined)
  }

  resetAccount(login: string): Promise<AccountSecret> {
    return this.api.post<AccountSecret>(`${account(login)}/reset`, undefined)
  }

  sessionsOf(login: string): Promise<SessionList> {
    return this.api.get<SessionList>(`${account(login)}/sessions`)
  }

  /** Ends one session of an account, or all. */
  endSessionsOf(login: string, session?: string): Promise<unknown> {
    return this.api.remove(`${account(login)}/sessions${session ? `?session=${encodeURIComponent(session)}` : ''}`)
  }

  mySessions(): Promise<SessionList> {
    return this.api.get<SessionList>('/api/agent/sessions')
  }

  endMySession(id: string): Promise<unknown> {
    return this.api.remove(`/api/agent/sessions/${encodeURIComponent(id)}`)
  }

  /** The audit trail, for supervisors; the query as wanted() makes it. */
  audit(query: string): Promise<AuditList> {
    return this.api.get<AuditList>(`/api/agent/audit?${query}`)
  }

  auditFile(query: string): Promise<Blob> {
    return this.api.file(`/api/agent/audit.csv?${query}`)
  }

  /** Checks a stretch of the trail's hashes. */
  checkAudit(cursor: string): Promise<AuditCheck> {
    return this.api.get<AuditCheck>(`/api/agent/audit/check${cursor ? `?cursor=${encodeURIComponent(cursor)}` : ''}`)
  }

  /** How the buyer scored the parts of a conversation. */
  scores(conversation: string): Promise<ScoreList> {
    return this.api.get<ScoreList>(`/api/agent/conversations/${encodeURIComponent(conversation)}/scores`)
  }

  /** What stands in front of a position of a conversation. */
  entries(conversation: string, before: number): Promise<EntryList> {
    return this.api.get<EntryList>(`/api/agent/conversations/${encodeURIComponent(conversation)}/entries?before=${before}`)
  }

  /** Tags a conversation, or puts it off. */
  work(conversation: string, body: SetWork): Promise<WorkView> {
    return this.api.put<WorkView>(`/api/agent/conversations/${encodeURIComponent(conversation)}/work`, body)
  }

  /** A model writes for the agent; nobody else reads it. */
  copilot(conversation: string, ask: CopilotAsk): Promise<CopilotText> {
    return this.api.post<CopilotText>(`/api/agent/conversations/${encodeURIComponent(conversation)}/copilot`, ask)
  }

  /** The kinds of evidence in the language of the page, loaded once for each. */
  kinds(): Promise<KindView[]> {
    const lang = locale.value
    if (this.known?.lang !== lang) {
      const kinds = this.api.get<KindView[]>('/api/agent/evidence-kinds')
      this.known = { lang, kinds }
      kinds.catch(() => { this.known = undefined })
    }
    return this.known.kinds
  }
}

/** goLive opens the socket of a login. Stop it before another is opened. */
export function goLive(login: LoginResult): Live {
  const api = new AgentApi(new Api({ token: () => login.session, onUnauthorized: () => logOut('ended') }))
  const drafts = new Drafts(`recourse.console.${login.agent.login}.`, local)
  const connection: Connection = new Connection({
    url: `${location.protocol === 'https:' ? 'wss' : 'ws'}://${location.host}/ws`,
    token: (refused) => {
      if (!refused) return Promise.resolve(login.session)
      connection.stop()
      logOut('ended')
      return Promise.reject(new Error('session is over'))
    },
    resume: () => ({ locale: locale.value }),
    onFrame: (frame) => desk.receive(frame),
  })
  const desk = new Desk(
    login.agent.login,
    { wire: connection, load: (id) => api.case(id), entries: (id, before) => api.entries(id, before), newId: () => newID(), wall: () => Date.now() },
    new Drafts('recourse.console.', tab),
  )
  const unsubscribe = connection.reason.subscribe((reason) => {
    if (reason === 'forbidden') logOut('forbidden')
  })
  connection.start()
  return {
    agent: login.agent, desk, connection, api, drafts,
    stop: () => {
      unsubscribe()
      connection.stop()
    },
  }
}
