// One piece of evidence to look at closely: a picture that is zoomed, moved and turned by wheel, fingers and mouse, a
// film, or words.

import { useEffect, useRef, useState } from 'preact/hooks'
import { Icon } from '../shared/icon'
import type { EvidenceView } from '../shared/wire'
import { fit, kept, moved, pinched, whole, zoomed, type Look, type Point, type Size } from './evidence_look'
import { evidenceWords } from './evidence_words'

/** Changes a look; the stage then keeps the picture in it. */
export type Change = (look: Look) => Look

export interface StageProps {
  item: EvidenceView
  label: string
  look: Look
  change(change: Change): void
  /** Takes back what of a look the picture cannot follow: keys and a linked view do not know its edges. */
  settle(look: Look): void
  /** Links are good for minutes; this gets a fresh one. */
  renew(id: string): Promise<string | undefined>
  /** The keys act on this one. */
  active: boolean
  onActive(): void
}

const clickZoom = 3

export function Stage({ item, label, look, change, settle, renew, active, onActive }: StageProps) {
  const w = evidenceWords()
  const box = useRef<HTMLDivElement>(null)
  const [stage, setStage] = useState<Size>({ w: 0, h: 0 })
  const [picture, setPicture] = useState<Size>({ w: 0, h: 0 })
  const [fresh, setFresh] = useState<string>()
  const [broken, setBroken] = useState(false)
  const [dragged, setDragged] = useState(false)
  const url = fresh ?? item.url
  const isPicture = item.media?.startsWith('image') && url && !broken
  const isFilm = item.media?.startsWith('video') && url && !broken
  const shown = kept(look, picture, stage)

  useEffect(() => {
    const node = box.current
    if (!node) return
    const watch = new ResizeObserver(() => setStage({ w: node.clientWidth, h: node.clientHeight }))
    watch.observe(node)
    return () => watch.disconnect()
  }, [])

  useEffect(() => {
    if (stage.w > 0 && picture.w > 0 && (shown.x !== look.x || shown.y !== look.y)) settle(shown)
  }, [shown.x, shown.y, look.x, look.y])

  const act = (one: Change): void => change((before) => kept(one(kept(before, picture, stage)), picture, stage))
  const latest = useRef(act)
  latest.current = act
  const at = (e: { clientX: number; clientY: number }): Point => {
    const r = box.current?.getBoundingClientRect()
    return r ? { x: e.clientX - r.left - r.width / 2, y: e.clientY - r.top - r.height / 2 } : { x: 0, y: 0 }
  }
  useEffect(() => {
    const node = box.current
    if (!node || !isPicture) return
    // By hand: a listener that may keep the page from scrolling must not be passive.
    const wheel = (e: WheelEvent): void => {
      e.preventDefault()
      const lines = e.deltaMode === WheelEvent.DOM_DELTA_LINE ? 16 : 1
      latest.current((l) => zoomed(l, Math.exp(-e.deltaY * lines * 0.0025), at(e)))
    }
    node.addEventListener('wheel', wheel, { passive: false })
    return () => node.removeEventListener('wheel', wheel)
  }, [isPicture])

  const fingers = useRef(new Map<number, Point>())
  const down = (e: PointerEvent): void => {
    onActive()
    if (!isPicture || e.button !== 0) return
    fingers.current.set(e.pointerId, at(e))
    box.current?.setPointerCapture(e.pointerId)
  }
  const move = (e: PointerEvent): void => {
    const before = fingers.current.get(e.pointerId)
    if (!before) return
    const to = at(e)
    const other = [...fingers.current].find(([id]) => id !== e.pointerId)?.[1]
    fingers.current.set(e.pointerId, to)
    setDragged(true)
    act((l) => (other ? pinched(l, [before, other], [to, other]) : moved(l, to.x - before.x, to.y - before.y)))
  }
  const up = (e: PointerEvent): void => {
    fingers.current.delete(e.pointerId)
    if (fingers.current.size === 0) setDragged(false)
  }
  const onBroken = (): void => {
    if (fresh) { setBroken(true); return }
    // The same link again would load nothing again, and nothing would say so.
    renew(item.id).then((found) => (found && found !== url ? setFresh(found) : setBroken(true)), () => setBroken(true))
  }
  const scale = fit(picture, stage, shown.turn) * shown.zoom
  return (
    <div ref={box} class={`ev-stage ${active ? 'is-active' : ''} ${isPicture && shown.zoom > 1 ? 'is-close' : ''}`} tabIndex={0} role="group"
      aria-label={isPicture ? `${label}, ${w.look(Math.round(shown.zoom * 100), shown.turn * 90)}` : label} onFocusIn={onActive}
      onPointerDown={down} onPointerMove={move} onPointerUp={up} onPointerCancel={up}
      onDblClick={(e) => { if (isPicture) act((l) => (l.zoom > 1 ? { ...whole, turn: l.turn } : zoomed(l, clickZoom, at(e)))) }}>
      {isPicture ? (
        <img src={url} alt={label} draggable={false} class={dragged ? 'is-dragged' : ''} onError={onBroken}
          onLoad={(e) => setPicture({ w: e.currentTarget.naturalWidth, h: e.currentTarget.naturalHeight })}
          style={scale > 0
            ? { width: `${picture.w}px`, height: `${picture.h}px`, transform: `translate(-50%, -50%) translate(${shown.x}px, ${shown.y}px) rotate(${shown.turn * 90}deg) scale(${scale})` }
            : { visibility: 'hidden' }} />
      ) : isFilm ? (
        <video src={url} controls playsInline preload="metadata" aria-label={label} onError={onBroken} />
      ) : item.text ? (
        <p class="ev-text">{item.text}</p>
      ) : (
        <p class="ev-text ev-none"><Icon name="alert" /> {item.media?.startsWith('video') ? w.noPlay : w.noPreview}{' '}
          {url && <button type="button" class="btn btn-sm" onClick={() => { setFresh(undefined); setBroken(false) }}>{w.reload}</button>}
        </p>
      )}
    </div>
  )
}
