import { useState } from 'preact/hooks'
import { date, money } from '../../shared/format'
import { Icon } from '../../shared/icon'
import type { OrderItem } from '../../shared/wire'
import { useApp } from '../context'
import { words } from '../rich_words'
import { usePress } from './buttons'

/** Order lines to choose from, the likely ones first. */
export function Orders({ orders, on }: { orders: readonly OrderItem[]; on: number }) {
  const { chat } = useApp()
  const sorted = [...orders].sort((a, b) => Number(b.likely ?? false) - Number(a.likely ?? false))
  const picked = chat.entries.value.find((e) => e.kind === 'press' && e.on === on && e.action === 'pick_order')?.args
  const shown = picked && chat.now.value.live !== on ? sorted.filter((o) => o.order === picked['order'] && o.line === picked['line']) : sorted
  return (
    <ul class="orders">
      {shown.map((o) => <li key={`${o.order}/${o.line}`}><OrderButton order={o} on={on} /></li>)}
    </ul>
  )
}

function OrderButton({ order, on }: { order: OrderItem; on: number }) {
  const { chat } = useApp()
  const w = words()
  const args = { order: order.order, line: order.line }
  const { usable, was } = usePress({ action: 'pick_order', args }, on)
  return (
    <button type="button" class={`order ${was ? 'is-chosen' : ''}`} disabled={!usable && !was} aria-disabled={!usable}
      aria-pressed={was ? was !== 'failed' : undefined} onClick={() => usable && chat.press(on, 'pick_order', args)}>
      <OrderFacts order={order}>
        {order.likely && <span class="chip chip-accent">{w.likely}</span>}
        {order.open_case && <span class="chip chip-warn">{w.openCase}</span>}
      </OrderFacts>
      <Icon name={was === 'sending' ? 'loader' : was === 'stored' ? 'check' : 'right'} class={`order-go ${was === 'sending' ? 'spin' : ''}`} />
    </button>
  )
}

export function OrderFacts({ order, children }: { order: OrderItem; children?: preact.ComponentChildren }) {
  return (
    <>
      <OrderImage order={order} />
      <span class="order-text">
        <span class="order-title">{order.title}</span>
        {order.spec && <span class="order-spec">{order.spec}</span>}
        <span class="order-line num">
          <strong>{money(order.paid_fen)}</strong>
          <span class="muted">{order.status}{order.at && ` · ${date(order.at)}`}</span>
        </span>
        {children && <span class="order-chips">{children}</span>}
      </span>
    </>
  )
}

function OrderImage({ order }: { order: OrderItem }) {
  const [broken, setBroken] = useState(false)
  if (order.image && !broken) return <img class="order-image" src={order.image} alt="" loading="lazy" onError={() => setBroken(true)} />
  return <span class="order-image"><Icon name="box" /></span>
}
