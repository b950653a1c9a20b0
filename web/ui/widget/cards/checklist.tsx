import { Icon } from '../../shared/icon'
import type { CaseView, ChecklistRow, KindView, State } from '../../shared/wire'
import { useApp } from '../context'
import { lastCard } from '../log'
import { Pieces } from '../pieces'
import { KindUpload } from '../upload'
import { words } from '../rich_words'

/** What evidence is for: a case, or a complaint, which lists no checklist of its own. */
type Target = Pick<CaseView, 'id' | 'state' | 'evidence' | 'can_add' | 'asked_kinds' | 'checklist'>

/** The case or complaint of an id, if the page knows it. */
export function targetOf(state: State | undefined, of: string | undefined): Target | undefined {
  if (state?.case?.id === of) return state?.case
  return state?.complaints?.find((c) => c.id === of)
}

const sameKinds = (a: ChecklistRow, b: ChecklistRow): boolean =>
  a.kinds.length === b.kinds.length && a.kinds.every((k, i) => b.kinds[i]?.kind === k.kind)

/** The rows of a card with the ticks of the case as it is now. */
export function currentRows(rows: readonly ChecklistRow[], now: Target | undefined, of: string | undefined): readonly ChecklistRow[] {
  if (!now || now.id !== of) return rows
  const given = (row: ChecklistRow): boolean => row.kinds.some((k) => now.evidence?.some((e) => e.kind === k.kind && e.party === 'buyer'))
  if (!now.checklist) return rows.map((row) => ({ ...row, done: row.done || given(row) }))
  return rows.map((row) => now.checklist?.find((r) => sameKinds(r, row)) ?? row)
}

/** May this kind be added now? Without a list of the server nothing may. */
export function addable(kind: string, now: Target | undefined, of: string | undefined): boolean {
  if (!now || now.id !== of) return false
  return [...(now.can_add ?? []), ...(now.asked_kinds ?? [])].some((k) => k.kind === kind)
}

/** The newest checklist of a case takes uploads; older ones only show. */
export function Checklist({ rows, of, on }: { rows: readonly ChecklistRow[]; of: string | undefined; on: number }) {
  const { chat } = useApp()
  const now = targetOf(chat.state.value, of)
  const newest = lastCard(chat.entries.value, 'evidence', of) === on
  return (
    <ul class="checklist">
      {currentRows(rows, now, of).map((row) => <Row key={row.kinds.map((k) => k.kind).join('|')} row={row} now={now} of={of} open={newest} />)}
    </ul>
  )
}

function Row({ row, now, of, open }: { row: ChecklistRow; now: Target | undefined; of: string | undefined; open: boolean }) {
  const w = words()
  return (
    <li class={`check-row ${row.done ? 'is-done' : ''}`}>
      <div class="check-head">
        <span class="check-tick"><Icon name={row.done ? 'check' : 'circle'} class="icon-sm" /></span>
        <strong class="grow">{row.kinds.length > 1 ? w.anyOf : row.kinds[0]?.label}</strong>
        <span class={`chip ${row.done ? 'chip-good' : row.required ? 'chip-warn' : ''}`}>{row.done ? w.done : row.required ? w.required : w.optional}</span>
      </div>
      {row.kinds.map((k) => (
        <KindBlock key={k.kind} kind={k} titled={row.kinds.length > 1} of={of} now={now} can={open && addable(k.kind, now, of)} />
      ))}
    </li>
  )
}

/** One kind: what must be visible, what is there, what is on its way, and how to add. */
export function KindBlock({ kind, titled, of, now, can }: { kind: KindView; titled: boolean; of: string | undefined; now: Target | undefined; can: boolean }) {
  const w = words()
  const have = now && now.id === of ? (now.evidence ?? []).filter((e) => e.kind === kind.kind && e.party === 'buyer') : []
  return (
    <div class="kind">
      {titled && <p class="kind-label">{kind.label}</p>}
      {kind.must_show?.length ? <p class="hint">{w.mustShow}{': '}{kind.must_show.join(' · ')}</p> : null}
      {kind.avoid?.length ? <p class="hint">{w.avoid}{': '}{kind.avoid.join(' · ')}</p> : null}
      {now && have.length > 0 && <Pieces items={have} now={now} />}
      {of && <KindUpload kind={kind} of={of} can={can} have={have.map((e) => e.id)} />}
    </div>
  )
}
