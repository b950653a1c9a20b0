// Reports: the figures of days, as numbers, as charts, and each chart as a table, too.

import { useEffect, useState } from 'preact/hooks'
import type { ComponentChildren } from 'preact'
import { failureText } from '../shared/api'
import { clock } from '../shared/format'
import { Icon } from '../shared/icon'
import type { Report, ReportDay, Score, Times } from '../shared/wire'
import { saveFile } from './download'
import { addDays, ceiling, filled, labelled, percent, sound, stack, ticks } from './reports_chart'
import type { Area } from './reports_chart'
import type { AgentApi } from './session'
import { duration, outcomeWord, reasonWord, reportWords } from './wall_words'
import './wall.css'
import './reports.css'

const shanghai = new Intl.DateTimeFormat('sv-SE', { timeZone: 'Asia/Shanghai', year: 'numeric', month: '2-digit', day: '2-digit' })

export function ReportsScreen({ api, onClose }: { api: AgentApi; onClose(): void }) {
  const w = reportWords()
  const [today, setToday] = useState(() => shanghai.format(clock.now()))
  const [range, setRange] = useState(() => ({ from: addDays(today, -6), to: today }))
  const [report, setReport] = useState<Report>()
  const [trouble, setTrouble] = useState('')
  const [busy, setBusy] = useState(false)
  const [saving, setSaving] = useState(false)
  const good = sound(range.from, range.to)
  useEffect(() => {
    if (!good) return
    let mine = true
    setBusy(true)
    api.report(range.from, range.to)
      .then((r) => { if (mine) { setReport(r); setToday(r.today); setTrouble('') } }, (err: unknown) => { if (mine) setTrouble(failureText(err)) })
      .finally(() => { if (mine) setBusy(false) })
    return () => { mine = false }
  }, [api, range, good])
  const save = (): void => {
    setSaving(true)
    api.reportFile(range.from, range.to)
      .then((file) => saveFile(file, `recourse-${range.from}-${range.to}.csv`), (err: unknown) => setTrouble(failureText(err)))
      .finally(() => setSaving(false))
  }
  const last = (days: number): void => setRange({ from: addDays(today, 1 - days), to: today })
  return (
    <main class="reports" aria-label={w.title} aria-busy={busy}>
      <div class="row wall-bar">
        <h2 class="grow">{w.title}</h2>
        <label class="row small">{w.from}<input type="date" class="input report-date" required value={range.from} max={range.to} onChange={(e) => setRange({ ...range, from: e.currentTarget.value })} /></label>
        <label class="row small">{w.to}<input type="date" class="input report-date" required value={range.to} max={today} onChange={(e) => setRange({ ...range, to: e.currentTarget.value })} /></label>
        <button type="button" class="btn btn-sm btn-quiet" onClick={() => last(1)}>{w.today}</button>
        <button type="button" class="btn btn-sm btn-quiet" onClick={() => last(7)}>{w.last7}</button>
        <button type="button" class="btn btn-sm btn-quiet" onClick={() => last(30)}>{w.last30}</button>
        <button type="button" class="btn btn-sm" disabled={!good || saving} onClick={save}><Icon name="file" class="icon-sm" />{saving ? w.saving : w.save}</button>
        <button type="button" class="btn btn-sm" onClick={onClose}><Icon name="chat" class="icon-sm" />{w.close}</button>
      </div>
      {!good && <p class="note note-warn" role="alert">{w.bad}</p>}
      {trouble && <p class="note note-bad" role="alert">{trouble}</p>}
      {!report && !trouble && good && <p class="pane-quiet">{w.loading}</p>}
      {report && <Body report={report} />}
    </main>
  )
}

/** timeBound words the bound within which a part of the times is. */
export function timeBound(t: Times, bound: number, bounds: readonly number[]): string {
  const w = reportWords()
  if (t.count === 0) return w.none
  return bound < 0 ? w.beyond(duration(bounds.at(-1) ?? 0)) : w.upTo(duration(bound))
}

