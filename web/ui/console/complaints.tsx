// Complaints about conduct: what waits for an agent, and everything to decide it on. They are no conversations, so
// they have a screen of their own beside the desk's panes.

import { signal } from '@preact/signals'
import { useEffect, useMemo, useState } from 'preact/hooks'
import { ComplaintActions, ComplaintFacts, complaintTone, complaintWords } from '../shared/complaint'
import { Complaints } from '../shared/complaint_list'
import { Countdown } from '../shared/countdown'
import { EvidenceViewer } from '../shared/evidence'
import { dictionary, locale } from '../shared/i18n'
import { Icon } from '../shared/icon'
import type { Shown } from '../shared/thumb'
import type { ComplaintView } from '../shared/wire'
import './worklist.css'
import { History } from '../shared/history'
import type { AgentApi } from './session'

const zh = {
  title: '投诉', waiting: '待审核', all: '全部', none: '没有等待审核的投诉', noneAll: '还没有投诉', pick: '选择一份投诉', back: '返回列表',
  happened: '经过', buyer: '买家', with: (who: string) => `由 ${who} 审核`, loading: '正在读取…', close: '回到会话',
}
const en: typeof zh = {
  title: 'Complaints', waiting: 'Waiting', all: 'All', none: 'No complaint waits for a review', noneAll: 'No complaints yet', pick: 'Choose a complaint', back: 'Back to the list',
  happened: 'What happened', buyer: 'Buyer', with: (who) => `With ${who}`, loading: 'Loading…', close: 'Back to the chats',
}
export const complaintDeskWords = dictionary(zh, en)

const every = 4000

/** How many complaints wait for an agent, for the button that leads here. */
export const waitingComplaints = signal(0)

/** countWaiting keeps the count until it is stopped; a reading that fails leaves it as it was. */
export function countWaiting(api: AgentApi): () => void {
  const look = (): void => {
    api.complaints(false).then((found) => { waitingComplaints.value = found.complaints.length }, () => undefined)
  }
  look()
  const timer = setInterval(look, 5 * every)
  return () => clearInterval(timer)
}

/** What waits for an agent, or everything. */
class Desk extends Complaints {
  readonly open = signal<string | undefined>(undefined)

  constructor(api: AgentApi, readonly all = signal(false)) {
    super({
      every,
      list: async () => {
        const waiting = !all.value
        const found = await api.complaints(!waiting)
        if (waiting) waitingComplaints.value = found.complaints.length
        return found
      },
      act: (id, action, body, key) => api.complain(id, action, body, key),
    })
  }

  show(all: boolean): void {
    this.all.value = all
    this.list.value = undefined
    void this.read()
  }
}

export function ComplaintsScreen({ api, onClose }: { api: AgentApi; onClose(): void }) {
  const w = complaintDeskWords()
  const desk = useMemo(() => new Desk(api), [api])
  useEffect(() => {
    void desk.read()
    return () => desk.stop()
  }, [desk, locale.value])
  // A complaint that was decided leaves the list of those that wait; it stays on the screen until another is opened.
  const [kept, setKept] = useState<ComplaintView>()
  const list = desk.list.value
  const listed = list?.find((c) => c.id === desk.open.value)
  useEffect(() => { if (listed) setKept(listed) }, [listed])
  const view = listed ?? (kept?.id === desk.open.value ? kept : undefined)
  return (
    <main class={`worklist ${view ? 'has-open' : ''}`}>
      <nav class="worklist-rows" aria-label={w.title}>
        <div class="row worklist-filter">
          <button type="button" class="btn btn-sm btn-quiet" aria-pressed={!desk.all.value} onClick={() => desk.show(false)}>{w.waiting}</button>
          <button type="button" class="btn btn-sm btn-quiet" aria-pressed={desk.all.value} onClick={() => desk.show(true)}>{w.all}</button>
          <span class="grow" />
          <button type="button" class="btn btn-sm" onClick={onClose}><Icon name="chat" class="icon-sm" />{w.close}</button>
        </div>
        {desk.trouble.value && <p class="note note-bad" role="alert">{desk.trouble.value}</p>}
        {!list && <p class="pane-quiet">{w.loading}</p>}
        {list?.length === 0 && <p class="pane-quiet"><Icon name="checkCircle" />{desk.all.value ? w.noneAll : w.none}</p>}
        <ul>
          {list?.map((c) => (
            <li key={c.id}>
              <button type="button" class="worklist-row" aria-current={desk.open.value === c.id ? 'true' : undefined} onClick={() => { desk.open.value = c.id }}>
                <span class="row"><strong class="grow clip">{c.kind_name}</strong><span class={`chip ${complaintTone(c)}`}>{c.state_name}</span></span>
                <span class="small muted clip">{(c.by === 'merchant' ? complaintWords().byShop : complaintWords().byBuyer)} · {c.shop}</span>
                <span class="row small">
                  <span class="grow clip muted">{c.agent ? w.with(c.agent) : c.order.title}</span>
                  {c.deadline && !c.terminal && <Countdown deadline={c.deadline} short />}
                </span>
              </button>
            </li>
          ))}
        </ul>
      </nav>
      <section class="worklist-detail">
        {view ? <Detail key={view.id} view={view} desk={desk} /> : <p class="pane-quiet">{w.pick}</p>}
      </section>
    </main>
  )
}

function Detail({ view, desk }: { view: ComplaintView; desk: Desk }) {
  const w = complaintDeskWords()
  const [seen, setSeen] = useState<{ items: readonly Shown[]; at: number }>()
  return (
    <article class="stack worklist-one">
      <button type="button" class="btn btn-sm btn-quiet worklist-back" onClick={() => { desk.open.value = undefined }}><Icon name="left" class="icon-sm" />{w.back}</button>
      <section class="card card-body"><ComplaintActions view={view} send={(action, body, key) => desk.act(view.id, action, body, key)} /></section>
      <section class="card card-body stack">
        <p class="small muted">{w.buyer} {view.buyer} · {view.id} · v{view.version}</p>
        <ComplaintFacts view={view} onOpen={(items, at) => setSeen({ items, at })} />
      </section>
      {view.timeline && view.timeline.length > 0 && <section class="card card-body stack"><h3>{w.happened}</h3><History lines={view.timeline} /></section>}
      {seen && <EvidenceViewer items={seen.items} start={seen.at} onClose={() => setSeen(undefined)} />}
    </article>
  )
}
