// The shop's side of complaints over the real API: what buyers complain of, and its own complaints about buyers.
import { signal } from '@preact/signals'
import { useEffect, useMemo, useState } from 'preact/hooks'
import { ComplaintActions, ComplaintFacts, complaintTone, complaintWords } from '../../shared/complaint'
import { Complaints } from '../../shared/complaint_list'
import { Countdown } from '../../shared/countdown'
import { EvidenceViewer } from '../../shared/evidence'
import { failureText } from '../../shared/api'
import { dictionary, locale } from '../../shared/i18n'
import { Icon } from '../../shared/icon'
import { newID } from '../../shared/ids'
import type { Shown } from '../../shared/thumb'
import type { CaseView, ComplaintKind, ComplaintKinds, ComplaintList, ComplaintView } from '../../shared/wire'
import type { MerchantDesk } from './desk'
import { text } from './text'

const zh = {
  title: '投诉', empty: '没有和这个店铺有关的投诉', pick: '选择一份投诉', file: '投诉买家', kind: '类型', what: '发生了什么', send: '提交投诉', cancel: '取消',
  filed: '投诉已提交，平台会通知买家并审核。', add: '上传凭证', cases: '售后', added: '已收到凭证',
}
const en: typeof zh = {
  title: 'Complaints', empty: 'No complaint has to do with this shop', pick: 'Choose a complaint', file: 'Complain about the buyer', kind: 'Kind', what: 'What happened', send: 'File the complaint', cancel: 'Cancel',
  filed: 'Filed. The platform tells the buyer and reviews it.', add: 'Upload evidence', cases: 'Cases', added: 'Evidence received',
}
export const complaintDeskWords = dictionary(zh, en)

const every = 2500

/** Which complaint is open; on a phone the page makes room for it. */
export const openComplaint = signal<string | undefined>(undefined)

const shopComplaints = (desk: MerchantDesk): Complaints => new Complaints({
  every,
  list: () => desk.api.get<ComplaintList>('/api/merchant/complaints'),
  act: (id, action, body, key) => desk.api.post<ComplaintView>(`/api/merchant/complaints/${encodeURIComponent(id)}/${action}`, body, { key }),
})

export function ShopComplaintsPanes({ desk }: { desk: MerchantDesk }) {
  const w = complaintDeskWords()
  const shop = desk.shop.value?.id
  const own = useMemo(() => shopComplaints(desk), [desk, shop])
  useEffect(() => {
    void own.read()
    return () => own.stop()
  }, [own, locale.value])
  const list = own.list.value
  const view = list?.find((c) => c.id === openComplaint.value)
  return (
    <>
      <nav class="m-list" aria-label={w.title}>
        {own.trouble.value && <p class="note note-bad" role="alert">{own.trouble.value}</p>}
        {!list && <p class="m-quiet">{text().loading}</p>}
        {list?.length === 0 && <p class="m-quiet">{w.empty}</p>}
        <ul>
          {list?.map((c) => (
            <li key={c.id}>
              <button type="button" class="m-row" aria-current={openComplaint.value === c.id ? 'true' : undefined} onClick={() => { openComplaint.value = c.id }}>
                <span class="row"><span class="grow clip m-row-title">{c.kind_name}</span><span class={`chip ${complaintTone(c)}`}>{c.state_name}</span></span>
                <span class="small muted clip">{c.by === 'merchant' ? complaintWords().byShop : complaintWords().byBuyer} · {c.order.title}</span>
                {c.deadline && !c.terminal && <span class="m-row-facts"><Countdown deadline={c.deadline} short /></span>}
              </button>
            </li>
          ))}
        </ul>
      </nav>
      <div class="m-middle">{view ? <Detail key={view.id} view={view} own={own} desk={desk} /> : <p class="m-quiet">{w.pick}</p>}</div>
    </>
  )
}

