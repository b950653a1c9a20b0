// What charts are drawn from: scales and bars as numbers. It knows neither markup nor words.

/** ceiling is the top of a scale: 1, 2 or 5 times a power of ten, at least 5, that holds the largest value. */
export function ceiling(most: number): number {
  if (most <= 5) return 5
  const power = 10 ** Math.floor(Math.log10(most))
  return ([1, 2, 5, 10].find((n) => n * power >= most) ?? 10) * power
}

/** ticks are the marks of a scale from 0 to its top: five of them, or as many as there are whole numbers. */
export function ticks(top: number): number[] {
  const step = top % 5 === 0 ? top / 5 : top / 4
  const out: number[] = []
  for (let n = 0; n <= top; n += step) out.push(n)
  return out
}

export interface Bar { day: number; series: number; x: number; y: number; width: number; height: number }

/** A chart's area in its own units; the page scales it. */
export interface Area { width: number; height: number; left: number; bottom: number; top: number }

/** stack puts the values of each day above each other: values[day][series]. */
export function stack(values: readonly (readonly number[])[], top: number, area: Area): Bar[] {
  const slot = (area.width - area.left) / Math.max(1, values.length)
  const width = Math.max(1, Math.min(36, slot * 0.7))
  const scale = (area.height - area.bottom - area.top) / top
  return values.flatMap((parts, day) => {
    let below = area.height - area.bottom
    return parts.map((value, series) => {
      const height = value * scale
      below -= height
      return { day, series, x: area.left + slot * day + (slot - width) / 2, y: below, width, height }
    })
  })
}

/** labelled says which of so many days are named below the chart: at most so many, and the last always. */
export function labelled(days: number, most: number): number[] {
  const step = Math.max(1, Math.ceil(days / most))
  const out: number[] = []
  for (let day = days - 1; day >= 0; day -= step) out.unshift(day)
  return out
}

/** addDays moves a day ("2026-11-26") by so many; days are of no zone here. */
export function addDays(day: string, by: number): string {
  const at = new Date(`${day}T00:00:00Z`)
  at.setUTCDate(at.getUTCDate() + by)
  return at.toISOString().slice(0, 10)
}

/** sound holds for a range that the server takes. */
export function sound(from: string, to: string): boolean {
  const a = Date.parse(`${from}T00:00:00Z`)
  const b = Date.parse(`${to}T00:00:00Z`)
  return !Number.isNaN(a) && !Number.isNaN(b) && a <= b && (b - a) / 86_400_000 < 366
}

/** percent is a share as people read it; nothing to share is no share. */
export function percent(part: number, whole: number): string | undefined {
  return whole > 0 ? `${Math.round((100 * part) / whole)}%` : undefined
}

/** filled are the spans up to the last that holds anything, so that no chart ends in empty rows. */
export function filled(spans: readonly number[]): number {
  let last = spans.length
  while (last > 0 && (spans[last - 1] ?? 0) === 0) last--
  return last
}
