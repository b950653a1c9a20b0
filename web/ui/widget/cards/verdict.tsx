import { Countdown } from '../../shared/countdown'
import { due, money } from '../../shared/format'
import { Icon, type IconName } from '../../shared/icon'
import type { Card, VerdictView } from '../../shared/wire'
import { words } from '../rich_words'

type Tone = 'good' | 'warn' | 'bad' | 'info'

/** Colour is never the only sign: each tone has its icon, and the headline says it in words. */
const tones: Record<string, { tone: Tone; icon: IconName }> = {
  eligible: { tone: 'good', icon: 'checkCircle' },
  eligible_if_evidence: { tone: 'info', icon: 'shield' },
  ask: { tone: 'info', icon: 'info' },
  wait: { tone: 'warn', icon: 'clock' },
  not_eligible: { tone: 'bad', icon: 'blocked' },
  out_of_scope: { tone: 'bad', icon: 'blocked' },
  human: { tone: 'info', icon: 'headset' },
}

export function Verdict({ verdict: v, card }: { verdict: VerdictView; card: Card }) {
  const w = words()
  const { tone, icon } = tones[v.kind] ?? { tone: 'info' as const, icon: 'info' as const }
  const deadline = v.deadline ?? card.deadline
  return (
    <div class="verdict">
      <div class={`verdict-head tone-${tone}`}>
        <Icon name={icon} />
        <div>
          <h2>{v.headline}</h2>
          {v.reason && <p class="small">{v.reason}</p>}
        </div>
      </div>
      <div class="card-body stack">
        {(v.amount_fen || v.freight) && (
          <dl class="facts">
            {v.amount_fen ? <div><dt>{w.amount}</dt><dd class="num"><strong>{money(v.amount_fen)}</strong></dd></div> : null}
            {v.freight && <div><dt>{w.freight}</dt><dd>{v.freight}</dd></div>}
          </dl>
        )}
        {deadline && <Deadline deadline={deadline} label={card.deadline_label} />}
        {v.still_open?.length ? (
          <div>
            <h3 class="label">{w.stillOpen}</h3>
            <ul class="bullets">{v.still_open.map((s) => <li key={s}>{s}</li>)}</ul>
          </div>
        ) : null}
        {v.clauses?.length ? (
          <details class="rules">
            <summary>{w.rules} <span class="muted">({v.clauses.length})</span><Icon name="chevron" class="icon-sm" /></summary>
            <ul>{v.clauses.map((c) => <li key={c.id}><code>{c.id}</code> {c.text}</li>)}</ul>
            <p class="hint">{w.ruleVersion(v.policy)}</p>
          </details>
        ) : null}
      </div>
    </div>
  )
}

/** past: the card tells what was; its deadline runs no more. */
export function Deadline({ deadline, label, past = false }: { deadline: string; label: string | undefined; past?: boolean }) {
  return (
    <div class="deadline">
      {label && <p>{label}</p>}
      {past ? <time class="muted num" dateTime={deadline}>{due(deadline)}</time> : <Countdown deadline={deadline} />}
    </div>
  )
}
