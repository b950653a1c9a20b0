// A complaint as every page shows it: where it stands, who said what, what was decided, and a form for what the
// reader may do. Pages differ only in who reads and in what they send it with.
import { useState } from 'preact/hooks'
import { failureText } from './api'
import './complaint.css'
import { dateTime } from './format'
import { dictionary } from './i18n'
import { newID } from './ids'
import { CaseSentence } from './sentence'
import { EvidenceThumb, type Shown } from './thumb'
import { Timeline } from './timeline'
import type { ComplaintView } from './wire'

const zh = {
  about: '投诉',
  byBuyer: '买家投诉商家',
  byShop: '商家投诉买家',
  silent: '对方逾期未答复',
  late: '审核已超时',
  said: '投诉内容',
  reply: '商家的方案',
  answer: '买家的说明',
  decision: '平台的结论',
  final: '最终结果',
  appeal: '申诉理由',
  evidence: '凭证',
  noEvidence: '还没有凭证',
  ofBuyer: '买家提供',
  ofShop: '商家提供',
  check: (hash: string) => `校验码 ${hash}`,
  money: '投诉只针对行为，不涉及退款',
  actions: '处理',
  nothing: '现在没有需要您做的事',
  reasons: '书面理由（双方都能看到，至少 10 个字）',
  words: '说明',
  needWords: '请先填写',
  measure: '对被投诉方',
  measures: { none: '不另作处罚', warning: '警示', penalty: '处罚' } as Record<string, string>,
  send: '确认提交',
  cancel: '取消',
  names: {
    claim: '受理', uphold: '认定成立', not_uphold: '认定不成立', affirm: '维持原结果', overturn: '改变结果',
    reply: '回复处理方案', supplement: '补充说明', withdraw: '撤销投诉', appeal: '申诉',
  } as Record<string, string>,
}

const en: typeof zh = {
  about: 'Complaint',
  byBuyer: 'A buyer about a shop',
  byShop: 'A shop about a buyer',
  silent: 'No answer in time',
  late: 'Review is late',
  said: 'What happened',
  reply: "The shop's solution",
  answer: "The buyer's side",
  decision: "The platform's decision",
  final: 'Final',
  appeal: 'Why it was appealed',
  evidence: 'Evidence',
  noEvidence: 'No evidence yet',
  ofBuyer: "Buyer's",
  ofShop: "Shop's",
  check: (hash) => `Checksum ${hash}`,
  money: 'A complaint is about conduct; no money is involved',
  actions: 'Actions',
  nothing: 'Nothing for you to do now',
  reasons: 'Written reasons (both sides read them; at least 10 characters)',
  words: 'Your words',
  needWords: 'Please fill this in',
  measure: 'Against the other side',
  measures: { none: 'No further measure', warning: 'A warning', penalty: 'A penalty' },
  send: 'Confirm',
  cancel: 'Cancel',
  names: {
    claim: 'Take it', uphold: 'Uphold', not_uphold: 'Do not uphold', affirm: 'Leave the decision', overturn: 'Change the decision',
    reply: 'Answer with a solution', supplement: 'Add a statement', withdraw: 'Withdraw', appeal: 'Appeal',
  },
}

export const complaintWords = dictionary(zh, en)

/** What asks something of the reader stands out; what ended well for who complained is green. */
export function complaintTone(c: Pick<ComplaintView, 'state' | 'waiting_on_you' | 'terminal'>): string {
  if (c.waiting_on_you) return 'chip-warn'
  if (c.state === 'closed_resolved') return 'chip-good'
  return c.terminal ? '' : 'chip-accent'
}

export function ComplaintFacts({ view, onOpen, head = true }: { view: ComplaintView; onOpen: (items: readonly Shown[], at: number) => void; head?: boolean }) {
  const w = complaintWords()
  const all = view.evidence ?? []
  return (
    <div class="stack complaint">
      {head && (
        <p class="row complaint-head">
          <strong class="grow clip">{view.kind_name || w.about}</strong>
          {view.silent && <span class="chip chip-warn">{w.silent}</span>}
          {view.late && !view.terminal && <span class="chip chip-bad">{w.late}</span>}
          <span class={`chip ${complaintTone(view)}`}>{view.state_name}</span>
        </p>
      )}
      <p class="small muted">{view.by === 'merchant' ? w.byShop : w.byBuyer} · {view.shop} · {view.order.title}</p>
      <CaseSentence case={view} />
      {view.text && <Said title={w.said} text={view.text} at={view.filed_at} />}
      {view.answer && <Said title={view.by === 'merchant' ? w.answer : w.reply} text={view.answer.text} at={view.answer.at} />}
      {view.audit && (
        <Said title={w.decision} text={view.audit.reasons} at={view.audit.at}
          head={[view.audit.name, view.audit.measure_name, view.audit.final && w.final].filter(Boolean).join(' · ')} />
      )}
      {view.appeal && <Said title={w.appeal} text={view.appeal} at={undefined} />}
      <Pieces title={w.ofBuyer} items={all.filter((e) => e.party === 'buyer')} onOpen={onOpen} />
      <Pieces title={w.ofShop} items={all.filter((e) => e.party === 'merchant')} onOpen={onOpen} />
      <Timeline steps={view.steps} />
      <p class="hint">{w.money}</p>
    </div>
  )
}

