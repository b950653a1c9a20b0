// The evidence of both parties beside each other; one viewer walks through all of it.

import { useState } from 'preact/hooks'
import { EvidenceThumb } from '../shared/evidence'
import { bytes, dateTime } from '../shared/format'
import { Icon } from '../shared/icon'
import type { EvidenceView } from '../shared/wire'
import { EvidenceRoom } from './evidence_viewer'
import type { AgentApi } from './session'
import { text } from './text'

export function BothSides({ evidence, caseID, api }: { evidence: readonly EvidenceView[]; caseID: string; api: AgentApi }) {
  const t = text().case
  const [at, setAt] = useState<number>()
  const buyer = evidence.filter((e) => e.party !== 'merchant')
  const shop = evidence.filter((e) => e.party === 'merchant')
  // The viewer goes through the buyer's side first, then the merchant's.
  const all = [...buyer, ...shop]
  return (
    <>
      <div class="sides">
        <Side title={t.buyerSide} items={buyer} onOpen={(i) => setAt(i)} />
        <Side title={t.shopSide} items={shop} onOpen={(i) => setAt(buyer.length + i)} />
      </div>
      {all.length > 1 && <button type="button" class="btn btn-sm btn-block" onClick={() => setAt(0)}><Icon name="zoomIn" class="icon-sm" />{t.allEvidence}</button>}
      {at !== undefined && <EvidenceRoom items={all} start={at} caseID={caseID} api={api} onClose={() => setAt(undefined)} />}
    </>
  )
}

function Side({ title, items, onOpen }: { title: string; items: readonly EvidenceView[]; onOpen(index: number): void }) {
  return (
    <div class="side">
      <h4>{title}<span class="count num">{items.length}</span></h4>
      {items.length === 0 && <p class="small muted">{text().case.noEvidence}</p>}
      <ul>
        {items.map((item, i) => (
          <li key={item.id}>
            <EvidenceThumb item={item} onOpen={() => onOpen(i)} />
            <div class="side-about">
              <p class="side-label">{item.label}</p>
              <p class="small muted num">{dateTime(item.at)}</p>
              {item.bytes !== undefined && item.bytes > 0 && <p class="small muted num">{bytes(item.bytes)}</p>}
              {item.sha256 && <p class="hash" title={item.sha256}>{item.sha256.slice(0, 12)}</p>}
              <Marks item={item} />
            </div>
          </li>
        ))}
      </ul>
    </div>
  )
}

/** What to look at twice; none of it proves anything. */
function Marks({ item }: { item: EvidenceView }) {
  const waybill = item.waybill_is ? text().case.waybillIs[item.waybill_is] : undefined
  return (
    <>
      {item.flags?.map((f) => <p key={f.code}><span class="chip chip-warn wrap">{f.text}</span></p>)}
      {waybill && <p><span class={`chip wrap ${item.waybill_is === 'outbound' ? 'chip-good' : 'chip-warn'}`}>{waybill}</span></p>}
      {item.hints?.map((h) => <p key={h.code} class="small muted">{h.text}</p>)}
    </>
  )
}
