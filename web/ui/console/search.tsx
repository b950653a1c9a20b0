// Looking for a conversation: by what people wrote, its order, case or buyer, and by how it stands. What was found opens
// in the desk.

import { signal } from '@preact/signals'
import type { Signal } from '@preact/signals'
import { useEffect, useMemo, useRef } from 'preact/hooks'
import { dateTime } from '../shared/format'
import { dictionary } from '../shared/i18n'
import { Icon } from '../shared/icon'
import type { Found } from '../shared/wire'
import { caseStates, stateName } from './names'
import { Reader } from './reader'
import type { AgentApi, Live } from './session'
import './worklist.css'
import './search.css'

const zh = {
  title: '搜索', field: '文字、订单号、案件号或买家', state: '案件状态', any: '全部状态', tag: '标签', mine: '只看我经手的', closed: '只看已结束的', close: '回到会话', more: '更多',
  none: '没有找到符合的会话', hint: '可以搜聊天文字、订单号、案件号、买家。', loading: '正在查找…', found: (n: number, more: boolean) => `找到 ${n}${more ? '+' : ''} 个会话`,
  holders: { bot: '机器人接待中', waiting_human: '等待接手', human: '客服处理中' }, noCase: '没有案件',
}
const en: typeof zh = {
  title: 'Search', field: 'Words, order, case or buyer', state: 'State of the case', any: 'Any state', tag: 'Tag', mine: 'Only what I had', closed: 'Only resolved', close: 'Chats', more: 'More',
  none: 'No conversation found', hint: 'By what was written, order, case, or buyer.', loading: 'Looking…', found: (n, more) => (n === 1 && !more ? '1 conversation' : `${n}${more ? '+' : ''} conversations`),
  holders: { bot: 'with the bot', waiting_human: 'waiting', human: 'with an agent' }, noCase: 'no case',
}
export const searchWords = dictionary(zh, en)

export interface Query { q: string; state: string; tag: string; agent: string; closed: string }

export const noQuery: Query = { q: '', state: '', tag: '', agent: '', closed: '' }

/** asked is a query as the address of a request has it. */
export function asked(query: Query, cursor = ''): string {
  const out = new URLSearchParams()
  for (const [name, value] of Object.entries({ ...query, q: query.q.trim(), tag: query.tag.trim(), cursor })) if (value) out.set(name, value)
  return out.toString()
}

/** joined puts one list after another, each conversation once. */
export function joined(first: readonly Found[], then: readonly Found[]): Found[] {
  const there = new Set(first.map((f) => f.conversation))
  return [...first, ...then.filter((f) => !there.has(f.conversation))]
}

/** How long somebody types before it is looked for. */
const pause = 250

export class Search extends Reader {
  readonly found = signal<readonly Found[] | undefined>(undefined)
  readonly next = signal('')
  readonly query: Signal<Query>

  constructor(private readonly api: Pick<AgentApi, 'search'>, query: Query = noQuery) {
    super()
    this.query = signal(query)
  }

  /** change looks for something else, in a moment. */
  change(part: Partial<Query>): void {
    this.query.value = { ...this.query.value, ...part }
    this.in(pause, () => void this.read())
  }

  /** later looks in a moment for what is new, and keeps what was found; a burst of reasons is one look. */
  later(): void {
    this.in(4 * pause, () => void this.read('again'))
  }

  /** read looks now; what an older look answers is dropped. */
  async read(what: 'new' | 'more' | 'again' = 'new'): Promise<void> {
    await this.once(async (current) => {
      const list = await this.api.search(asked(this.query.value, what === 'more' ? this.next.value : ''))
      if (!current()) return
      const had = what === 'new' ? undefined : this.found.value
      if (!had || what === 'more') this.next.value = list.next_cursor ?? ''
      this.found.value = !had ? list.found : what === 'more' ? joined(had, list.found) : joined(list.found, had)
    })
  }
}

export function SearchScreen({ live, onClose, onConversation }: { live: Live; onClose(): void; onConversation(id: string): void }) {
  const w = searchWords()
  const search = useMemo(() => new Search(live.api), [live])
  const field = useRef<HTMLInputElement>(null)
  useEffect(() => {
    field.current?.focus()
    void search.read()
    return () => search.stop()
  }, [search])
  const query = search.query.value
  const list = search.found.value
  const more = search.next.value !== ''
  return (
    <main class="search">
      <form class="search-form" role="search" onSubmit={(e) => { e.preventDefault(); void search.read() }}>
        <input ref={field} type="search" class="input search-field" aria-label={w.field} placeholder={w.field} maxLength={100} value={query.q}
          onInput={(e) => search.change({ q: e.currentTarget.value })} />
        <select class="input" aria-label={w.state} value={query.state} onChange={(e) => search.change({ state: e.currentTarget.value })}>
          <option value="">{w.any}</option>
          {caseStates.map((state) => <option key={state} value={state}>{stateName(state)}</option>)}
        </select>
        <input class="input search-tag" aria-label={w.tag} placeholder={w.tag} maxLength={40} value={query.tag} onInput={(e) => search.change({ tag: e.currentTarget.value })} />
        <label class="row small"><input type="checkbox" checked={query.agent !== ''} onChange={(e) => search.change({ agent: e.currentTarget.checked ? live.agent.login : '' })} />{w.mine}</label>
        <label class="row small"><input type="checkbox" checked={query.closed !== ''} onChange={(e) => search.change({ closed: e.currentTarget.checked ? 'true' : '' })} />{w.closed}</label>
        <button type="button" class="btn btn-sm" onClick={onClose}><Icon name="chat" class="icon-sm" />{w.close}</button>
      </form>
      <p class="small muted search-count" role="status">{search.busy.value ? w.loading : list ? (list.length === 0 && !more ? w.none : w.found(list.length, more)) : ''}</p>
      {search.trouble.value && <p class="note note-bad" role="alert">{search.trouble.value}</p>}
      <ul class="search-list">
        {(list ?? []).map((found) => (
          <li key={found.conversation}>
            <button type="button" class="worklist-row" onClick={() => onConversation(found.conversation)}>
              <span class="row"><strong class="clip">{found.buyer}</strong><span class="grow" /><time class="small muted num" dateTime={found.at}>{dateTime(found.at)}</time></span>
              <span class="row small muted search-facts">
                <span>{found.holder === 'human' && found.agent_name ? found.agent_name : w.holders[found.holder]}</span>
                <span>{found.case_state ? stateName(found.case_state) : w.noCase}</span>
                {found.title && <span class="clip">{found.title}</span>}
                {(found.tags ?? []).map((tag) => <span key={tag} class="chip">{tag}</span>)}
              </span>
              {found.line && <span class="small search-line"><Marked line={found.line} phrase={query.q} /></span>}
            </button>
          </li>
        ))}
      </ul>
      {more && <button type="button" class="btn search-more" disabled={search.busy.value} onClick={() => void search.read('more')}>{w.more}</button>}
    </main>
  )
}

/** A line with what was looked for marked, where it stands there as it was typed. */
function Marked({ line, phrase }: { line: string; phrase: string }) {
  const at = phrase.trim() === '' ? -1 : line.toLowerCase().indexOf(phrase.trim().toLowerCase())
  if (at < 0) return <>{line}</>
  const end = at + phrase.trim().length
  return <>{line.slice(0, at)}<mark>{line.slice(at, end)}</mark>{line.slice(end)}</>
}
