import { locale, setLocale } from './i18n'
import { words } from './words'

/** Switches the language of the page. The other language is named in itself. */
export function LocaleSwitch({ onChange }: { onChange?: () => void }) {
  const other = locale.value === 'en' ? 'zh-CN' : 'en'
  return (
    <button type="button" class="btn btn-quiet btn-sm" lang={other} onClick={() => { setLocale(other); onChange?.() }}>
      <span class="sr-only" lang={locale.value}>{words().language}: </span>{other === 'en' ? 'English' : '中文'}
    </button>
  )
}