function Said({ title, head, text, at }: { title: string; head?: string; text: string; at: string | undefined }) {
  return (
    <div class="complaint-said">
      <p class="small muted">{title}{at && <> · <time class="num" dateTime={at}>{dateTime(at)}</time></>}</p>
      {head && <p><strong>{head}</strong></p>}
      <p class="complaint-words">{text}</p>
    </div>
  )
}

function Pieces({ title, items, onOpen }: { title: string; items: readonly Shown[]; onOpen: (items: readonly Shown[], at: number) => void }) {
  const w = complaintWords()
  if (items.length === 0) return null
  return (
    <div>
      <p class="small muted">{title}</p>
      <ul class="complaint-pieces">
        {items.map((e, i) => (
          <li key={e.id}>
            <EvidenceThumb item={e} onOpen={() => onOpen(items, i)} />
            <span class="small clip">{e.label}</span>
            {e.at && <time class="hint num" dateTime={e.at}>{dateTime(e.at)}</time>}
            {e.sha256 && <span class="hint num" title={e.sha256}>{w.check(e.sha256.slice(0, 8))}</span>}
          </li>
        ))}
      </ul>
    </div>
  )
}

/** What an action asks for: nothing, words, words and a measure, or that it is meant. */
const asks: Record<string, { text?: 'words' | 'reasons'; measure?: true; confirmed?: true; style?: string }> = {
  claim: { style: 'btn-primary' },
  uphold: { text: 'reasons', measure: true, style: 'btn-primary' },
  not_uphold: { text: 'reasons' },
  affirm: { text: 'reasons' },
  overturn: { text: 'reasons', measure: true, style: 'btn-primary' },
  reply: { text: 'words', style: 'btn-primary' },
  supplement: { text: 'words' },
  appeal: { text: 'words', confirmed: true },
  withdraw: { confirmed: true, style: 'btn-danger' },
}

export type ComplaintBody = { expected_version: number; text?: string; measure?: string; confirmed?: boolean }

/** The reader's actions. One is open at a time; its key is made with it, so that a repeat of a lost answer does nothing twice. */
export function ComplaintActions({ view, send }: { view: ComplaintView; send: (action: string, body: ComplaintBody, key: string) => Promise<unknown> }) {
  const w = complaintWords()
  const [open, setOpen] = useState<{ action: string; key: string }>()
  const [text, setText] = useState('')
  const [measure, setMeasure] = useState('warning')
  const [busy, setBusy] = useState(false)
  const [trouble, setTrouble] = useState('')
  const actions = Object.keys(asks).filter((a) => view.allowed_actions.includes(a))
  const run = async (action: string, key: string): Promise<void> => {
    const want = asks[action] ?? {}
    if (want.text && text.trim().length < (want.text === 'reasons' ? 10 : 1)) {
      setTrouble(want.text === 'reasons' ? w.reasons : w.needWords)
      return
    }
    setBusy(true)
    setTrouble('')
    try {
      const body: ComplaintBody = { expected_version: view.version }
      if (want.text) body.text = text.trim()
      if (want.measure) body.measure = measure
      if (want.confirmed) body.confirmed = true
      await send(action, body, key)
      setOpen(undefined)
      setText('')
    } catch (err) {
      setTrouble(failureText(err))
    } finally {
      setBusy(false)
    }
  }
  const choose = (action: string): void => {
    const next = { action, key: newID('k') }
    setTrouble('')
    if (!asks[action]?.text && !asks[action]?.confirmed) void run(action, next.key)
    else setOpen(next)
  }
  if (actions.length === 0) return <p class="small muted">{w.nothing}</p>
  const want = open ? asks[open.action] : undefined
  return (
    <div class="stack">
      {!open && (
        <div class="complaint-buttons">
          {actions.map((a) => <button key={a} type="button" class={`btn ${asks[a]?.style ?? ''}`} disabled={busy} onClick={() => choose(a)}>{w.names[a] ?? a}</button>)}
        </div>
      )}
      {open && (
        <form class="stack" onSubmit={(e) => { e.preventDefault(); void run(open.action, open.key) }}>
          <p><strong>{w.names[open.action] ?? open.action}</strong></p>
          {want?.measure && (
            <div class="field">
              <label for="complaint-measure">{w.measure}</label>
              <select id="complaint-measure" class="input" value={measure} onChange={(e) => setMeasure(e.currentTarget.value)}>
                {Object.entries(w.measures).map(([k, name]) => <option key={k} value={k}>{name}</option>)}
              </select>
            </div>
          )}
          {want?.text && (
            <div class="field">
              <label for="complaint-text">{want.text === 'reasons' ? w.reasons : w.words}</label>
              <textarea id="complaint-text" class="input" rows={4} maxLength={want.text === 'reasons' ? 2000 : 500} value={text} onInput={(e) => setText(e.currentTarget.value)} />
            </div>
          )}
          <div class="complaint-buttons">
            <button type="submit" class={`btn ${want?.style === 'btn-danger' ? 'btn-danger' : 'btn-primary'}`} disabled={busy}>{w.send}</button>
            <button type="button" class="btn btn-quiet" disabled={busy} onClick={() => { setOpen(undefined); setTrouble('') }}>{w.cancel}</button>
          </div>
        </form>
      )}
      {trouble && <p class="error-text" role="alert">{trouble}</p>}
    </div>
  )
}
