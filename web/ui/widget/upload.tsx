import { useEffect, useId, useRef, useState } from 'preact/hooks'
import { Icon, type IconName } from '../shared/icon'
import { locale } from '../shared/i18n'
import { accepts } from '../shared/uploads/check'
import { failure, failureText, type Failure } from '../shared/uploads/trouble'
import type { KindView } from '../shared/wire'
import { LazyCamera, useCamera } from './camera_button'
import { useApp } from './context'
import { words } from './rich_words'
import { Sketch } from './sketch'
import { UploadRow } from './upload_row'
import { report, uploadsOf } from './uploads'

/** Everything to add one kind to a case: buttons, and the uploads under way. */
export function KindUpload({ kind, of, can, have }: { kind: KindView; of: string; can: boolean; have: readonly string[] }) {
  const uploads = uploadsOf(useApp())
  useEffect(() => {
    if (can) void uploads.restore(of)
  }, [of, can])
  const mine = uploads.items.value.filter((u) => u.case === of && u.kind === kind.kind && !(u.evidence && have.includes(u.evidence)))
  const onFiles = (files: FileList | readonly File[] | null): void => {
    for (const file of files ?? []) uploads.add(of, kind.kind, kind.media, file)
  }
  return (
    <>
      {mine.length > 0 && <ul class="uploads">{mine.map((u) => <UploadRow key={u.id} item={u} kind={kind} can={can} onFiles={onFiles} />)}</ul>}
      {can && <Picker kind={kind} of={of} onFiles={onFiles} onText={(text) => uploads.addText(of, kind.kind, text)} />}
    </>
  )
}

interface PickerProps { kind: KindView; of: string; onFiles: (files: FileList | readonly File[] | null) => void; onText: (text: string) => void }

function Picker({ kind, of, onFiles, onText }: PickerProps) {
  const { chat } = useApp()
  const w = words()
  const [writing, setWriting] = useState(false)
  const [shooting, setShooting] = useState(false)
  const [trouble, setTrouble] = useState<Failure | undefined>(undefined)
  const [empty, setEmpty] = useState(false)
  const { state, here, seen } = useCamera()
  const touch = typeof matchMedia === 'function' && matchMedia('(pointer: coarse)').matches
  const image = kind.media.includes('image')
  const video = kind.media.includes('video')
  const fails = (f: Failure): void => {
    setShooting(false)
    setTrouble(f)
    report(chat, f.code, { case: of, kind: kind.kind })
  }
  const took = (files: FileList | readonly File[] | null): void => {
    setTrouble(undefined)
    setEmpty(false)
    onFiles(files)
  }
  // The phone's own camera gives no reason when it does not open; the state of the permission is one.
  const mayOpen = (): boolean => {
    if (state() !== 'denied') return true
    fails(failure('camera_denied'))
    return false
  }
  if (writing) return <TextForm kind={kind} onDone={(text) => { setWriting(false); if (text) onText(text) }} />
  return (
    <>
      <Sketch kind={kind.kind} />
      <div class="upload-buttons">
        {touch && image && <FileButton accept="image/*" capture icon="camera" text={w.takePhoto} label={`${kind.label}: ${w.takePhoto}`} onFiles={took} may={mayOpen} onNone={() => setEmpty(state() !== 'granted')} />}
        {touch && video && <FileButton accept="video/*" capture icon="video" text={w.takeVideo} label={`${kind.label}: ${w.takeVideo}`} onFiles={took} may={mayOpen} onNone={() => setEmpty(state() !== 'granted')} />}
        {!touch && image && here && (
          <button type="button" class="btn btn-sm" aria-label={`${kind.label}: ${w.takePhoto}`} onClick={() => setShooting(true)}><Icon name="camera" class="icon-sm" />{w.takePhoto}</button>
        )}
        {accepts(kind.media) !== '' && (
          <FileButton accept={accepts(kind.media)} multiple icon={touch ? 'image' : 'upload'} text={touch ? w.fromGallery : w.pickFile}
            label={`${kind.label}: ${touch ? w.fromGallery : w.pickFile}`} onFiles={took} />
        )}
        {kind.media.includes('text') && (
          <button type="button" class="btn btn-sm" onClick={() => setWriting(true)}><Icon name="edit" class="icon-sm" />{w.writeText}</button>
        )}
      </div>
      {trouble && <p class="error-text" role="alert">{failureText(trouble, locale.value === 'en')}</p>}
      {empty && !trouble && (
        <p class="hint">{w.noPhoto} <button type="button" class="btn-link" onClick={() => { setEmpty(false); report(chat, 'told_picker') }}>{w.cameraShut}</button></p>
      )}
      {shooting && <LazyCamera label={kind.label} onClose={() => setShooting(false)} onFailed={fails} onTaken={(file) => { seen(); setShooting(false); took([file]) }} />}
    </>
  )
}

interface FileButtonProps {
  accept: string
  icon: IconName
  text: string
  label: string
  multiple?: boolean
  capture?: boolean
  primary?: boolean
  onFiles: (files: FileList | null) => void
  /** Whether the picker may be opened now. */
  may?: () => boolean
  /** It was closed without a file. */
  onNone?: () => void
}

export function FileButton({ accept, icon, text, label, multiple = false, capture = false, primary = false, onFiles, may, onNone }: FileButtonProps) {
  const input = useRef<HTMLInputElement>(null)
  useEffect(() => {
    const node = input.current
    if (!node || !onNone) return
    node.addEventListener('cancel', onNone)
    return () => node.removeEventListener('cancel', onNone)
  })
  return (
    <>
      <button type="button" class={`btn btn-sm ${primary ? 'btn-primary' : ''}`} aria-label={label} onClick={() => { if (may?.() ?? true) input.current?.click() }}><Icon name={icon} class="icon-sm" />{text}</button>
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
