import type { Row } from '../../shared/wire'

export function Rows({ rows }: { rows: readonly Row[] | undefined }) {
  if (!rows?.length) return null
  return <dl class="facts">{rows.map((r) => <div key={r.label}><dt>{r.label}</dt><dd>{r.value}</dd></div>)}</dl>
}
