// What stands at the end of the top bar: side by side where there is room, behind a button where there is not. It is the
// room that decides and not the width of the screen: what an account may do, and the language, change how much it is.

import type { ComponentChildren } from 'preact'
import { useEffect, useLayoutEffect, useRef, useState } from 'preact/hooks'
import { dictionary } from '../shared/i18n'
import './bar_menu.css'

const words = dictionary({ menu: '菜单' }, { menu: 'Menu' })

/** The menu closes when at changes: it has led somewhere. Count is how much waits behind it. */
export function BarMenu({ at, count, children }: { at: string; count: number; children: ComponentChildren }) {
  const box = useRef<HTMLDivElement>(null)
  const button = useRef<HTMLButtonElement>(null)
  const [open, setOpen] = useState(false)
  useLayoutEffect(() => {
    const bar = box.current?.parentElement
    if (!bar || open || typeof ResizeObserver === 'undefined') return
    const fold = (): void => {
      // Whether everything has room shows only with everything in it; the browser paints nothing in between.
      delete bar.dataset['folded']
      if (bar.scrollWidth > bar.clientWidth) bar.dataset['folded'] = ''
    }
    fold()
    const resized = new ResizeObserver(fold)
    resized.observe(bar)
    const changed = new MutationObserver(fold)
    changed.observe(bar, { subtree: true, childList: true, characterData: true })
    return () => {
      resized.disconnect()
      changed.disconnect()
    }
  }, [open])
  useEffect(() => setOpen(false), [at])
  useEffect(() => {
    if (!open) return
    const outside = (e: Event): void => { if (!box.current?.contains(e.target as Node)) setOpen(false) }
    const escape = (e: KeyboardEvent): void => {
      if (e.key !== 'Escape') return
      setOpen(false)
      button.current?.focus()
    }
    document.addEventListener('pointerdown', outside)
    document.addEventListener('focusin', outside)
    document.addEventListener('keydown', escape)
    return () => {
      document.removeEventListener('pointerdown', outside)
      document.removeEventListener('focusin', outside)
      document.removeEventListener('keydown', escape)
    }
  }, [open])
  return (
    <div ref={box} class={`bar-menu ${open ? 'is-open' : ''}`}>
      <button ref={button} type="button" class="btn btn-quiet btn-sm bar-menu-button" aria-expanded={open} aria-controls="bar-items" onClick={() => setOpen(!open)}>
        <svg class="icon-sm" viewBox="0 0 24 24" fill="none" stroke="currentColor" stroke-width="2" stroke-linecap="round" aria-hidden="true"><path d="M4 6.5h16M4 12h16M4 17.5h16" /></svg>
        {words().menu}{count > 0 && <span class="badge num">{count}</span>}
      </button>
      <div id="bar-items" class="bar-items">{children}</div>
    </div>
  )
}
