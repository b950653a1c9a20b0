import { signal } from '@preact/signals'
import { LocaleSwitch } from '../shared/locale'
import { ThemeSwitch } from '../shared/theme'
import { Cases } from './cases'
import { Changes } from './changes'
import { Calibration, Trend } from './charts'
import { CoverageView } from './coverage'
import type { Page } from './data'
import { Overview, Slowest } from './overview'
import { Topics } from './topics'
import { words } from './words'

type Tab = 'overview' | 'changes' | 'cases' | 'topics' | 'calibration' | 'coverage' | 'slowest' | 'trend'

/** Where one is: a tab, and in it a case by its id. The address keeps it, so that a link can be sent. */
export const tab = signal<Tab>('overview')
export const open = signal<string>('')
export const query = signal<string>('')

function read(): void {
  const [t, id] = location.hash.slice(1).split('/', 1).concat(location.hash.slice(1).split('/').slice(1).join('/'))
  if (t) tab.value = t as Tab
  open.value = decodeURIComponent(id ?? '')
}

/** Goes to a place; the way back is the browser's. */
export function go(t: Tab, id = ''): void {
  location.hash = id === '' ? t : `${t}/${encodeURIComponent(id)}`
}

window.addEventListener('hashchange', read)
read()

export function App({ page }: { page: Page }) {
  const w = words()
  const tabs: Tab[] = ['overview', ...(page.compared ? ['changes' as const] : []), 'cases', 'topics', 'calibration', 'coverage', 'slowest', ...(page.trend?.length ? ['trend' as const] : [])]
  const at = tabs.includes(tab.value) ? tab.value : 'overview'
  return (
    <>
      <header class="top">
        <h1>{w.title}</h1>
        <span class="grow" />
        <LocaleSwitch />
        <ThemeSwitch />
      </header>
      <nav class="tabs" aria-label={w.views}>
        {tabs.map((t) => <a key={t} href={`#${t}`} class="tab" aria-current={t === at ? 'page' : undefined}>{w[t]}</a>)}
      </nav>
      <main class="body">
        {!page.run.complete && <p class="note note-warn" role="status">{w.incomplete}</p>}
        {at === 'overview' && <Overview page={page} />}
        {at === 'changes' && page.compared && <Changes page={page} compared={page.compared} />}
        {at === 'cases' && <Cases page={page} />}
        {at === 'topics' && <Topics page={page} />}
        {at === 'calibration' && <Calibration scores={page.scores} />}
        {at === 'coverage' && <CoverageView page={page} />}
        {at === 'slowest' && <Slowest page={page} />}
        {at === 'trend' && <Trend points={page.trend ?? []} />}
      </main>
    </>
  )
}
