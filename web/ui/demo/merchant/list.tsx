import { useState } from 'preact/hooks'
import { Countdown } from '../../shared/countdown'
import { money } from '../../shared/format'
import type { CaseView } from '../../shared/wire'
import { ordered, waitsForShop } from './cases'
import type { MerchantDesk } from './desk'
import { text } from './text'

export function CaseListPane({ desk }: { desk: MerchantDesk }) {
  const t = text()
  const [toMe, setToMe] = useState(false)
  const all = desk.cases.value
  const cases = ordered(all ?? []).filter((c) => !toMe || waitsForShop(c))
  const mine = (all ?? []).filter(waitsForShop).length
  return (
    <nav class="m-list" aria-label={t.case}>
      <div class="m-filter" role="group">
        <button type="button" class="btn btn-sm btn-quiet" aria-pressed={!toMe} onClick={() => setToMe(false)}>{t.all} <span class="num">{all?.length ?? ''}</span></button>
        <button type="button" class="btn btn-sm btn-quiet" aria-pressed={toMe} onClick={() => setToMe(true)}>{t.toMe} <span class="num">{all ? mine : ''}</span></button>
      </div>
      {!all && <p class="m-quiet">{t.loading}</p>}
      {all && cases.length === 0 && <p class="m-quiet">{toMe ? t.emptyToMe : t.empty}</p>}
      <ul>{cases.map((view) => <Row key={view.id} view={view} desk={desk} />)}</ul>
      {desk.hasMore.value && <button type="button" class="btn btn-sm btn-block" onClick={() => desk.more()}>{t.more}</button>}
    </nav>
  )
}

function Row({ view, desk }: { view: CaseView; desk: MerchantDesk }) {
  return (
    <li>
      <button type="button" class="m-row" aria-current={desk.openId.value === view.id ? 'true' : undefined} onClick={() => desk.open(view.id)}>
        <span class="row"><span class="grow clip m-row-title">{view.order.title}</span><span class="num">{money(view.amount_fen)}</span></span>
        <span class="small muted clip">{[view.reason_name, view.type_name].filter(Boolean).join(' · ')}</span>
        <span class="m-row-facts">
          <span class={`chip ${waitsForShop(view) ? 'chip-warn' : view.terminal ? '' : 'chip-accent'}`}>{view.state_name}</span>
          {view.waits_for_name && !view.terminal && <span class="muted">{view.waits_for_name}</span>}
          {view.deadline && !view.terminal && <Countdown deadline={view.deadline} short />}
        </span>
      </button>
    </li>
  )
}