function Body({ report }: { report: Report }) {
  const w = reportWords()
  const t = report.total
  const open = report.to >= report.today
  return (
    <>
      <p class="small muted">{w.zone(report.zone)} {open && w.unfinished}</p>
      <dl class="wall-figures report-figures">
        <Figure label={w.talks} value={String(t.talks)} hint={w.talksHint} />
        <Figure label={w.contained} value={percent(t.contained, t.talks) ?? w.none} hint={w.containedHint} />
        <Figure label={w.handoffs} value={String(t.handoffs)} hint={`${w.left} ${t.left} · ${w.missed} ${t.missed}`} />
        <Figure label={w.first} value={t.first_response.count > 0 ? duration(t.first_response.mean) : w.none} hint={spread(t.first_response, report.bounds, w.firstHint)} />
        <Figure label={w.resolution} value={t.resolution.count > 0 ? duration(t.resolution.mean) : w.none} hint={spread(t.resolution, report.bounds, w.resolutionHint)} />
        <Figure label={w.csatBot} value={score(t.csat_bot)} hint={w.answers(t.csat_bot.count)} />
        <Figure label={w.csatHuman} value={score(t.csat_human)} hint={w.answers(t.csat_human.count)} />
        <Figure label={w.rulings} value={String(t.rulings)} hint={`${w.filed} ${t.filed} · ${w.escalated} ${t.escalated}`} />
        <Figure label={w.overturned} value={String(t.overturned)} hint={w.overturnedOf(t.appeals)} />
      </dl>
      <div class="report-charts">
        <Days title={w.perDay} days={report.days} series={[w.contained, w.withPerson]} values={(d) => [d.contained, d.talks - d.contained]} />
        <Days title={w.perDayOther} days={report.days} series={[w.handoffs, w.rulings]} values={(d) => [d.handoffs, d.rulings]} />
        <Rows title={w.reasons} rows={sorted(t.reasons).map(([name, n]) => [reasonWord(name), n])} />
        <Rows title={w.spans} rows={spanRows(t.first_response, report.bounds)} />
        <Rows title={w.spansResolution} rows={spanRows(t.resolution, report.bounds)} />
        <Rows title={w.outcomes} rows={sorted(t.outcomes).map(([name, n]) => [outcomeWord(name), n])} />
        <Rows title={`${w.stars}: ${w.bot}`} rows={starRows(t.csat_bot)} />
        <Rows title={`${w.stars}: ${w.human}`} rows={starRows(t.csat_human)} />
      </div>
      <details class="card wall-part report-meaning">
        <summary>{w.meaning}</summary>
        <ul>{w.meanings.map((m) => <li key={m}>{m}</li>)}</ul>
      </details>
    </>
  )
}

function spread(t: Times, bounds: readonly number[], hint: string): string {
  const w = reportWords()
  if (t.count === 0) return hint
  return `${hint} · ${w.mean} · ${w.median} ${timeBound(t, t.median, bounds)} · ${w.nine} ${timeBound(t, t.nine, bounds)}`
}

const score = (s: Score): string => (s.count > 0 ? s.mean.toFixed(2) : reportWords().none)

const sorted = (parts: Readonly<Record<string, number>>): [string, number][] => Object.entries(parts).sort((a, b) => b[1] - a[1] || (a[0] < b[0] ? -1 : 1))

function spanRows(t: Times, bounds: readonly number[]): [string, number][] {
  const w = reportWords()
  return t.spans.slice(0, filled(t.spans)).map((n, i) => {
    const bound = bounds[i]
    return [bound === undefined ? w.beyond(duration(bounds.at(-1) ?? 0)) : w.upTo(duration(bound)), n]
  })
}

const starRows = (s: Score): [string, number][] => (s.count === 0 ? [] : s.stars.map((n, i): [string, number] => [reportWords().star(i + 1), n]).reverse())

function Figure({ label, value, hint }: { label: string; value: string; hint: string }) {
  return <div class="wall-figure"><dt>{label}</dt><dd><span class="num wall-number">{value}</span><span class="small wall-more">{hint}</span></dd></div>
}

const area: Area = { width: 640, height: 220, left: 44, bottom: 24, top: 10 }

