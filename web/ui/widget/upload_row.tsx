import { useState } from 'preact/hooks'
import { bytes } from '../shared/format'
import { Icon, type IconName } from '../shared/icon'
import { accepts } from '../shared/uploads/check'
import { asking, uploadFailure, type UploadItem } from '../shared/uploads/queue'
import type { KindView } from '../shared/wire'
import { useApp } from './context'
import { words } from './rich_words'
import { FileButton } from './upload'
import { uploadsOf } from './uploads'

function statusText(item: UploadItem): string {
  const w = words()
  switch (item.status) {
    case 'looking': return w.looking
    case 'doubted': return w.doubted((item.doubts ?? []).map((d) => w.doubt[d] ?? d))
    case 'waiting': return w.waitingTurn
    case 'uploading': return item.struggling ? w.struggling(item.progress) : w.uploading(item.progress)
    case 'offline': return w.paused
    case 'held': return w.held(item.progress)
    case 'checking': return w.checking
    case 'done': return w.uploadDone
    case 'failed': return uploadFailure(item) || w.uploadFailed
    case 'lost': return item.another ? w.anotherFile(item.name, bytes(item.bytes)) : w.lost(item.progress)
  }
}

/** One file on its way: how far it is, and what its owner may do about it. */
export function UploadRow({ item, kind, can, onFiles }: { item: UploadItem; kind: KindView; can: boolean; onFiles: (files: FileList | null) => void }) {
  const uploads = uploadsOf(useApp())
  const w = words()
  const [broken, setBroken] = useState(false)
  const asks = asking.has(item.status)
  const remove = (): void => uploads.remove(item.id)
  return (
    <li class="upload" data-upload={item.id}>
      <span class="thumb thumb-sm">
        {item.preview && !broken ? <img src={item.preview} alt="" onError={() => setBroken(true)} /> : <Icon name={item.media.startsWith('video') ? 'video' : 'file'} class="icon-sm" />}
      </span>
      <div class="grow">
        <p class="clip small">{item.name} <span class="muted num">{bytes(item.bytes)}</span></p>
        {!asks && item.status !== 'done' && item.status !== 'looking' && (
          <div class="progress" role="progressbar" aria-label={w.progressOf(`${kind.label} ${item.name}`)} aria-valuemin={0} aria-valuemax={100} aria-valuenow={item.progress}>
            <div style={{ width: `${item.progress}%` }} />
          </div>
        )}
        <p class={item.status === 'failed' ? 'error-text' : 'hint num'} {...(asks ? { role: 'alert' as const } : {})}>{statusText(item)}</p>
        {asks && (
          <div class="upload-choice">
            {item.status === 'doubted' && can && <FileButton accept={accepts(kind.media)} icon="image" primary text={w.another} label={`${w.another}: ${item.name}`} onFiles={(f) => { if (f?.length) { remove(); onFiles(f) } }} />}
            {item.status === 'doubted' && <button type="button" class="btn btn-sm" onClick={() => uploads.sendAnyway(item.id)}>{w.sendAnyway}</button>}
            {item.status === 'lost' && <FileButton accept={accepts(kind.media)} icon="file" primary text={w.sameFile} label={`${w.sameFile}: ${item.name}`} onFiles={(f) => { if (f?.[0]) uploads.give(item.id, f[0]) }} />}
            {item.shrinkable && item.status === 'failed' && <button type="button" class="btn btn-sm btn-primary" onClick={() => void uploads.shrink(item.id)}>{w.shrink}</button>}
          </div>
        )}
      </div>
      {item.status === 'failed' && item.failure?.again && <RowButton icon="retry" label={w.retry} name={item.name} onClick={() => uploads.retry(item.id)} />}
      {item.status === 'uploading' && <RowButton icon="pause" label={w.hold} name={item.name} onClick={() => uploads.hold(item.id)} />}
      {item.status === 'held' && <RowButton icon="play" label={w.goOn} name={item.name} onClick={() => uploads.retry(item.id)} />}
      {item.status === 'done' ? <Icon name="checkCircle" class="good" /> : <RowButton icon="close" label={w.remove} name={item.name} onClick={remove} />}
    </li>
  )
}

function RowButton({ icon, label, name, onClick }: { icon: IconName; label: string; name: string; onClick: () => void }) {
  return <button type="button" class="btn btn-icon" aria-label={`${label}: ${name}`} title={label} onClick={onClick}><Icon name={icon} /></button>
}
