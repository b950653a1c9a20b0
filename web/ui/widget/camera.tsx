// A camera for devices whose file picker has none: look, take, use or take again.
import { useEffect, useRef, useState } from 'preact/hooks'
import { Icon } from '../shared/icon'
import { fromCamera, type Failure } from '../shared/uploads/trouble'
import { words } from './rich_words'

export interface CameraProps {
  /** What is to be photographed. */
  label: string
  onTaken: (file: File) => void
  onFailed: (failure: Failure) => void
  onClose: () => void
}

/** As sharp as the camera can; it gives what it has. */
const WISH: MediaStreamConstraints = { video: { facingMode: 'environment', width: { ideal: 4096 }, height: { ideal: 3072 } }, audio: false }

export function Camera({ label, onTaken, onFailed, onClose }: CameraProps) {
  const w = words()
  const dialog = useRef<HTMLDialogElement>(null)
  const video = useRef<HTMLVideoElement>(null)
  const [ready, setReady] = useState(false)
  useEffect(() => {
    const before = document.activeElement
    if (dialog.current && !dialog.current.open) dialog.current.showModal()
    let stream: MediaStream | undefined
    let gone = false
    navigator.mediaDevices.getUserMedia(WISH).then((s) => {
      stream = s
      if (gone) return stop()
      if (video.current) video.current.srcObject = s
    }, (err: unknown) => { if (!gone) onFailed(fromCamera(err)) })
    const stop = (): void => stream?.getTracks().forEach((t) => t.stop())
    return () => {
      gone = true
      stop()
      if (before instanceof HTMLElement) before.focus()
    }
  }, [])
  const take = (): void => {
    const from = video.current
    if (!from || from.videoWidth === 0) return
    const canvas = Object.assign(document.createElement('canvas'), { width: from.videoWidth, height: from.videoHeight })
    canvas.getContext('2d')?.drawImage(from, 0, 0)
    canvas.toBlob((blob) => {
      if (blob) onTaken(new File([blob], `photo-${Date.now()}.jpg`, { type: 'image/jpeg' }))
    }, 'image/jpeg', 0.92)
  }
  return (
    <dialog ref={dialog} class="viewer" aria-label={w.cameraOf(label)} onClose={onClose}>
      <div class="viewer-bar">
        <strong class="grow clip">{label}</strong>
        <button type="button" class="btn btn-icon" aria-label={w.cancel} title={w.cancel} onClick={() => dialog.current?.close()}><Icon name="close" /></button>
      </div>
      <div class="viewer-stage">
        {!ready && <p class="viewer-text" role="status">{w.cameraOpens}</p>}
        <video ref={video} autoPlay playsInline muted hidden={!ready} onLoadedMetadata={() => setReady(true)} />
      </div>
      <div class="viewer-meta">
        <button type="button" class="btn btn-primary" disabled={!ready} onClick={take}><Icon name="camera" class="icon-sm" />{w.takePhoto}</button>
      </div>
    </dialog>
  )
}
