import { signal } from '@preact/signals'
import { useMemo } from 'preact/hooks'
import { open, query } from './app'
import type { Page } from './data'
import { failed } from './data'
import { Detail } from './detail'
import { fits } from './fits'
import { CaseRow } from './overview'
import { words } from './words'

const pageSize = 100
const limit = signal(pageSize)
const statuses = ['', 'failed', 'flaky', 'broken', 'error', 'skipped', 'passed']

export function Cases({ page }: { page: Page }) {
  const w = words()
  const all = page.run.cases ?? []
  const q = query.value
  const list = useMemo(() => {
    const terms = q.toLowerCase().split(/\s+/).filter((t) => t !== '')
    const found = all.filter((c) => terms.every((t) => fits(c, t)))
    return [...found.filter(failed), ...found.filter((c) => !failed(c))]
  }, [all, q])
  const picked = open.value === '' ? undefined : all.find((c) => c.id === open.value)
  if (picked) return <Detail page={page} c={picked} />
  const status = /status:(\S+)/.exec(q)?.[1] ?? ''
  const pick = (s: string) => { query.value = [q.replace(/\s*status:\S+/g, '').trim(), s && `status:${s}`].filter((x) => x !== '').join(' '); limit.value = pageSize }
  return (
    <>
      <div class="tools">
        <input class="input grow" type="search" aria-label={w.search} placeholder={w.search} value={q} onInput={(e) => { query.value = e.currentTarget.value; limit.value = pageSize }} />
        <div class="tools" role="group">
          {statuses.filter((s) => s === '' || all.some((c) => c.status === s)).map((s) => (
            <button key={s} type="button" class="btn btn-sm" aria-pressed={s === status} onClick={() => pick(s)}>{s === '' ? w.all : w.status[s]}</button>
          ))}
        </div>
      </div>
      <p class="muted small" role="status">{list.length === 0 ? w.none : w.found(list.length)}</p>
      <ul class="rows">{list.slice(0, limit.value).map((c) => <CaseRow key={c.id} page={page} c={c} />)}</ul>
      {list.length > limit.value && <button type="button" class="btn" onClick={() => { limit.value += pageSize }}>{w.more(Math.min(pageSize, list.length - limit.value))}</button>}
    </>
  )
}
