import { useEffect, useState } from 'preact/hooks'
import { Api } from '../../shared/api'
import { dateTime, time } from '../../shared/format'
import { dictionary } from '../../shared/i18n'
import { Icon } from '../../shared/icon'
import { pollEvery } from './desk'

/** A webhook as the demo shop's own system received it. */
interface Received { id: string; type: string; at: string; case?: string; seq: number; verified: boolean }

const text = dictionary(
  { title: '收到的 Webhook', about: '本店系统收到的签名通知，每 2 秒刷新。', none: '还没有收到', verified: '签名已验证', seq: '序号' },
  { title: 'Webhooks received', about: 'Signed messages that this shop’s own system got; read every 2 seconds.', none: 'None yet', verified: 'Signature verified', seq: 'seq' },
)

/** What the shop was told, live, for whoever wants to see what his own system would get. */
export function WebhookLog({ shop }: { shop: string | undefined }) {
  const t = text()
  const [list, setList] = useState<readonly Received[]>([])
  useEffect(() => {
    if (!shop) return
    const api = new Api({})
    const gone = new AbortController()
    let timer: ReturnType<typeof setTimeout> | undefined
    const poll = async () => {
      try {
        const answer = await api.get<{ received: Received[] }>(`/demo/api/webhooks?shop=${encodeURIComponent(shop)}`, { signal: gone.signal })
        if (gone.signal.aborted) return
        setList(answer.received)
      } catch {
        if (gone.signal.aborted) return // What is shown stays; the desk's own polls say what is wrong.
      }
      timer = setTimeout(() => void poll(), pollEvery)
    }
    setList([])
    void poll()
    return () => {
      clearTimeout(timer)
      gone.abort()
    }
  }, [shop])
  return (
    <section class="m-hooks" aria-label={t.title}>
      <h2>{t.title}</h2>
      <p class="small muted">{list.length === 0 ? t.none : t.about}</p>
      <ol>
        {list.slice(0, 12).map((h) => (
          <li key={`${h.id} ${h.at}`} class="m-hook" title={h.id}>
            {h.verified && <span class="m-hook-good" role="img" aria-label={t.verified} title={t.verified}><Icon name="check" class="icon-sm" /></span>}
            <span class="m-hook-type grow">{h.type}</span>
            <span class="muted num">{t.seq} {h.seq}</span>
            <time class="muted num" dateTime={h.at} title={dateTime(h.at)}>{time(h.at)}</time>
          </li>
        ))}
      </ol>
    </section>
  )
}
