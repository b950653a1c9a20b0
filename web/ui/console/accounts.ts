// The accounts as an admin keeps them: what is typed into a form, and what it asks the server for.

import { signal } from '@preact/signals'
import type { AccountView, AddAccount } from '../shared/wire'
import { Poll, type Current } from './reader'
import type { AgentApi } from './session'

/** What stands in the form of an account, as it is typed. */
export interface AccountForm { login: string; sso: boolean; name: string; role: string; zh: boolean; en: boolean; skills: string; room: Room; seats: string }

/** How many conversations an account has at a time: what is usual for its role, none, or a number. */
export type Room = 'usual' | 'none' | 'number'

export type PutAccount = Omit<AddAccount, 'login' | 'sso'>

export const roles = ['agent', 'senior', 'supervisor', 'admin'] as const

export const newForm: AccountForm = { login: '', sso: false, name: '', role: 'agent', zh: false, en: false, skills: '', room: 'usual', seats: '5' }

export function formOf(a: AccountView): AccountForm {
  const capacity = a.capacity ?? 0
  return {
    login: a.login, sso: a.sso ?? false, name: a.name, role: a.role, zh: a.languages?.includes('zh-CN') ?? false, en: a.languages?.includes('en') ?? false,
    skills: (a.skills ?? []).join(', '), room: capacity === 0 ? 'usual' : capacity < 0 ? 'none' : 'number', seats: capacity > 0 ? String(capacity) : newForm.seats,
  }
}

/** skillsOf are the skills of a line, each once. */
export const skillsOf = (line: string): string[] => [...new Set(line.split(/[,，、;；\s]+/).filter(Boolean))]

export function bodyOf(form: AccountForm): PutAccount {
  const skills = skillsOf(form.skills)
  const languages = [...(form.zh ? ['zh-CN'] : []), ...(form.en ? ['en'] : [])]
  const capacity = form.room === 'usual' ? 0 : form.room === 'none' ? -1 : Number(form.seats)
  return {
    role: form.role, ...(form.name.trim() ? { name: form.name.trim() } : {}), ...(languages.length > 0 ? { languages } : {}),
    ...(skills.length > 0 ? { skills } : {}), ...(capacity !== 0 ? { capacity } : {}),
  }
}

/** changed says whether a form asks for anything else than there is. */
export const changed = (form: AccountForm, was: AccountForm): boolean => JSON.stringify(bodyOf(form)) !== JSON.stringify(bodyOf(was)) || form.login !== was.login || form.sso !== was.sso

export type Wrong = 'login' | 'skills' | 'seats'

/** wrongIn is the first field that the server would refuse, so that it can be named before. */
export function wrongIn(form: AccountForm): Wrong | undefined {
  if (!/^[a-z0-9][a-z0-9._@-]{0,63}$/.test(form.login)) return 'login'
  const skills = skillsOf(form.skills)
  if (skills.length > 32 || skills.some((s) => !/^[a-z0-9][a-z0-9_-]{0,31}$/.test(s))) return 'skills'
  if (form.room === 'number' && !(/^\d{1,2}$/.test(form.seats.trim()) && Number(form.seats) >= 1 && Number(form.seats) <= 50)) return 'seats'
  return undefined
}

/** matching are the accounts of which login, name or a skill has what was typed. */
export function matching(list: readonly AccountView[], typed: string): AccountView[] {
  const want = typed.trim().toLowerCase()
  return list.filter((a) => [a.login, a.name, ...(a.skills ?? [])].some((s) => s.toLowerCase().includes(want)))
}

/** browserOf names a browser and its system by what it says it is; '' if that tells nothing. */
export function browserOf(client: string): string {
  const first = (names: readonly (readonly [string, RegExp])[]): string => names.find(([, sign]) => sign.test(client))?.[0] ?? ''
  const browser = first([['Edge', /Edg(e|A|iOS)?\//], ['Opera', /OPR\//], ['Firefox', /(Firefox|FxiOS)\//], ['Chrome', /(Chrome|Chromium|CriOS)\//], ['Safari', /Safari\//]])
  const system = first([['iPhone', /iPhone/], ['iPad', /iPad/], ['Android', /Android/], ['Windows', /Windows/], ['macOS', /Mac OS X|Macintosh/], ['Linux', /Linux|X11/]])
  return [browser, system].filter(Boolean).join(' · ')
}

/** How often the list is read again while it can be seen. */
const every = 15_000

/** All accounts, read now and then. */
export class Accounts extends Poll {
  readonly list = signal<readonly AccountView[] | undefined>(undefined)
  /** Goes up with every reading, for what is read with it. */
  readonly readings = signal(0)

  constructor(private readonly api: Pick<AgentApi, 'accounts'>, hidden: () => boolean = () => document.hidden) {
    super(every, hidden)
  }

  protected async look(current: Current): Promise<void> {
    const found = await this.api.accounts()
    if (!current()) return
    this.list.value = found.accounts
    this.readings.value++
  }
}
