import { useId, useRef, useState } from 'preact/hooks'
import { bytes } from '../shared/format'
import { Icon } from '../shared/icon'
import { accepts, uploadFailure, Uploads, type UploadItem } from '../shared/uploads'
import type { KindView } from '../shared/wire'
import type { Chat } from './chat'
import { useApp } from './context'
import { words } from './rich_words'

const kept = new WeakMap<Chat, Uploads>()

/** The uploads of a chat: one set, wherever they are begun and shown. */
function uploadsOf(chat: Chat): Uploads {
  let found = kept.get(chat)
  if (!found) {
    found = new Uploads({ token: () => chat.bearer(), limits: () => chat.connection.welcome.value?.limits })
    kept.set(chat, found)
  }
  return found
}

/** Everything to add one kind to a case: buttons, and the uploads under way. */
export function KindUpload({ kind, of, can, have }: { kind: KindView; of: string; can: boolean; have: readonly string[] }) {
  const uploads = uploadsOf(useApp().chat)
  const [writing, setWriting] = useState(false)
  const w = words()
  const mine = uploads.items.value.filter((u) => u.case === of && u.kind === kind.kind && !(u.evidence && have.includes(u.evidence)))
  const onFiles = (files: FileList | null): void => {
    for (const file of files ?? []) uploads.add(of, kind.kind, kind.media, file)
  }
  const image = kind.media.includes('image')
  const video = kind.media.includes('video')
  const touch = typeof matchMedia === 'function' && matchMedia('(pointer: coarse)').matches
  return (
    <>
      {mine.length > 0 && <ul class="uploads">{mine.map((u) => <UploadRow key={u.id} item={u} label={kind.label} />)}</ul>}
      {can && !writing && (
        <div class="upload-buttons">
          {touch && image && <FileButton accept="image/*" capture icon="camera" text={w.takePhoto} label={`${kind.label}: ${w.takePhoto}`} onFiles={onFiles} />}
          {touch && video && <FileButton accept="video/*" capture icon="video" text={w.takeVideo} label={`${kind.label}: ${w.takeVideo}`} onFiles={onFiles} />}
          {accepts(kind.media) !== '' && (
            <FileButton accept={accepts(kind.media)} multiple icon={touch ? 'image' : 'upload'} text={touch ? w.fromGallery : w.pickFile}
              label={`${kind.label}: ${touch ? w.fromGallery : w.pickFile}`} onFiles={onFiles} />
          )}
          {kind.media.includes('text') && (
            <button type="button" class="btn btn-sm" onClick={() => setWriting(true)}><Icon name="edit" class="icon-sm" />{w.writeText}</button>
          )}
        </div>
      )}
      {can && writing && <TextForm kind={kind} onDone={(text) => { setWriting(false); if (text) uploads.addText(of, kind.kind, text) }} />}
    </>
  )
}

interface FileButtonProps {
  accept: string
  icon: 'camera' | 'video' | 'image' | 'upload'
  text: string
  label: string
  multiple?: boolean
  capture?: boolean
  onFiles: (files: FileList | null) => void
}

function FileButton({ accept, icon, text, label, multiple = false, capture = false, onFiles }: FileButtonProps) {
  const input = useRef<HTMLInputElement>(null)
  return (
    <>
      <button type="button" class="btn btn-sm" aria-label={label} onClick={() => input.current?.click()}><Icon name={icon} class="icon-sm" />{text}</button>
      <input ref={input} type="file" hidden accept={accept} multiple={multiple} {...(capture ? { capture: 'environment' as const } : {})}
        onChange={(e) => { onFiles(e.currentTarget.files); e.currentTarget.value = '' }} />
    </>
  )
}

function TextForm({ kind, onDone }: { kind: KindView; onDone: (text: string) => void }) {
  const [text, setText] = useState('')
  const id = useId()
  const w = words()
  return (
    <form class="stack" onSubmit={(e) => { e.preventDefault(); if (text.trim()) onDone(text.trim()) }}>
      <div class="field">
        <label for={id}>{w.textLabel(kind.label)}</label>
        <textarea id={id} class="input" rows={4} maxLength={2000} value={text} onInput={(e) => setText(e.currentTarget.value)} />
      </div>
      <div class="row">
        <button type="submit" class="btn btn-primary btn-sm" disabled={!text.trim()}>{w.saveText}</button>
        <button type="button" class="btn btn-quiet btn-sm" onClick={() => onDone('')}>{w.cancel}</button>
      </div>
    </form>
  )
}

function statusText(item: UploadItem): string {
  const w = words()
  switch (item.status) {
    case 'uploading': return w.uploading(item.progress)
    case 'paused': return w.paused
    case 'checking': return w.checking
    case 'done': return w.uploadDone
    case 'failed': return uploadFailure(item) || w.uploadFailed
  }
}

function UploadRow({ item, label }: { item: UploadItem; label: string }) {
  const uploads = uploadsOf(useApp().chat)
  const w = words()
  const failed = item.status === 'failed'
  const [broken, setBroken] = useState(false)
  return (
    <li class="upload">
      <span class="thumb thumb-sm">
        {item.preview && !broken ? <img src={item.preview} alt="" onError={() => setBroken(true)} /> : <Icon name={item.media.startsWith('video') ? 'video' : 'file'} class="icon-sm" />}
      </span>
      <div class="grow">
        <p class="clip small">{item.name} <span class="muted num">{bytes(item.bytes)}</span></p>
        {!failed && item.status !== 'done' && (
          <div class="progress" role="progressbar" aria-label={w.progressOf(`${label} ${item.name}`)} aria-valuemin={0} aria-valuemax={100} aria-valuenow={item.progress}>
            <div style={{ width: `${item.progress}%` }} />
          </div>
        )}
        <p class={failed ? 'error-text' : 'hint num'} {...(failed ? { role: 'alert' as const } : {})}>{statusText(item)}</p>
      </div>
      {failed && item.failure?.retryable && (
        <button type="button" class="btn btn-icon" aria-label={`${w.retry}: ${item.name}`} title={w.retry} onClick={() => uploads.retry(item.id)}><Icon name="retry" /></button>
      )}
      {item.status === 'done' ? <Icon name="checkCircle" class="good" /> : (
        <button type="button" class="btn btn-icon" aria-label={`${w.remove}: ${item.name}`} title={w.remove} onClick={() => uploads.remove(item.id)}><Icon name="close" /></button>
      )}
    </li>
  )
}
