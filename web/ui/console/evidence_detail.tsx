// What is known of a file, for the agent who looks at it: whether it is as it came, what it says of itself, what to look
// at twice. None of it proves anything.

import type { ComponentChildren } from 'preact'
import { useEffect, useRef, useState } from 'preact/hooks'
import { bytes, dateTime } from '../shared/format'
import { Icon } from '../shared/icon'
import type { EvidenceDetail, EvidenceView } from '../shared/wire'
import { checkHash, type Checked } from './evidence_hash'
import { evidenceWords } from './evidence_words'
import type { AgentApi } from './session'
import { text } from './text'

export function EvidenceDetails({ item, title, caseID, api }: { item: EvidenceView; title: string; caseID: string; api: AgentApi }) {
  const w = evidenceWords()
  const [found, setFound] = useState<EvidenceDetail | 'failed'>()
  const id = item.media ? item.id : undefined
  useEffect(() => {
    if (!id) return
    let current = true
    api.evidence(caseID, id).then((d) => { if (current) setFound(d) }, () => { if (current) setFound('failed') })
    return () => { current = false }
  }, [caseID, id])
  const told = found === 'failed' ? undefined : found
  const waybill = item.waybill_is ? text().case.waybillIs[item.waybill_is] : undefined
  const rows: [string, string][] = told ? [
    [w.size, told.width ? `${told.width} × ${told.height}` : ''], [w.lasts, told.seconds ? w.seconds(Math.round(told.seconds)) : ''], [w.device, told.camera ?? ''],
    [w.taken, told.taken ?? ''], [w.software, told.software?.join(', ') ?? ''], [w.codes, told.codes?.join(', ') ?? ''], [w.waybill, told.waybill ?? ''], [w.noView, told.no_view ?? ''],
  ] : []
  const says = rows.filter(([, value]) => value !== '')
  return (
    <>
      <h2 class="ev-title">{title}</h2>
      <Part title={w.flags}>
        {!item.flags?.length && !waybill && <p class="ev-quiet">{w.noFlags}</p>}
        {item.flags?.map((f) => <p key={f.code} class="ev-flag"><Icon name="alert" class="icon-sm" /> {f.text}</p>)}
        {waybill && <p class={item.waybill_is === 'outbound' ? '' : 'ev-flag'}>{waybill}</p>}
        {item.hints?.map((h) => <p key={h.code} class="ev-quiet">{w.hints}: {h.text}</p>)}
        {item.flags?.length ? <p class="ev-quiet">{w.proves}</p> : null}
      </Part>
      {told && told.alike.length > 0 && (
        <Part title={w.alike}>
          <ul>
            {told.alike.map((a) => (
              <li key={`${a.case}${a.id}`}>{a.exact ? w.exact : w.near} · {a.same_case ? w.thisCase : a.case} · {a.same_party ? w.ownParty : w.otherParty} · <time class="num" dateTime={a.at}>{dateTime(a.at)}</time></li>
            ))}
          </ul>
        </Part>
      )}
      {id && (
        <Part title={w.metadata}>
          {found === 'failed' && <p class="ev-quiet">{w.metadataFailed}</p>}
          {told && says.length === 0 && <p class="ev-quiet">{w.noMetadata}</p>}
          <Rows rows={says} />
          {told?.has_place && <p>{w.placeKept}</p>}
        </Part>
      )}
      <Part title={w.integrity}>
        <Rows rows={[[w.receivedAt, dateTime(item.at)], [w.stage, item.stage_name], [w.file, [item.name, item.media, item.bytes ? bytes(item.bytes) : ''].filter(Boolean).join(' · ')], [w.id, item.id]]} />
        {item.sha256 && <p><span class="ev-quiet">{w.hash}</span> <code>{item.sha256}</code></p>}
        {item.original && item.sha256 && <Verify original={item.original} sha256={item.sha256} />}
        {item.original && <a class="btn btn-sm" href={item.original} download={item.name ?? item.id} target="_blank" rel="noreferrer">{w.original}</a>}
      </Part>
    </>
  )
}

/** The agent need not take the hash on trust: the original is fetched and its hash reckoned here. */
function Verify({ original, sha256 }: { original: string; sha256: string }) {
  const w = evidenceWords()
  const [state, setState] = useState<Checked | 'busy'>()
  const here = useRef(true)
  useEffect(() => () => { here.current = false }, [])
  const check = (): void => {
    if (state === 'busy') return
    setState('busy')
    void checkHash(original, sha256).then((found) => { if (here.current) setState(found) })
  }
  return (
    <p class="row">
      <button type="button" class="btn btn-sm" aria-disabled={state === 'busy'} onClick={check}><Icon name="shield" class="icon-sm" />{state === 'busy' ? w.verifying : w.verify}</button>
      <span role="status" class={state === 'differs' ? 'ev-flag' : ''}>{state && state !== 'busy' ? w[state] : ''}</span>
    </p>
  )
}

function Rows({ rows }: { rows: readonly [string, string][] }) {
  return <dl class="ev-rows">{rows.filter(([, value]) => value !== '').map(([name, value]) => <div key={name}><dt>{name}</dt><dd>{value}</dd></div>)}</dl>
}

function Part({ title, children }: { title: string; children: ComponentChildren }) {
  return <section class="ev-part"><h3>{title}</h3>{children}</section>
}
