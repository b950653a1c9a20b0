// Evidence of a form: pieces the shop already uploaded, and new ones through the same upload API as the buyer's.

import { effect } from '@preact/signals'
import { useEffect, useRef, useState } from 'preact/hooks'
import { Tick } from '../../shared/action/Fields'
import { kindsFor } from '../../shared/action/spec'
import type { Draft } from '../../shared/action/spec'
import { locale } from '../../shared/i18n'
import { Icon } from '../../shared/icon'
import { accepts } from '../../shared/uploads/check'
import { uploadFailure } from '../../shared/uploads/queue'
import type { CaseView, KindView } from '../../shared/wire'
import type { MerchantDesk } from './desk'
import { text } from './text'

interface Props { desk: MerchantDesk; view: CaseView; draft: Draft; set(patch: Partial<Draft>): void }

export function UploadField({ desk, view, draft, set }: Props) {
  const t = text().upload
  const kinds = offered(view)
  const needed = kindsFor(draft, { codes: desk.codes.value }) ?? []
  const [picked, setPicked] = useState<string>()
  const file = useRef<HTMLInputElement>(null)
  const chosen = kinds.find((k) => k.kind === picked) ?? kinds.find((k) => needed.includes(k.kind)) ?? kinds[0]
  // Another reject code needs another kind.
  useEffect(() => setPicked(undefined), [draft.code])
  const latest = useRef({ draft, set })
  latest.current = { draft, set }

  // An upload that is done becomes part of the form, and the case is read again to show it.
  useEffect(() => {
    const taken = new Set<string>()
    return effect(() => {
      for (const item of desk.uploads.items.value) {
        if (item.case !== view.id || !item.evidence || taken.has(item.evidence)) continue
        taken.add(item.evidence)
        const now = latest.current
        if (!now.draft.evidence.includes(item.evidence)) now.set({ evidence: [...now.draft.evidence, item.evidence] })
        desk.pollNow()
      }
    })
  }, [view.id])

  const own = view.evidence?.filter((e) => e.party === 'merchant' && !e.locked) ?? []
  const running = desk.uploads.items.value.filter((u) => u.case === view.id && u.status !== 'done')
  return (
    <div class="uploads">
      {own.map((e) => (
        <Tick key={e.id} label={e.name ? `${e.label} · ${e.name}` : e.label} checked={draft.evidence.includes(e.id)}
          onChange={(on) => set({ evidence: on ? [...draft.evidence, e.id] : draft.evidence.filter((id) => id !== e.id) })} />
      ))}
      {chosen === undefined ? <p class="small muted">{t.none}</p> : (
        <div class="upload-new">
          <select class="input" aria-label={t.kind} value={chosen.kind} onChange={(e) => setPicked(e.currentTarget.value)}>
            {kinds.map((k) => <option key={k.kind} value={k.kind}>{k.label}</option>)}
          </select>
          <button type="button" class="btn" onClick={() => file.current?.click()}><Icon name="upload" class="icon-sm" />{t.choose}</button>
          <input ref={file} type="file" hidden accept={accepts(chosen.media)} onChange={(e) => {
            const chosenFile = e.currentTarget.files?.[0]
            if (chosenFile) desk.uploads.add(view.id, chosen.kind, chosen.media, chosenFile)
            e.currentTarget.value = ''
          }} />
          {chosen.must_show && chosen.must_show.length > 0 && <p class="hint">{chosen.must_show.join(locale.value === 'en' ? '; ' : '；')}</p>}
        </div>
      )}
      {running.map((u) => (
        <div key={u.id} class="upload-run">
          <p class="row small"><span class="grow clip">{u.name}</span>
            {u.status === 'doubted' && <button type="button" class="btn-link" onClick={() => desk.uploads.sendAnyway(u.id)}>{t.anyway}</button>}
            {u.status === 'failed' && u.failure?.again && <button type="button" class="btn-link" onClick={() => desk.uploads.retry(u.id)}>{t.retry}</button>}
            {u.status === 'failed' && u.shrinkable && <button type="button" class="btn-link" onClick={() => void desk.uploads.shrink(u.id)}>{t.shrink}</button>}
            {u.status === 'failed' || u.status === 'doubted'
              ? <button type="button" class="btn-link" onClick={() => desk.uploads.remove(u.id)}>{t.remove}</button>
              : <span class="num muted">{u.status === 'checking' || u.status === 'looking' ? t.checking : `${u.progress}%`}</span>}
          </p>
          {u.status === 'failed' ? <p class="error-text" role="alert">{t.failed}：{uploadFailure(u)}</p>
            : u.status === 'doubted' ? <p class="hint" role="alert">{t.doubted}</p>
            : <div class="progress" role="progressbar" aria-label={u.name} aria-valuenow={u.progress} aria-valuemin={0} aria-valuemax={100}><div style={{ width: `${u.progress}%` }} /></div>}
        </div>
      ))}
    </div>
  )
}

/** Kinds that can be uploaded as a file now; what the platform asked for comes first. */
function offered(view: CaseView): KindView[] {
  const asked = view.asked_kinds ?? []
  const all = [...asked, ...(view.can_add ?? []).filter((k) => !asked.some((a) => a.kind === k.kind))]
  return all.filter((k) => accepts(k.media) !== '')
}
