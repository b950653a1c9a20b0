// A viewer of evidence over the whole window.
import type { ComponentChildren } from 'preact'
import { useEffect, useRef, useState } from 'preact/hooks'
import { links, type Shown } from './thumb'
import { bytes, dateTime } from './format'
import { dictionary } from './i18n'
import { Icon, type IconName } from './icon'
import { words } from './words'

// The words that nothing else needs; the others must not load them.
const zh = {
  previous: '上一个',
  next: '下一个',
  zoomIn: '放大',
  zoomOut: '缩小',
  rotate: '旋转',
  noPreview: '暂时无法预览，请稍后再打开。',
  place: (i: number, n: number) => `第 ${i} 个，共 ${n} 个`,
}

const en: typeof zh = {
  previous: 'Previous',
  next: 'Next',
  zoomIn: 'Zoom in',
  zoomOut: 'Zoom out',
  rotate: 'Rotate',
  noPreview: 'No preview right now. Please open it again later.',
  place: (i, n) => `${i} of ${n}`,
}
const viewerWords = dictionary(zh, en)

const ZOOMS = [1, 1.5, 2, 3, 4]

/** Shows items[start] and lets the reader walk through all. Arrow keys walk, + and - zoom, R turns, Escape closes. */
export function EvidenceViewer({ items, start, onClose, about }: {
  items: readonly Shown[]
  start: number
  onClose: () => void
  /** More about the item on show, for those who may know it. */
  about?: (item: Shown) => ComponentChildren
}) {
  const w = words()
  const own = viewerWords()
  const dialog = useRef<HTMLDialogElement>(null)
  const [at, setAt] = useState(start)
  const [zoom, setZoom] = useState(0)
  const [turn, setTurn] = useState(0)
  const item = items[Math.min(at, items.length - 1)]

  useEffect(() => {
    const node = dialog.current
    const before = document.activeElement
    if (node && !node.open) node.showModal()
    return () => {
      if (before instanceof HTMLElement) before.focus()
    }
  }, [])

  const go = (to: number): void => {
    if (to < 0 || to >= items.length) return
    setAt(to)
    setZoom(0)
    setTurn(0)
  }
  const zoomTo = (to: number): void => setZoom(Math.max(0, Math.min(ZOOMS.length - 1, to)))
  const onKey = (e: KeyboardEvent): void => {
    if (e.target instanceof HTMLVideoElement) return
    if (e.key === 'ArrowLeft') go(at - 1)
    else if (e.key === 'ArrowRight') go(at + 1)
    else if (e.key === '+' || e.key === '=') zoomTo(zoom + 1)
    else if (e.key === '-') zoomTo(zoom - 1)
    else if (e.key === 'r' || e.key === 'R') setTurn((turn + 90) % 360)
    else return
    e.preventDefault()
  }
  if (!item) return null
  const isImage = item.media?.startsWith('image') ?? false
  return (
    <dialog ref={dialog} class="viewer" aria-label={item.label} onClose={onClose} onKeyDown={onKey}>
      <div class="viewer-bar">
        <strong class="grow clip">{item.label}</strong>
        {isImage && (
          <>
            <Tool icon="zoomOut" label={own.zoomOut} off={zoom === 0} onClick={() => zoomTo(zoom - 1)} />
            <Tool icon="zoomIn" label={own.zoomIn} off={zoom === ZOOMS.length - 1} onClick={() => zoomTo(zoom + 1)} />
            <Tool icon="rotate" label={own.rotate} onClick={() => setTurn((turn + 90) % 360)} />
          </>
        )}
        <Tool icon="close" label={w.close} onClick={() => dialog.current?.close()} />
      </div>
      <Stage key={item.id} item={item} zoom={ZOOMS[zoom] ?? 1} turn={turn} />
      <div class="viewer-meta">
        {items.length > 1 && (
          <span class="row">
            <Tool icon="left" label={own.previous} off={at === 0} onClick={() => go(at - 1)} />
            <span class="num" aria-live="polite">{own.place(at + 1, items.length)}</span>
            <Tool icon="right" label={own.next} off={at === items.length - 1} onClick={() => go(at + 1)} />
          </span>
        )}
        {item.name && <span>{item.name}</span>}
        {item.bytes !== undefined && <span class="num">{bytes(item.bytes)}</span>}
        {item.at && <time class="num" dateTime={item.at}>{dateTime(item.at)}</time>}
        {item.locked && <span class="row"><Icon name="lock" class="icon-sm" />{w.locked}</span>}
        {item.sha256 && <span>SHA-256 <code>{item.sha256}</code></span>}
      </div>
      {about && <div class="viewer-meta" key={item.id}>{about(item)}</div>}
    </dialog>
  )
}

function Tool({ icon, label, off = false, onClick }: { icon: IconName; label: string; off?: boolean; onClick: () => void }) {
  return <button type="button" class="btn btn-icon" aria-label={label} title={label} disabled={off} onClick={onClick}><Icon name={icon} /></button>
}

function Stage({ item, zoom, turn }: { item: Shown; zoom: number; turn: number }) {
  const [broken, setBroken] = useState(false)
  // A link is good for minutes: one that does not open is renewed once before that is shown.
  const [fresh, setFresh] = useState<string | undefined>(undefined)
  const url = fresh ?? item.url
  const onBroken = (): void => {
    if (fresh || !links.renew) return setBroken(true)
    links.renew(item.id).then((found) => (found ? setFresh(found) : setBroken(true)), () => setBroken(true))
  }
  const stage = useRef<HTMLDivElement>(null)
  const [natural, setNatural] = useState({ w: 0, h: 0 })
  const [box, setBox] = useState({ w: 0, h: 0 })
  useEffect(() => {
    const node = stage.current
    if (!node) return
    // The dialog opens after the first draw, and phones turn.
    const watch = new ResizeObserver(() => setBox({ w: node.clientWidth, h: node.clientHeight }))
    watch.observe(node)
    return () => watch.disconnect()
  }, [])
  const onLoad = (e: Event): void => {
    const img = e.currentTarget as HTMLImageElement
    setNatural({ w: img.naturalWidth, h: img.naturalHeight })
  }
  const scale = natural.w > 0 && box.w > 0 ? Math.min(box.w / natural.w, box.h / natural.h, 2) * zoom : 0
  const image = item.media?.startsWith('image') && url && !broken
  const video = item.media?.startsWith('video') && url && !broken
  return (
    <div ref={stage} class="viewer-stage" tabIndex={0} role="group" aria-label={item.label}>
      {image ? (
        <img src={url} alt={item.label} onLoad={onLoad} onError={onBroken}
          style={{ rotate: `${turn}deg`, ...(scale > 0 ? { width: `${natural.w * scale}px`, height: `${natural.h * scale}px` } : { maxWidth: '100%' }) }} />
      ) : video ? (
        <video src={url} controls playsInline onError={onBroken} />
      ) : item.text ? (
        <p class="viewer-text">{item.text}</p>
      ) : (
        <p class="viewer-text">{viewerWords().noPreview}</p>
      )}
    </div>
  )
}
