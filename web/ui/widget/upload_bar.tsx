import { Icon } from '../shared/icon'
import { asking as needs } from '../shared/uploads/queue'
import { useApp } from './context'
import { words } from './rich_words'
import { uploadsOf } from './uploads'

const moving: ReadonlySet<string> = new Set(['looking', 'waiting', 'uploading', 'offline', 'held', 'checking'])

/** All uploads in one line over the log: the rows themselves may be far up. Pressing it goes to the first that asks something. */
export function UploadBar() {
  const uploads = uploadsOf(useApp())
  const w = words()
  const items = uploads.items.value
  const going = items.filter((i) => moving.has(i.status))
  const asking = items.filter((i) => needs.has(i.status))
  if (going.length + asking.length === 0) return null
  const total = going.reduce((n, i) => n + i.bytes, 0)
  const sent = going.reduce((n, i) => n + (i.bytes * i.progress) / 100, 0)
  const show = (): void => {
    const id = (asking[0] ?? going[0])?.id ?? ''
    const rows = document.querySelectorAll<HTMLElement>(`[data-upload="${CSS.escape(id)}"]`)
    rows[rows.length - 1]?.scrollIntoView({ block: 'center' })
  }
  return (
    <button type="button" class={`upload-bar ${asking.length > 0 ? 'is-asking' : ''}`} onClick={show}>
      <Icon name={asking.length > 0 ? 'alert' : 'upload'} class="icon-sm" />
      <span class="grow clip num" role="status">
        {[going.length > 0 ? w.barGoing(going.length, total > 0 ? Math.floor((sent / total) * 100) : 0) : '', asking.length > 0 ? w.barAsking(asking.length) : ''].filter(Boolean).join(' · ')}
      </span>
      <Icon name="chevron" class="icon-sm" />
    </button>
  )
}
