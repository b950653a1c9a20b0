// The evidence of both sides over the whole window: one piece, or two side by side that are looked at together.

import { useEffect, useRef, useState } from 'preact/hooks'
import { Icon, type IconName } from '../shared/icon'
import { EvidenceThumb } from '../shared/thumb'
import type { EvidenceView } from '../shared/wire'
import { EvidenceDetails } from './evidence_detail'
import { moved, partner, turned, whole, zoomed, zoomMost, zoomStep, type Look } from './evidence_look'
import { Stage, type Change } from './evidence_stage'
import { evidenceWords } from './evidence_words'
import type { AgentApi } from './session'
import { text } from './text'
import './evidence_viewer.css'

/** A view: which piece, and how it is looked at. */
interface View { at: number; look: Look }

const step = 80

export function EvidenceRoom({ items, start, caseID, api, onClose }: {
  items: readonly EvidenceView[]
  start: number
  caseID: string
  api: AgentApi
  onClose(): void
}) {
  const w = evidenceWords()
  const t = text()
  const dialog = useRef<HTMLDialogElement>(null)
  const [views, setViews] = useState<readonly View[]>([{ at: start, look: whole }])
  const [active, setActive] = useState(0)
  const [linked, setLinked] = useState(true)
  const [details, setDetails] = useState(() => !matchMedia('(max-width: 760px)').matches)
  const two = views.length > 1
  const view = views[Math.min(active, views.length - 1)] ?? { at: 0, look: whole }
  const item = items[Math.min(view.at, items.length - 1)]

  useEffect(() => {
    const node = dialog.current
    const before = document.activeElement
    if (node && !node.open) node.showModal()
    return () => { if (before instanceof HTMLElement) before.focus() }
  }, [])

  const label = (e: EvidenceView): string => `${e.party === 'merchant' ? t.case.shopSide : t.case.buyerSide} · ${e.label}`
  const change = (of: number, one: Change): void => setViews((all) => all.map((v, i) => (i === of || linked ? { ...v, look: one(v.look) } : v)))
  const settle = (of: number, look: Look): void => setViews((all) => all.map((v, i) => (i === of ? { ...v, look } : v)))
  const show = (of: number, at: number): void => {
    if (at < 0 || at >= items.length) return
    setViews((all) => all.map((v, i) => (i === of ? { at, look: whole } : v)))
  }
  const compare = (): void => {
    setViews((all) => {
      const [one] = all
      if (!one) return all
      return all.length > 1 ? [all[Math.min(active, 1)] ?? one] : [one, { at: partner(items, one.at), look: whole }]
    })
    setActive(0)
  }
  const renew = (id: string): Promise<string | undefined> => api.case(caseID).then((c) => c.evidence?.find((e) => e.id === id)?.url)

  const onKey = (e: KeyboardEvent): void => {
    if (e.target instanceof HTMLVideoElement || e.target instanceof HTMLSelectElement || e.ctrlKey || e.metaKey || e.altKey) return
    const arrow = { ArrowLeft: [1, 0], ArrowRight: [-1, 0], ArrowUp: [0, 1], ArrowDown: [0, -1] }[e.key]
    if (arrow && e.shiftKey) change(active, (l) => moved(l, (arrow[0] ?? 0) * step, (arrow[1] ?? 0) * step))
    else if (e.key === 'ArrowLeft') show(active, view.at - 1)
    else if (e.key === 'ArrowRight') show(active, view.at + 1)
    else if (e.key === '+' || e.key === '=') change(active, (l) => zoomed(l, zoomStep))
    else if (e.key === '-' || e.key === '_') change(active, (l) => zoomed(l, 1 / zoomStep))
    else if (e.key === '0') change(active, () => whole)
    else if (e.key === 'r') change(active, (l) => turned(l, 1))
    else if (e.key === 'R') change(active, (l) => turned(l, -1))
    else if (e.key === 'c' && items.length > 1) compare()
    else if (e.key === 'i') setDetails((on) => !on)
    else return
    e.preventDefault()
    e.stopPropagation()
  }
  if (!item) return null
  const flat = !item.media?.startsWith('image')
  return (
    <dialog ref={dialog} class="ev" aria-label={w.title} onClose={onClose} onKeyDown={onKey}>
      <div class="ev-bar" role="toolbar" aria-label={w.title}>
        <strong class="grow clip">{label(item)}</strong>
        <Tool icon="zoomOut" label={w.zoomOut} off={flat || view.look.zoom <= 1} onClick={() => change(active, (l) => zoomed(l, 1 / zoomStep))} />
        <Tool icon="zoomIn" label={w.zoomIn} off={flat || view.look.zoom >= zoomMost} onClick={() => change(active, (l) => zoomed(l, zoomStep))} />
        <button type="button" class="btn btn-sm num" aria-label={`${Math.round(view.look.zoom * 100)}% ${w.reset}`} title={w.reset} aria-disabled={flat} onClick={() => { if (!flat) change(active, () => whole) }}>{Math.round(view.look.zoom * 100)}%</button>
        <Tool icon="rotate" label={w.turnRight} off={flat} onClick={() => change(active, (l) => turned(l, 1))} />
        {items.length > 1 && <button type="button" class="btn btn-sm ev-compare" aria-pressed={two} onClick={compare}>{two ? w.alone : w.compare}</button>}
        {two && <button type="button" class="btn btn-sm" aria-pressed={linked} onClick={() => setLinked(!linked)}>{w.linked}</button>}
        <button type="button" class="btn btn-sm" aria-pressed={details} onClick={() => setDetails(!details)}>{w.details}</button>
        <Tool icon="close" label={text().close} onClick={() => dialog.current?.close()} />
      </div>
      <div class="ev-room">
        <div class={`ev-stages ${two ? 'is-two' : ''}`}>
          {views.map((v, i) => {
            const one = items[v.at]
            return one && (
              <div class="ev-pane" key={i}>
                {two && (
                  <select class="ev-choose" aria-label={`${w.pane(i + 1)}: ${w.choose}`} value={v.at} onFocus={() => setActive(i)} onChange={(e) => show(i, Number(e.currentTarget.value))}>
                    {items.map((e, n) => <option key={e.id} value={n}>{label(e)}{e.name ? ` · ${e.name}` : ''}</option>)}
                  </select>
                )}
                <Stage key={one.id} item={one} label={label(one)} look={v.look} change={(c) => change(i, c)} settle={(l) => settle(i, l)} renew={renew} active={two && i === active} onActive={() => setActive(i)} />
              </div>
            )
          })}
        </div>
        {details && <aside class="ev-details" aria-label={w.details} tabIndex={0}><EvidenceDetails key={item.id} item={item} title={label(item)} caseID={caseID} api={api} /></aside>}
      </div>
      <div class="ev-foot">
        <Tool icon="left" label={w.previous} off={view.at === 0} onClick={() => show(active, view.at - 1)} />
        <ul class="ev-strip">
          {items.map((e, i) => <li key={e.id} class={`is-${e.party} ${views.some((v) => v.at === i) ? 'is-shown' : ''}`} {...(i === view.at ? { 'aria-current': 'true' as const } : {})}><EvidenceThumb item={{ ...e, label: label(e) }} onOpen={() => show(active, i)} /></li>)}
        </ul>
        <Tool icon="right" label={w.next} off={view.at === items.length - 1} onClick={() => show(active, view.at + 1)} />
      </div>
      <p class="ev-keys keyboard-only">{w.keys}</p>
      <p class="sr-only" role="status">{w.place(view.at + 1, items.length, label(item))}</p>
    </dialog>
  )
}

/** One that is of no use now keeps the focus: else the keys would go nowhere. */
function Tool({ icon, label, off = false, onClick }: { icon: IconName; label: string; off?: boolean; onClick(): void }) {
  return <button type="button" class="btn btn-icon" aria-label={label} title={label} aria-disabled={off} onClick={() => { if (!off) onClick() }}><Icon name={icon} /></button>
}
