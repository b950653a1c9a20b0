// How the buyer scored the parts of a conversation, beside it. Nothing is shown while he was not asked.

import { useEffect, useRef, useState } from 'preact/hooks'
import { failureText } from '../shared/api'
import { dateTime } from '../shared/format'
import type { PartScore } from '../shared/wire'
import { stamp } from './brief'
import { stateName } from './names'
import { scoreWords } from './scores_words'
import type { Live } from './session'
import './scores.css'

/** Entries come in bursts; the scores are read once after them. */
const settle = 400

export function ScoresPanel({ live, conversation }: { live: Live; conversation: string }) {
  const w = scoreWords()
  const { desk, api } = live
  const [scores, setScores] = useState<readonly PartScore[]>([])
  const [failure, setFailure] = useState('')
  const [again, setAgain] = useState(0)
  const first = useRef(true)
  const now = `${stamp(desk.state.value, desk.transcript.value.upTo, desk.caseView.value)}/${again}`
  useEffect(() => {
    let current = true
    const timer = setTimeout(() => {
      first.current = false
      api.scores(conversation).then(
        (found) => { if (!current) return; setScores(found.scores); setFailure('') },
        (err: unknown) => { if (current) setFailure(failureText(err)) },
      )
    }, first.current ? 0 : settle)
    return () => { current = false; clearTimeout(timer) }
  }, [now])
  if (scores.length === 0 && !failure) return null
  return (
    <section class="block scores" aria-label={w.title}>
      <h3>{w.title}</h3>
      {failure && <p class="note note-bad" role="alert"><span class="grow">{w.failed}：{failure}</span><button type="button" class="btn-link" onClick={() => setAgain(again + 1)}>{w.retry}</button></p>}
      <ul class="scores-list">{[...scores].reverse().map((s) => <Score key={s.id} score={s} />)}</ul>
    </section>
  )
}

function Score({ score: s }: { score: PartScore }) {
  const w = scoreWords()
  const stars = s.stars ?? 0
  const at = s.changed_at ?? s.answered_at
  return (
    <li class="scores-one">
      <p class="row scores-facts">
        <strong class="clip">{s.by === 'bot' ? w.bot : s.name || s.agent}</strong>
        {stars > 0
          ? <span class="scores-stars" role="img" aria-label={w.stars(stars)}>{'★'.repeat(stars)}<span class="scores-off">{'★'.repeat(5 - stars)}</span></span>
          : <span class="small muted">{s.declined ? w.declined : w.waiting}</span>}
        <span class="grow" />
        <span class="small muted num">{at ? <time dateTime={at}>{dateTime(at)}</time> : <>{w.asked} <time dateTime={s.asked_at}>{dateTime(s.asked_at)}</time></>}{s.changed_at && ` · ${w.changed}`}</span>
      </p>
      {s.comment && <p class="quote">{s.comment}</p>}
      {s.case && <p class="small muted">{[s.case_state && stateName(s.case_state), s.result && (w.results[s.result] ?? s.result)].filter(Boolean).join(' · ')}</p>}
    </li>
  )
}
