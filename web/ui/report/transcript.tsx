import { due, money } from '../shared/format'
import { Icon } from '../shared/icon'
import type { CardData, Said } from './data'
import { words } from './words'

/** What the buyer wrote, pressed or sent. */
export function Own({ text }: { text: string }) {
  return <div class="msg msg-own"><p class="bubble bubble-own"><span class="sr-only">{words().buyer}: </span>{text}</p></div>
}

/** What was said to him, as his page shows it. */
export function Bubbles({ list }: { list: Said[] | undefined }) {
  return <>{(list ?? []).map((s, i) => <One key={i} s={s} head={s.by !== list?.[i - 1]?.by} />)}</>
}

function One({ s, head }: { s: Said; head: boolean }) {
  const w = words()
  if (s.kind === 'notice' || s.by === 'system') {
    return <div class="msg msg-notice">{s.text && <p class="notice" title={s.key}>{s.text}</p>}{s.card && <Card card={s.card} />}</div>
  }
  return (
    <div class={`msg msg-${s.by}`}>
      {head && <p class="byline"><span class={`avatar avatar-${s.by}`}><Icon name={s.by === 'agent' ? 'person' : 'bot'} class="icon-sm" /></span>{s.by === 'agent' ? w.agent : w.bot}{s.key && <code class="small">{s.key}</code>}</p>}
      {s.text && <p class="bubble">{s.text}</p>}
      {s.card && <Card card={s.card} />}
    </div>
  )
}

function Card({ card }: { card: CardData }) {
  const w = words()
  const buttons = card.buttons?.length ? <div class="buttons">{card.buttons.map((b, i) => <span key={i} class={`btn btn-sm is-still ${b.style === 'primary' ? 'btn-primary' : b.style === 'danger' ? 'btn-danger' : ''}`} title={b.action}>{b.label}</span>)}</div> : null
  if (card.kind === 'choices') return <div class="choices">{buttons}</div>
  const v = card.verdict
  return (
    <div class="card">
      <div class="card-body">
        {card.title && <h3>{card.title}</h3>}
        {v && <><p><strong>{v.headline}</strong> <code class="small">{v.code}</code></p>{v.reason && <p class="small">{v.reason}</p>}{v.amount_fen ? <p class="num">{money(v.amount_fen)}</p> : null}{v.freight && <p class="small">{v.freight}</p>}{v.deadline && <p class="small">{w.deadline} {due(v.deadline)}</p>}</>}
        {card.orders?.map((o) => <p key={o.order} class="small">{o.title} · {o.shop} · {money(o.paid_fen)} · {o.status}</p>)}
        {card.rows?.length ? <dl class="facts">{card.rows.map((r, i) => <div key={i}><dt>{r.label}</dt><dd>{r.value}</dd></div>)}</dl> : null}
        {card.checklist?.length ? <ul class="bullets">{card.checklist.map((r, i) => <li key={i}>{r.kinds.map((k) => k.label).join(' / ')} {r.required && <span class="chip">{w.required}</span>}{r.done && <span class="chip chip-good">{w.done}</span>}</li>)}</ul> : null}
        {card.deadline && <p class="deadline">{card.deadline_label ?? w.deadline} {due(card.deadline)}</p>}
        {buttons}
      </div>
    </div>
  )
}
