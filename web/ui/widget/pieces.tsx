import { dateTime } from '../shared/format'
import { Icon } from '../shared/icon'
import { EvidenceThumb } from '../shared/thumb'
import type { CaseView, EvidenceView } from '../shared/wire'
import { useApp } from './context'
import { words } from './rich_words'

/** How firmly a piece belongs to its case: a draft's may be taken back, a ruling freezes what it rests on. */
function stageOf(e: EvidenceView, now: CaseView): string {
  return e.locked ? 'locked' : now.state === 'draft' ? 'staged' : 'submitted'
}

/** Pieces of evidence that have arrived, each with its receipt: when, what it adds up to, and how firm it is. */
export function Pieces({ items, now, titled = false }: { items: readonly EvidenceView[]; now: CaseView; titled?: boolean }) {
  const { view } = useApp()
  const w = words()
  return (
    <ul class="receipts">
      {items.map((e, i) => {
        const stage = stageOf(e, now)
        return (
          <li key={e.id} class="receipt">
            <EvidenceThumb item={e} onOpen={() => view(items, i)} />
            <div class="grow">
              {titled && <p class="small"><strong>{e.label}</strong></p>}
              {e.name && <p class="clip small">{e.name}</p>}
              <p class="hint num">{w.received(dateTime(e.at))}</p>
              {e.sha256 && <p class="hint num"><span title={e.sha256}>{w.check(e.sha256.slice(0, 8))}</span></p>}
            </div>
            <span class={`chip ${stage === 'locked' ? '' : stage === 'submitted' ? 'chip-good' : 'chip-accent'}`}>
              {stage === 'locked' && <Icon name="lock" class="icon-sm" />}{w.stage[stage]}
            </span>
          </li>
        )
      })}
    </ul>
  )
}
