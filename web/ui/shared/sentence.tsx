import { Countdown } from './countdown'
import type { CaseView } from './wire'

type Told = Pick<CaseView, 'sentence' | 'waits_for' | 'waits_for_name' | 'deadline' | 'then'>

/** The one sentence on where a case stands, whose turn it is, until when, and what happens then by itself. */
export function CaseSentence({ case: c }: { case: Told }) {
  return (
    <div class="sentence">
      <p class="sentence-text">{c.sentence}</p>
      {(c.waits_for_name || c.deadline) && (
        <p class="sentence-turn">
          {c.waits_for_name && <span class={`chip ${c.waits_for === 'buyer' ? 'chip-accent' : ''}`}>{c.waits_for_name}</span>}
          {c.deadline && <Countdown deadline={c.deadline} />}
        </p>
      )}
      {c.then && <p class="small muted sentence-then">{c.then}</p>}
    </div>
  )
}
