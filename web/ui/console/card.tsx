// A card as the buyer saw it, small and without live buttons.

import { due, money } from '../shared/format'
import { Icon } from '../shared/icon'
import type { IconName } from '../shared/icon'
import type { Card, ChecklistRow, OrderItem, VerdictView } from '../shared/wire'
import { text } from './text'

export function CompactCard({ card }: { card: Card }) {
  const t = text()
  return (
    <div class="mini">
      {card.title && <p class="mini-title">{card.title}</p>}
      {card.orders && <Orders orders={card.orders} />}
      {card.verdict && <VerdictBlock verdict={card.verdict} />}
      {card.checklist && <Checklist rows={card.checklist} />}
      {card.rows && <dl class="facts">{card.rows.map((row) => <div key={row.label}><dt>{row.label}</dt><dd>{row.value}</dd></div>)}</dl>}
      {card.kind === 'tracking' && <p class="small muted">{t.card.form}</p>}
      {card.deadline && <p class="small muted num">{card.deadline_label ? `${card.deadline_label} ` : ''}{due(card.deadline)}</p>}
      {card.buttons && card.buttons.length > 0 && (
        <p class="mini-buttons" aria-label={t.card.options}>{card.buttons.map((b) => <span key={`${b.action}${b.label}`} class="mini-button">{b.label}</span>)}</p>
      )}
    </div>
  )
}

function Orders({ orders }: { orders: readonly OrderItem[] }) {
  return (
    <details>
      <summary class="small">{text().card.orders(orders.length)}</summary>
      <ul class="mini-orders">
        {orders.map((o) => <li key={`${o.order}/${o.line}`}><span class="clip">{o.title}</span><span class="num">{money(o.paid_fen)}</span></li>)}
      </ul>
    </details>
  )
}

const verdictLook: Readonly<Record<string, readonly [IconName, string]>> = {
  eligible: ['checkCircle', 'good'],
  eligible_if_evidence: ['checkCircle', 'good'],
  wait: ['clock', 'warn'],
  not_eligible: ['blocked', 'bad'],
}

export function VerdictBlock({ verdict }: { verdict: VerdictView }) {
  const t = text()
  const [icon, tone] = verdictLook[verdict.kind] ?? (['info', 'plain'] as const)
  return (
    <div class="verdict">
      <p class={`verdict-head is-${tone}`}><Icon name={icon} /><span>{verdict.headline}</span></p>
      {verdict.reason && <p class="small">{verdict.reason}</p>}
      {verdict.freight && <p class="small">{verdict.freight}</p>}
      {verdict.clauses && verdict.clauses.length > 0 && (
        <details>
          <summary class="small">{t.card.clauses(verdict.clauses.length)}</summary>
          <ul class="clauses">{verdict.clauses.map((c) => <li key={c.id}><code>{c.id}</code> {c.text}</li>)}</ul>
        </details>
      )}
      {verdict.still_open && verdict.still_open.length > 0 && (
        <div class="small"><p class="muted">{t.card.stillOpen}</p><ul class="bullets">{verdict.still_open.map((s) => <li key={s}>{s}</li>)}</ul></div>
      )}
    </div>
  )
}

export function Checklist({ rows }: { rows: readonly ChecklistRow[] }) {
  const t = text()
  return (
    <ul class="checklist">
      {rows.map((row) => (
        <li key={row.kinds.map((k) => k.kind).join()} class={row.done ? 'is-done' : ''}>
          <Icon name={row.done ? 'checkCircle' : 'circle'} class="icon-sm" />
          <span class="grow">{row.kinds.map((k) => k.label).join(' / ')}</span>
          <span class="small muted">{row.done ? t.card.done : row.required ? t.card.required : t.card.optional}</span>
        </li>
      ))}
    </ul>
  )
}
