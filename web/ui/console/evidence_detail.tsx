// What was found in a file, for the agent who looks at it large.

import { useEffect, useState } from 'preact/hooks'
import { dateTime } from '../shared/format'
import type { EvidenceDetail, EvidenceView } from '../shared/wire'
import type { AgentApi } from './session'
import { text } from './text'

export function EvidenceDetails({ item, caseID, api }: { item: EvidenceView | undefined; caseID: string; api: AgentApi }) {
  const t = text().case
  const [found, setFound] = useState<EvidenceDetail>()
  const id = item?.media ? item.id : undefined
  useEffect(() => {
    if (!id) return
    let current = true
    api.evidence(caseID, id).then((d) => { if (current) setFound(d) }, () => undefined) // the file is shown without it
    return () => { current = false }
  }, [caseID, id])
  if (!item) return null
  return (
    <>
      {item.original && item.original !== item.url && <a href={item.original} target="_blank" rel="noreferrer">{t.original}</a>}
      {item.flags?.map((f) => <strong key={f.code}>{f.text}</strong>)}
      {found?.width ? <span class="num">{found.width} × {found.height}</span> : null}
      {found?.camera && <span>{t.camera} {found.camera}</span>}
      {found?.taken && <span class="num">{t.taken} {found.taken}</span>}
      {found?.software?.map((s) => <span key={s}>{t.software} {s}</span>)}
      {found?.has_place && <span>{t.hasPlace}</span>}
      {found?.codes?.map((c) => <code key={c}>{c}</code>)}
      {found?.alike.map((a) => (
        <span key={a.id}>
          {a.exact ? t.sameBytes : t.alike}{a.same_case ? '' : ` ${a.case}`} {a.same_party ? t.sameParty : ''} <time class="num" dateTime={a.at}>{dateTime(a.at)}</time>
        </span>
      ))}
    </>
  )
}
