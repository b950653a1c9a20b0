import { dateTime } from '../shared/format'
import { Icon } from '../shared/icon'
import { EvidenceThumb } from '../shared/thumb'
import type { Button, CaseView, EvidenceView } from '../shared/wire'
import { useApp } from './context'
import { words } from './rich_words'

/** What a newer server tells of a piece besides. */
type Told = EvidenceView & { stage?: string; stage_name?: string; hints?: { code: string; text: string }[]; remove?: Button }

/** How firmly a piece belongs to its case: a draft's may be taken back, a ruling freezes what it rests on. */
function stageOf(e: Told, now: Pick<CaseView, 'state'>): string {
  return e.stage ?? (e.locked ? 'locked' : now.state === 'draft' ? 'staged' : 'submitted')
}

/** Pieces of evidence that have arrived, each with its receipt: when, what it adds up to, and how firm it is. */
export function Pieces({ items, now, titled = false }: { items: readonly Told[]; now: Pick<CaseView, 'state'>; titled?: boolean }) {
  const { chat, view } = useApp()
  const w = words()
  return (
    <ul class="receipts">
      {items.map((e, i) => {
        const stage = stageOf(e, now)
        const remove = e.remove
        const name = e.name ?? e.label
        return (
          <li key={e.id} class="receipt">
            <EvidenceThumb item={e} onOpen={() => view(items, i)} />
            <div class="grow">
              {titled && <p class="small"><strong>{e.label}</strong></p>}
              {e.name && <p class="clip small">{e.name}</p>}
              <p class="hint num">{w.received(dateTime(e.at))}</p>
              {e.sha256 && <p class="hint num"><span title={e.sha256}>{w.check(e.sha256.slice(0, 8))}</span></p>}
              {e.hints?.length && e.party === 'buyer' ? <p class="hint">{w.hintOf(e.hints.map((h) => h.text))}</p> : null}
              <span class={`chip ${stage === 'locked' ? '' : stage === 'submitted' ? 'chip-good' : 'chip-accent'}`}>
                {stage === 'locked' && <Icon name="lock" class="icon-sm" />}{e.stage_name ?? w.stage[stage]}
              </span>
            </div>
            {remove && (
              <button type="button" class="btn btn-icon" aria-label={`${w.takeBack}: ${name}`} title={w.takeBack} onClick={() => chat.press(0, remove.action, remove.args)}><Icon name="trash" /></button>
            )}
          </li>
        )
      })}
    </ul>
  )
}
