import { Icon } from '../../shared/icon'
import type { MerchantDesk } from './desk'
import type { Line } from './requests'
import { text } from './text'
import { WebhookLog } from './webhook_log'

/** The requests this page made, for whoever wants to make them from his own system. */
export function RequestLog({ desk }: { desk: MerchantDesk }) {
  const t = text()
  const lines = desk.log.value
  return (
    <section class="m-log" aria-label={t.requests}>
      <WebhookLog shop={desk.shop.value?.id} />
      <h2 class="row"><span class="grow">{t.requests}</span>{lines.length > 0 && <button type="button" class="btn-link small" onClick={() => { desk.log.value = [] }}>{t.clear}</button>}</h2>
      {lines.length === 0 && <p class="small muted">{t.noRequests}</p>}
      <p class="small"><a href="/docs" target="_blank" rel="noopener">{t.docs}</a></p>
      <ol>{lines.map((line) => <li key={line.id}><LogLine line={line} /></li>)}</ol>
    </section>
  )
}

function LogLine({ line }: { line: Line }) {
  const t = text()
  const good = line.status >= 200 && line.status < 300
  return (
    <details class="m-exchange">
      <summary>
        <span class={`m-status num ${good ? 'is-good' : 'is-bad'}`}>{line.status || '—'}</span>
        <span class="m-method">{line.method}</span>
        <span class="m-path">{line.path}</span>
        {line.code && <span class="chip chip-bad">{line.code}</span>}
        {line.times > 1 && <span class="muted num">×{line.times}</span>}
        <span class="muted num">{line.ms} ms</span>
        <Icon name="chevron" class="icon-sm" />
      </summary>
      {line.body !== undefined && <><p class="small muted">{t.body}</p><pre>{pretty(line.body)}</pre></>}
      <p class="small muted">{t.answer}</p>
      <pre>{pretty(line.answer)}</pre>
    </details>
  )
}

const longest = 6000

function pretty(value: unknown): string {
  let whole = value
  if (typeof value === 'string') {
    try { whole = JSON.parse(value) } catch { return value.slice(0, longest) }
  }
  const printed = JSON.stringify(whole, null, 2) ?? ''
  return printed.length > longest ? `${printed.slice(0, longest)}\n…` : printed
}
