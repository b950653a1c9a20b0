import type { ComponentChildren } from 'preact'
import { useState } from 'preact/hooks'
import { ActionPanel } from '../../shared/action/ActionPanel'
import { merchantForms } from '../../shared/action/spec'
import { actionWords, formWords } from '../../shared/action/words'
import { failureText } from '../../shared/api'
import { EvidenceThumb, EvidenceViewer } from '../../shared/evidence'
import { dateTime, money } from '../../shared/format'
import { Icon } from '../../shared/icon'
import { CaseSentence } from '../../shared/sentence'
import { History } from '../../shared/history'
import { Timeline } from '../../shared/timeline'
import type { CaseView, EvidenceView } from '../../shared/wire'
import { FileComplaint } from './complaints'
import type { MerchantDesk } from './desk'
import { text } from './text'
import { UploadField } from './upload_field'

export function Detail({ view, desk }: { view: CaseView; desk: MerchantDesk }) {
  const t = text()
  return (
    <article class="m-detail" key={view.id}>
      <button type="button" class="btn btn-sm btn-quiet m-back" onClick={() => desk.open(undefined)}><Icon name="left" class="icon-sm" />{t.back}</button>
      <header class="card card-body stack">
        <p class="row m-wrap"><span class="chip chip-accent">{view.state_name}</span>{view.waiting_on_you && <span class="chip chip-warn">{t.toMe}</span>}<span class="small muted">{t.case} {view.id} · v{view.version}</span></p>
        <CaseSentence case={view} />
        <Order view={view} />
      </header>
      <Work view={view} desk={desk} />
      <FileComplaint view={view} desk={desk} />
      <div class="m-columns">
        <Block title={t.claim}><p class={view.story ? 'quote' : 'small muted'}>{view.story || t.noClaim}</p></Block>
        <Block title={t.evidence}><Evidence items={view.evidence ?? []} /></Block>
        {view.rejection && <Block title={t.rejection}><p class="small"><span class="chip chip-bad">{view.rejection.code}</span> {view.rejection.name} · {dateTime(view.rejection.at)}</p><p class="quote">{view.rejection.text}</p>{view.rejection.note && <p class="small note note-warn">{view.rejection.note}</p>}</Block>}
        <Facts view={view} />
        {view.ruling && <Block title={t.ruling}><p class="small"><span class="chip chip-accent">{view.ruling.name}</span> {dateTime(view.ruling.at)}</p><p class="quote">{view.ruling.reasons}</p></Block>}
        <Block title={t.steps}><Timeline steps={view.steps} /></Block>
        {view.timeline && view.timeline.length > 0 && (
          <Block title={t.happened}>
            <History lines={view.timeline} />
          </Block>
        )}
      </div>
    </article>
  )
}

function Work({ view, desk }: { view: CaseView; desk: MerchantDesk }) {
  const t = text()
  const [done, setDone] = useState<string>()
  const [trouble, setTrouble] = useState<string>()
  const forms = merchantForms(view)
  return (
    <section class="card card-body stack m-work" aria-label={t.actions}>
      <h2>{t.actions}</h2>
      {view.asked_kinds && view.asked_kinds.length > 0 && <p class="note note-warn"><Icon name="alert" class="icon-sm" />{t.askedKinds}：{view.asked_kinds.map((k) => k.label).join('、')}</p>}
      {forms.length === 0 ? <p class="small muted">{t.nothing}</p> : (
        <ActionPanel forms={forms} view={view} drafts={desk.drafts} codes={desk.codes.value} kinds={view.can_add ?? []}
          evidence={(draft, set) => <UploadField desk={desk} view={view} draft={draft} set={set} />}
          send={(action, body, key) => desk.act(view.id, action, body, key)}
          done={(_, action) => setDone(t.done(actionWords(formWords(), action).label))}
          refused={(advice) => { if (advice.refresh) desk.pollNow() }} />
      )}
      {done && <p class="note note-good" role="status"><Icon name="checkCircle" class="icon-sm" />{done}</p>}
      {view.state === 'return_in_transit' && (
        <p class="row m-wrap">
          <span class="small muted">{t.logistics}</span>
          <button type="button" class="btn btn-sm" onClick={() => desk.simulate(view.id, 'carrier_signed').then(() => setTrouble(undefined), (err: unknown) => setTrouble(failureText(err)))}>
            <Icon name="truck" class="icon-sm" />{t.signed}
          </button>
        </p>
      )}
      {trouble && <p class="note note-bad" role="alert">{trouble}</p>}
    </section>
  )
}

function Block({ title, children }: { title: string; children: ComponentChildren }) {
  return <section class="card card-body stack"><h2>{title}</h2>{children}</section>
}

function Order({ view }: { view: CaseView }) {
  const t = text()
  return (
    <div class="m-order">
      {view.order.image && <img src={view.order.image} alt="" loading="lazy" />}
      <div class="grow">
        <p class="m-row-title">{view.order.title}</p>
        <p class="small muted">{[view.order.spec, view.order.status].filter(Boolean).join(' · ')}</p>
        <p class="small">{t.asked} <strong class="num">{money(view.amount_fen)}</strong> · {t.paid} <span class="num">{money(view.order.paid_fen)}</span>
          {view.reason_name && <> · {view.reason_name}</>}{view.type_name && <> · {view.type_name}</>}</p>
        {view.buyer_alias && <p class="small muted">{t.buyer} <code>{view.buyer_alias}</code>{(view.attempt ?? 0) > 1 && <> · {t.attempt(view.attempt ?? 0)}</>}</p>}
      </div>
    </div>
  )
}

/** What else the case knows: an offer that is open, parcels under way, goods that are owed. */
function Facts({ view }: { view: CaseView }) {
  const t = text()
  const parcel = (name: string, p: Partial<NonNullable<CaseView['return']>> | undefined) => p && (p.waybill || p.address)
    ? <p class="small"><strong>{name}</strong> {[p.carrier, p.waybill, p.address].filter(Boolean).join(' · ')}{p.signed_at && <> · {t.signedAt} {dateTime(p.signed_at)}</>}</p> : null
  const lines = [
    view.offer && <p class="small"><strong>{t.offer}</strong> {view.offer.amount_fen ? money(view.offer.amount_fen) : t.reship} {view.offer.text}</p>,
    parcel(t.parcelBack, view.return),
    ...(view.return?.rest ?? []).map((p) => parcel(t.parcelRest, p)),
    parcel(t.parcelOut, view.reship),
    view.goods_back_to_buyer && <p class="small note note-warn">{t.owed}</p>,
  ].filter(Boolean)
  return lines.length > 0 ? <Block title={t.facts}>{lines}</Block> : null
}

function Evidence({ items }: { items: readonly EvidenceView[] }) {
  const t = text()
  const [at, setAt] = useState<number>()
  if (items.length === 0) return <p class="small muted">{t.none}</p>
  return (
    <>
      <ul class="m-evidence">
        {items.map((item, i) => (
          <li key={item.id}>
            <EvidenceThumb item={item} onOpen={() => setAt(i)} />
            <p class="small">{item.label}</p>
            <p class="small muted">{item.party === 'merchant' ? t.mine : t.buyer}</p>
          </li>
        ))}
      </ul>
      {at !== undefined && <EvidenceViewer items={items} start={at} onClose={() => setAt(undefined)} />}
    </>
  )
}
