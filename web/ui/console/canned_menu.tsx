// The list that opens over the reply field at a slash. It only shows; what keys do is decided in the composer, which keeps
// the focus.

import { useLayoutEffect, useRef } from 'preact/hooks'
import { Icon } from '../shared/icon'
import type { Filled } from '../shared/wire'
import { cannedWords, slotName } from './canned_words'

export const menuId = 'canned-menu'
export const optionId = (at: number): string => `canned-option-${at}`

export function CannedList({ found, at, known, failed, onPick, onManage }: {
  found: readonly Filled[]; at: number; known: boolean; failed: boolean; onPick(reply: Filled): void; onManage(): void
}) {
  const w = cannedWords()
  const box = useRef<HTMLDivElement>(null)
  useLayoutEffect(() => { box.current?.querySelector('[aria-selected=true]')?.scrollIntoView?.({ block: 'nearest' }) }, [at, found])
  // A press here must not take the focus from the field.
  const stay = (e: Event): void => e.preventDefault()
  return (
    <div class="canned-menu" onPointerDown={stay} onMouseDown={stay}>
      {found.length === 0 && <p class="small muted canned-none" role="status">{failed ? w.failed : known ? w.none : w.loading}</p>}
      <div ref={box} id={menuId} class="canned-options" role="listbox" aria-label={w.title}>
        {found.map((reply, i) => (
          <div key={`${reply.own ? 'own' : 'desk'}/${reply.id}`} id={optionId(i)} role="option" aria-selected={i === at} class="canned-option" onClick={() => onPick(reply)}>
            <p class="row">
              <code>/{reply.shortcut}</code>
              <strong class="clip grow">{reply.title}</strong>
              {reply.macro && <Icon name="check" class="icon-sm" />}
              {reply.own && <span class="chip">{w.own}</span>}
              {reply.other_language && <span class="chip chip-warn">{w.other}</span>}
            </p>
            <p class="small muted canned-text">{reply.text}</p>
            {reply.missing && <p class="small error-text">{w.missing(reply.missing.map(slotName))}</p>}
          </div>
        ))}
      </div>
      <button type="button" class="btn-link canned-manage" onClick={onManage}>{w.manage}</button>
    </div>
  )
}
