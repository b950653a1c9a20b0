import { signal } from '@preact/signals'
import { dictionary } from './i18n'
import { local } from './storage'

type Theme = 'system' | 'light' | 'dark'

const themeKey = 'recourse.theme'
const themes: readonly Theme[] = ['system', 'light', 'dark']

function isTheme(v: string | null): v is Theme {
  return v === 'light' || v === 'dark' || v === 'system'
}

const stored = local.read(themeKey)
const theme = signal<Theme>(isTheme(stored) ? stored : 'system')

function show(): void {
  if (theme.value === 'system') delete document.documentElement.dataset['theme']
  else document.documentElement.dataset['theme'] = theme.value
}

show()

const zh = { label: '外观', system: '自动', light: '浅色', dark: '深色' }
const en: typeof zh = { label: 'Appearance', system: 'Auto', light: 'Light', dark: 'Dark' }
const words = dictionary(zh, en)

/** Walks through following the system, light and dark. */
export function ThemeSwitch() {
  const w = words()
  const next = themes[(themes.indexOf(theme.value) + 1) % themes.length] ?? 'system'
  return (
    <button type="button" class="btn btn-quiet btn-sm" title={w.label} aria-label={`${w.label}: ${w[theme.value]}`}
      onClick={() => { theme.value = next; local.write(themeKey, next); show() }}>
      {w[theme.value]}
    </button>
  )
}
