// The demo shop: a page of orders with the widget on it, and a side panel that lets time pass.
import { render } from 'preact'
import { useEffect, useState } from 'preact/hooks'
import { clock, date, dateTime, money } from '../shared/format'
import { parseLocale, setLocale } from '../shared/i18n'
import { Icon } from '../shared/icon'
import { LocaleSwitch } from '../shared/locale'
import '../shared/style.css'
import type { OrderItem } from '../shared/wire'
import { advance, boot, buyer, failure, load, openChat, orders, poll, readClock, refresh, shop, signIn } from './shop'
import './shop.css'
import { words } from './shop_words'

function Page() {
  const w = words()
  useEffect(() => {
    void load()
    return poll()
  }, [])
  useEffect(() => {
    document.title = `${w.name} · ${w.title}`
  }, [w])
  return (
    <>
      <header class="shop-head">
        <p class="shop-name"><Icon name="box" /><strong>{w.name}</strong><span class="chip">{w.tag}</span></p>
        <div class="row">
          <span class="row small hide-phone"><Icon name="person" class="icon-sm" />{w.buyer}</span>
          <select aria-label={w.buyer} class="input buyer" value={buyer.value} onChange={(e) => void signIn(e.currentTarget.value)}>
            {shop.value?.buyers.map((b) => <option key={b.id} value={b.id}>{b.name}</option>)}
          </select>
          <LocaleSwitch onChange={() => { boot(); void refresh() }} />
        </div>
      </header>
      <div class="shop-body">
        <main class="stack shop-main">
          <h1>{w.title}</h1>
          <p class="note"><Icon name="chat" />{w.help}</p>
          {failure.value && <p class="note note-bad" role="alert"><Icon name="alert" /><span>{failure.value} <button type="button" class="btn-link" onClick={() => void (shop.value ? refresh() : load())}>{w.retry}</button></span></p>}
          <Orders />
        </main>
        <Controls />
      </div>
    </>
  )
}

function Orders() {
  const w = words()
  const list = orders.value
  if (!list) return <p class="muted row" role="status"><Icon name="loader" class="spin" />{w.loading}</p>
  if (list.length === 0) return <p class="muted">{w.none}</p>
  return <ul class="stack">{list.map((o) => <li key={`${o.order}/${o.line}`}><OrderCard order={o} /></li>)}</ul>
}

function OrderCard({ order: o }: { order: OrderItem }) {
  const w = words()
  return (
    <article class="card item">
      <header class="row small">
        <strong class="clip">{o.shop}</strong>
        <span class="grow muted num clip">{o.at && `${date(o.at)} · `}{w.order} {o.order}</span>
        <span class={`chip ${o.open_case ? 'chip-warn' : ''}`}>{o.status}</span>
      </header>
      <div class="item-main">
        {o.image ? <img src={o.image} alt="" width={80} height={80} loading="lazy" /> : <span class="item-noimage"><Icon name="box" /></span>}
        <div class="grow">
          <h2>{o.title}</h2>
          {o.spec && <p class="small muted">{o.spec}</p>}
          <p class="num">{w.paid} <strong>{money(o.paid_fen)}</strong></p>
        </div>
      </div>
      <footer class="row">
        <span class="grow">{o.open_case && <span class="chip chip-accent">{w.open}</span>}</span>
        <button type="button" class="btn btn-sm" onClick={openChat} aria-label={`${o.open_case ? w.progress : w.refund}: ${o.title}`}>{o.open_case ? w.progress : w.refund}</button>
      </footer>
    </article>
  )
}

function Controls() {
  const w = words()
  const [said, setSaid] = useState('')
  const [busy, setBusy] = useState(false)
  void clock.tick.value
  const skips = [['1h', w.hour], ['24h', w.h24], ['48h', w.h48], ['168h', w.d7]] as const
  const skip = async (by: string, label: string): Promise<void> => {
    setBusy(true)
    setSaid((await advance(by)) ? w.moved(label) : '')
    setBusy(false)
  }
  return (
    <aside class="controls card" aria-label={w.demo}>
      <div>
        <h2>{w.demo}</h2>
        <p class="hint">{w.demoNote}</p>
      </div>
      <section class="stack">
        <h3>{w.clock}</h3>
        {shop.value && (
          <p class="row">
            <span class="clock num grow">{dateTime(clock.now())}</span>
            {shop.value.speed !== 1 && <span class="chip">{w.speed(shop.value.speed)}</span>}
            <button type="button" class="btn btn-icon" aria-label={w.now} title={w.now} onClick={() => void readClock()}><Icon name="retry" /></button>
          </p>
        )}
        <div class="skips">
          {skips.map(([by, label]) => <button key={by} type="button" class="btn btn-sm" disabled={busy} onClick={() => void skip(by, label)}>{w.forward(label)}</button>)}
        </div>
        <p class="hint" role="status">{said}</p>
      </section>
      <section class="stack">
        <h3>{w.others}</h3>
        <a class="role" href="/demo/merchant" target="_blank" rel="noopener"><Icon name="box" /><span class="grow"><strong>{w.merchant}</strong><span class="hint">{w.merchantNote}</span></span><Icon name="external" class="icon-sm" /></a>
        <a class="role" href="/console" target="_blank" rel="noopener"><Icon name="headset" /><span class="grow"><strong>{w.console}</strong><span class="hint">{w.consoleNote}</span></span><Icon name="external" class="icon-sm" /></a>
        <dl class="logins">
          {shop.value?.agents.map((a) => (
            <div key={a.login}>
              <dt>{a.name} <span class="muted">({w.roles[a.role] ?? a.role})</span></dt>
              <dd><span class="sr-only">{w.login} </span><code>{a.login}</code> / <span class="sr-only">{w.password} </span><code>{a.password}</code></dd>
            </div>
          ))}
        </dl>
      </section>
    </aside>
  )
}

function loadWidget(): void {
  const script = document.createElement('script')
  script.src = '/widget.js'
  script.async = true
  document.head.append(script)
}

setLocale(parseLocale(new URLSearchParams(location.search).get('locale') ?? navigator.language))
clock.start()
loadWidget()
const root = document.getElementById('app')
if (root) render(<Page />, root)