/** Bars of days, two series above each other, told apart by colour and by hatching. */
function Days({ title, days, series, values }: { title: string; days: readonly ReportDay[]; series: readonly string[]; values(d: ReportDay): number[] }) {
  const w = reportWords()
  const all = days.map(values)
  const most = Math.max(0, ...all.map((v) => v.reduce((a, b) => a + b, 0)))
  const top = ceiling(most)
  const y = (n: number): number => area.height - area.bottom - (n * (area.height - area.bottom - area.top)) / top
  const slot = (area.width - area.left) / Math.max(1, days.length)
  return (
    <Chart title={title} table={
      <table class="report-table">
        <thead><tr><th scope="col">{w.day}</th>{series.map((s) => <th key={s} scope="col">{s}</th>)}</tr></thead>
        <tbody>{days.map((d, i) => <tr key={d.day}><th scope="row">{d.day}</th>{(all[i] ?? []).map((n, s) => <td key={series[s]} class="num">{n}</td>)}</tr>)}</tbody>
      </table>
    }>
      {most === 0 ? <p class="pane-quiet">{w.empty}</p> : (
        <>
          <ul class="row report-legend small">{series.map((s, i) => <li key={s}><span class={`report-key series-${i}`} aria-hidden="true" />{s}</li>)}</ul>
          <svg class="report-svg" viewBox={`0 0 ${area.width} ${area.height}`} role="img" aria-label={`${title}: ${series.map((s, i) => `${s} ${all.reduce((sum, v) => sum + (v[i] ?? 0), 0)}`).join(', ')}`}>
            <defs><pattern id="report-hatch" width="6" height="6" patternUnits="userSpaceOnUse" patternTransform="rotate(45)"><rect width="6" height="6" class="hatch-back" /><line x1="0" y1="0" x2="0" y2="6" class="hatch-line" /></pattern></defs>
            {ticks(top).map((n) => <g key={n}><line x1={area.left} x2={area.width} y1={y(n)} y2={y(n)} class="report-grid" /><text x={area.left - 6} y={y(n) + 4} text-anchor="end">{n}</text></g>)}
            {stack(all, top, area).map((b) => b.height > 0 && <rect key={`${b.day}/${b.series}`} class={`series-${b.series}`} x={b.x} y={b.y} width={b.width} height={b.height}><title>{`${days[b.day]?.day ?? ''} ${series[b.series] ?? ''}: ${all[b.day]?.[b.series] ?? 0}`}</title></rect>)}
            {labelled(days.length, 7).map((i) => <text key={i} x={area.left + slot * (i + 0.5)} y={area.height - 6} text-anchor={days.length > 14 && i === days.length - 1 ? 'end' : 'middle'}>{days[i]?.day?.slice(5)}</text>)}
          </svg>
        </>
      )}
    </Chart>
  )
}

/** Bars of a few things by name; the list of them is the table at once. */
function Rows({ title, rows }: { title: string; rows: readonly (readonly [string, number])[] }) {
  const w = reportWords()
  const most = Math.max(1, ...rows.map((r) => r[1]))
  const all = rows.reduce((sum, r) => sum + r[1], 0)
  return (
    <section class="card wall-part" aria-label={title}>
      <h3>{title}</h3>
      {all === 0 ? <p class="pane-quiet">{w.empty}</p> : (
        <table class="report-table report-rows">
          <thead class="sr-only"><tr><th scope="col">{title}</th><th scope="col">{w.count}</th><th scope="col">{w.share}</th></tr></thead>
          <tbody>
            {rows.map(([name, n]) => (
              <tr key={name}>
                <th scope="row">{name}<svg class="report-bar" viewBox="0 0 100 6" preserveAspectRatio="none" aria-hidden="true"><rect class="report-rail" width="100" height="6" /><rect class="series-0" width={(100 * n) / most} height="6" /></svg></th>
                <td class="num">{n}</td>
                <td class="num muted">{percent(n, all)}</td>
              </tr>
            ))}
          </tbody>
        </table>
      )}
    </section>
  )
}

function Chart({ title, table, children }: { title: string; table: ComponentChildren; children: ComponentChildren }) {
  return (
    <section class="card wall-part report-wide" aria-label={title}>
      <h3>{title}</h3>
      {children}
      <details class="report-details"><summary class="small">{reportWords().table}</summary><div class="report-scroll" tabIndex={0} role="group" aria-label={title}>{table}</div></details>
    </section>
  )
}