function Detail({ view, own, desk }: { view: ComplaintView; own: Complaints; desk: MerchantDesk }) {
  const [seen, setSeen] = useState<{ items: readonly Shown[]; at: number }>()
  return (
    <article class="m-detail">
      <button type="button" class="btn btn-sm btn-quiet m-back" onClick={() => { openComplaint.value = undefined }}><Icon name="left" class="icon-sm" />{text().back}</button>
      <section class="card card-body stack m-work">
        <h2>{text().actions}</h2>
        <ComplaintActions view={view} send={(action, body, key) => own.act(view.id, action, body, key)} />
        <Add view={view} desk={desk} />
      </section>
      <section class="card card-body stack">
        <p class="small muted">{view.id} · v{view.version}</p>
        <ComplaintFacts view={view} onOpen={(items, at) => setSeen({ items, at })} />
      </section>
      {seen && <EvidenceViewer items={seen.items} start={seen.at} onClose={() => setSeen(undefined)} />}
    </article>
  )
}

/** Files go through the same upload as a case's, with the complaint's id in place of a case's. */
function Add({ view, desk }: { view: ComplaintView; desk: MerchantDesk }) {
  const w = complaintDeskWords()
  const kinds = view.can_add ?? []
  const [kind, setKind] = useState('')
  const chosen = kinds.find((k) => k.kind === kind) ?? kinds[0]
  if (!chosen) return null
  const mine = desk.uploads.items.value.filter((u) => u.case === view.id)
  return (
    <div class="stack">
      <div class="row">
        <select class="input grow" aria-label={text().upload.kind} value={chosen.kind} onChange={(e) => setKind(e.currentTarget.value)}>
          {kinds.map((k) => <option key={k.kind} value={k.kind}>{k.label}</option>)}
        </select>
        <label class="btn btn-sm">
          <Icon name="upload" class="icon-sm" />{w.add}
          <input type="file" class="sr-only" accept="image/*,video/*,application/pdf"
            onChange={(e) => {
              for (const file of e.currentTarget.files ?? []) desk.uploads.add(view.id, chosen.kind, chosen.media, file)
              e.currentTarget.value = ''
            }} />
        </label>
      </div>
      {mine.map((u) => <p key={u.id} class={u.status === 'failed' ? 'error-text' : 'small muted'}>{u.name} · {u.status === 'done' ? w.added : u.status === 'failed' ? text().upload.failed : `${u.progress}%`}</p>)}
    </div>
  )
}

/** A shop complains about the buyer of one of its cases (F3-14). */
export function FileComplaint({ view, desk }: { view: CaseView; desk: MerchantDesk }) {
  const w = complaintDeskWords()
  const [key, setKey] = useState('')
  const [kinds, setKinds] = useState<readonly ComplaintKind[]>([])
  const [kind, setKind] = useState('')
  const [said, setSaid] = useState('')
  const [told, setTold] = useState('')
  useEffect(() => {
    if (!key || kinds.length > 0) return
    desk.api.get<ComplaintKinds>('/api/merchant/complaint-kinds').then((a) => { setKinds(a.kinds); setKind(a.kinds[0]?.kind ?? '') }, (err: unknown) => setTold(failureText(err)))
  }, [key])
  const send = (): void => {
    desk.api.post<ComplaintView>('/api/merchant/complaints', { case: view.id, kind, text: said.trim() }, { key }).then(
      () => { setTold(w.filed); setKey(''); setSaid('') },
      (err: unknown) => setTold(failureText(err)),
    )
  }
  return (
    <div class="stack">
      {!key && <p><button type="button" class="btn btn-sm btn-quiet" onClick={() => { setKey(newID('k')); setTold('') }}>{w.file}</button></p>}
      {key && (
        <form class="stack" onSubmit={(e) => { e.preventDefault(); if (said.trim()) send() }}>
          <div class="field"><label for="file-kind">{w.kind}</label>
            <select id="file-kind" class="input" value={kind} onChange={(e) => setKind(e.currentTarget.value)}>
              {kinds.map((k) => <option key={k.kind} value={k.kind}>{locale.value === 'en' ? k.name_en : k.name_zh}</option>)}
            </select>
          </div>
          <div class="field"><label for="file-text">{w.what}</label>
            <textarea id="file-text" class="input" rows={3} maxLength={500} value={said} onInput={(e) => setSaid(e.currentTarget.value)} />
          </div>
          <div class="row">
            <button type="submit" class="btn btn-primary btn-sm" disabled={!said.trim()}>{w.send}</button>
            <button type="button" class="btn btn-quiet btn-sm" onClick={() => setKey('')}>{w.cancel}</button>
          </div>
        </form>
      )}
      {told && <p class="small" role="status">{told}</p>}
    </div>
  )
}
