// A long list of rows of one height: only those in sight are in the page.

import type { ComponentChildren } from 'preact'
import { useLayoutEffect, useRef, useState } from 'preact/hooks'

/** Rows above and below what is in sight, so that scrolling shows no gaps. */
const spare = 6

/** inSight tells which rows are in sight, from and up to but without. A list that became shorter shows its end. */
export function inSight(scrolled: number, height: number, rowHeight: number, count: number): { from: number; to: number } {
  const top = Math.max(0, Math.min(scrolled, count * rowHeight - height))
  const from = Math.max(0, Math.floor(top / rowHeight) - spare)
  return { from, to: Math.min(count, Math.ceil((top + height) / rowHeight) + spare) }
}

/** The least change of the scroll position that shows a row. */
export function shown(row: number, top: number, height: number, rowHeight: number): number {
  if (row * rowHeight < top) return row * rowHeight
  if ((row + 1) * rowHeight > top + height) return (row + 1) * rowHeight - height
  return top
}

/** onEnd is called when the last row comes near: there may be more to read. */
export function Rows({ count, height, current, label, row, onEnd }: { count: number; height: number; current: number; label: string; row(index: number): ComponentChildren; onEnd?(): void }) {
  const box = useRef<HTMLDivElement>(null)
  const [at, setAt] = useState({ top: 0, height: 800 })
  const look = (): void => {
    const node = box.current
    if (node) setAt({ top: node.scrollTop, height: node.clientHeight })
  }
  useLayoutEffect(() => {
    look()
    const node = box.current
    if (!node || typeof ResizeObserver === 'undefined') return
    const observer = new ResizeObserver(look)
    observer.observe(node)
    return () => observer.disconnect()
  }, [])
  useLayoutEffect(() => {
    const node = box.current
    if (!node || current < 0 || node.clientHeight === 0) return
    node.scrollTop = shown(current, node.scrollTop, node.clientHeight, height)
  }, [current, height])
  const { from, to } = inSight(at.top, at.height, height, count)
  const atEnd = to >= count
  useLayoutEffect(() => { if (atEnd) onEnd?.() }, [atEnd, count])
  const indexes = Array.from({ length: Math.max(0, to - from) }, (_, i) => from + i)
  return (
    <div ref={box} class="rows" onScroll={look}>
      <ul class="rows-all" aria-label={label} style={{ height: `${count * height}px` }}>
        {indexes.map((i) => (
          <li key={i} class="rows-row" aria-setsize={count} aria-posinset={i + 1} style={{ top: `${i * height}px`, height: `${height}px` }}>{row(i)}</li>
        ))}
      </ul>
    </div>
  )
}
