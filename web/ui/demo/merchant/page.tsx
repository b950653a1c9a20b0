import { useEffect, useMemo, useState } from 'preact/hooks'
import { Icon } from '../../shared/icon'
import { locale } from '../../shared/i18n'
import { LocaleSwitch } from '../../shared/locale'
import { local } from '../../shared/storage'
import { ThemeSwitch } from '../../shared/theme'
import { complaintDeskWords, openComplaint, ShopComplaintsPanes } from './complaints'
import { Detail } from './detail'
import { MerchantDesk } from './desk'
import { CaseListPane } from './list'
import { RequestLog } from './request_log'
import { text } from './text'

export function MerchantPage() {
  const t = text()
  const desk = useMemo(() => new MerchantDesk(), [])
  useEffect(() => {
    void desk.start()
    return () => desk.stop()
  }, [desk])
  useEffect(() => { document.title = `${t.title} · Recourse` }, [t])
  const [complaining, setComplaining] = useState(false)
  const shop = desk.shop.value
  const view = desk.view.value
  return (
    <div class={`m-page ${(complaining ? openComplaint.value : desk.openId.value) ? 'has-open' : ''}`}>
      <header class="m-top">
        <span class="m-mark"><Icon name="box" /></span>
        <div class="grow m-name">
          <h1 class="clip">{t.title}</h1>
          <p class="small muted clip">{t.about}</p>
        </div>
        {desk.shops.value.length > 0 && (
          <select class="input m-shop" aria-label={t.shop} value={shop?.id ?? ''}
            onChange={(e) => { const id = e.currentTarget.value; desk.enter(desk.shops.value.find((s) => s.id === id)) }}>
            {desk.shops.value.map((s) => <option key={s.id} value={s.id}>{s.name}</option>)}
          </select>
        )}
        <button type="button" class="btn btn-sm" onClick={() => setComplaining(!complaining)}>{complaining ? complaintDeskWords().cases : complaintDeskWords().title}</button>
        <ThemeSwitch />
        <LocaleSwitch onChange={() => { local.write('recourse.locale', locale.value); desk.relocale() }} />
      </header>
      {desk.trouble.value && <p class="note note-bad m-trouble" role="alert"><Icon name="offline" class="icon-sm" />{desk.shops.value.length === 0 ? `${t.noDemo} ${desk.trouble.value}` : desk.trouble.value}</p>}
      <main class="m-main">
        {complaining ? <ShopComplaintsPanes desk={desk} /> : <>
        <CaseListPane desk={desk} />
        <div class="m-middle">{view ? <Detail key={view.id} view={view} desk={desk} /> : <p class="m-quiet">{desk.openId.value ? t.loading : t.pick}</p>}</div>
        </>}
        <RequestLog desk={desk} />
      </main>
    </div>
  )
}
