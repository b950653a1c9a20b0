// The case of the open conversation: where it stands, what can be decided, and everything to decide it on.

import type { ComponentChildren } from 'preact'
import { useEffect, useState } from 'preact/hooks'
import { ActionPanel } from '../shared/action/ActionPanel'
import { agentForms } from '../shared/action/spec'
import { actionWords, formWords } from '../shared/action/words'
import { failureText } from '../shared/api'
import { dateTime } from '../shared/format'
import { locale } from '../shared/i18n'
import { Icon } from '../shared/icon'
import { Timeline } from '../shared/timeline'
import type { CaseView, KindView } from '../shared/wire'
import { BriefPanel } from './brief_panel'
import { Checklist, VerdictBlock } from './card'
import { CaseClocks } from './case_clocks'
import { BothSides } from './evidence_sides'
import { saveFile } from './download'
import { ScoresPanel } from './scores_panel'
import type { Live } from './session'
import { text } from './text'
import { whyNothing } from './timeline'
import { TimelineLog } from './timeline_log'

export function CasePane({ live }: { live: Live }) {
  const t = text()
  const view = live.desk.caseView.value
  const conversation = live.desk.open.value
  if (!conversation) return <aside class="pane pane-case is-empty" aria-label={t.panes.case} />
  return (
    <aside class="pane pane-case" aria-label={t.panes.case}>
      <BriefPanel key={conversation} live={live} conversation={conversation} />
      <ScoresPanel key={`${conversation}/scores`} live={live} conversation={conversation} />
      {view ? <CaseBody key={view.id} view={view} live={live} /> : <div class="case-none"><Icon name="scale" /><p>{t.case.none}</p><p class="small muted">{t.case.noneHint}</p></div>}
    </aside>
  )
}

/** A case with what may be done about it; for the pane, and for whatever else leads to a case. */
export function CaseBody({ view, live }: { view: CaseView; live: Live }) {
  const t = text().case
  return (
    <>
      <header class="case-head">
        <p class="row"><span class="chip chip-accent">{view.state_name}</span><span class="small muted clip">{t.id} {view.id}</span></p>
        <p class="sentence-text">{view.sentence}</p>
        <CaseClocks view={view} />
      </header>
      <Actions view={view} live={live} />
      <Block title={t.order}><Order view={view} /></Block>
      <Block title={t.story}>{view.story ? <p class="quote">{view.story}</p> : <p class="small muted">{t.noStory}</p>}</Block>
      {view.rejection && (
        <Block title={t.rejection}>
          <p class="small"><span class="chip chip-bad">{view.rejection.code}</span> {view.rejection.name} <time class="muted num" dateTime={view.rejection.at}>{dateTime(view.rejection.at)}</time></p>
          <p class="quote">{view.rejection.text}</p>
          {view.rejection.note && <p class="small note note-warn">{view.rejection.note}</p>}
        </Block>
      )}
      <Block title={t.evidence}><BothSides evidence={view.evidence ?? []} caseID={view.id} api={live.api} />
        {view.evidence?.length ? <PackButton id={view.id} live={live} /> : null}
        {view.checklist && view.checklist.some((row) => !row.done) && <><p class="small muted">{t.missing}</p><Checklist rows={view.checklist.filter((row) => !row.done)} /></>}
      </Block>
      {view.verdict && <Block title={t.verdict}><VerdictBlock verdict={view.verdict} /></Block>}
      {view.ruling && (
        <Block title={t.ruling}>
          <p class="small"><span class="chip chip-accent">{view.ruling.name}</span> <time class="muted num" dateTime={view.ruling.at}>{dateTime(view.ruling.at)}</time></p>
          <p class="quote">{view.ruling.reasons}</p>
        </Block>
      )}
      <Block title={t.steps}><Timeline steps={view.steps} /></Block>
      {view.timeline && view.timeline.length > 0 && <Block title={t.happened}><TimelineLog lines={view.timeline} drafts={live.drafts} /></Block>}
      <p class="case-foot small muted">{t.policy} {view.policy}</p>
    </>
  )
}

function Actions({ view, live }: { view: CaseView; live: Live }) {
  const t = text().case
  const { desk, api, drafts } = live
  const [kinds, setKinds] = useState<readonly KindView[]>([])
  const asks = view.allowed_actions.includes('request_evidence')
  useEffect(() => {
    if (!asks) return
    let current = true
    api.kinds().then((all) => { if (current) setKinds(all) }, () => undefined)
    return () => { current = false }
  }, [asks, locale.value])
  const forms = agentForms(view)
  return (
    <section class="case-actions" aria-label={t.actions}>
      <h3>{t.actions}</h3>
      {forms.length === 0 ? <p class="small muted">{whyNothing(view, desk.login) ?? t.nothingToDo}</p> : (
        <ActionPanel forms={forms} view={view} drafts={drafts} kinds={kinds}
          send={(action, body, key) => api.act(view.id, action, body, key)}
          done={(after, action) => {
            desk.keepCase(after)
            desk.toast(t.done(actionWords(formWords(), action).label), 'good')
          }}
          refused={(advice) => { if (advice.refresh) desk.reloadCase(view.id).catch(() => undefined) }} />
      )}
    </section>
  )
}

/** Saves the evidence of the case as a zip. */
function PackButton({ id, live }: { id: string; live: Live }) {
  const t = text().case
  const [busy, setBusy] = useState(false)
  const save = async (): Promise<void> => {
    setBusy(true)
    try {
      saveFile(await live.api.pack(id), `${id}.zip`)
    } catch (err) {
      live.desk.toast(failureText(err), 'bad')
    } finally {
      setBusy(false)
    }
  }
  return <button type="button" class="btn btn-sm btn-block" disabled={busy} onClick={() => void save()}>{busy ? t.packing : t.pack}</button>
}

function Block({ title, children }: { title: string; children: ComponentChildren }) {
  return <section class="block"><h3>{title}</h3>{children}</section>
}

function Order({ view }: { view: CaseView }) {
  const t = text().case
  const { order } = view
  return (
    <>
      <div class="order">
        {order.image ? <img src={order.image} alt="" loading="lazy" /> : <span class="order-blank"><Icon name="box" /></span>}
        <div class="grow">
          <p class="order-title">{order.title}</p>
          <p class="small muted">{[order.spec, order.shop, order.status].filter(Boolean).join(' · ')}</p>
        </div>
      </div>
      <dl class="facts">
        {view.reason_name && <div><dt>{t.reason}</dt><dd>{view.reason_name}</dd></div>}
        {view.type_name && <div><dt>{t.type}</dt><dd>{view.type_name}</dd></div>}
        {view.amounts?.map((row) => <div key={row.label}><dt>{row.label}</dt><dd class="num">{row.value}</dd></div>)}
      </dl>
    </>
  )
}
