// Numbers and times as people read them. Dates are Shanghai time; all countdowns run on the server's clock.
import { signal } from '@preact/signals'
import type { Locale } from './i18n'
import { locale } from './i18n'
import { words } from './words'

const ZONE = 'Asia/Shanghai'

/** money(19900) is "¥199.00". Amounts are whole fen; nothing is ever computed in floating yuan. */
export function money(fen: number): string {
  const sign = fen < 0 ? '-' : ''
  const abs = Math.abs(Math.trunc(fen))
  const yuan = Math.floor(abs / 100).toString().replace(/\B(?=(\d{3})+$)/g, ',')
  return `${sign}¥${yuan}.${String(abs % 100).padStart(2, '0')}`
}

export function bytes(n: number): string {
  if (n < 1024) return `${n} B`
  if (n < 1024 * 1024) return `${Math.round(n / 1024)} KB`
  return `${(n / 1024 / 1024).toFixed(1)} MB`
}

interface Parts { year: number; month: number; day: number; hour: string; minute: string }

const splitter = new Intl.DateTimeFormat('en-GB', {
  timeZone: ZONE, year: 'numeric', month: 'numeric', day: 'numeric', hour: '2-digit', minute: '2-digit', hour12: false,
})

function parts(at: Date): Parts {
  const found: Record<string, string> = {}
  for (const p of splitter.formatToParts(at)) found[p.type] = p.value
  return {
    year: Number(found['year']), month: Number(found['month']), day: Number(found['day']),
    hour: found['hour'] === '24' ? '00' : (found['hour'] ?? '00'), minute: found['minute'] ?? '00',
  }
}

const MONTHS = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec']

function toDate(at: string | number | Date): Date {
  return at instanceof Date ? at : new Date(at)
}

/** "11月25日" or "25 Nov"; the year appears only when it is not the clock's. */
export function date(at: string | number | Date, lang: Locale = locale.value): string {
  const p = parts(toDate(at))
  const other = p.year !== parts(new Date(clock.now())).year
  if (lang === 'en') return `${p.day} ${MONTHS[p.month - 1]}${other ? ` ${p.year}` : ''}`
  return `${other ? `${p.year}年` : ''}${p.month}月${p.day}日`
}

/** "18:00" */
export function time(at: string | number | Date): string {
  const p = parts(toDate(at))
  return `${p.hour}:${p.minute}`
}

/** "11月25日 18:00" or "25 Nov 18:00" */
export function dateTime(at: string | number | Date, lang: Locale = locale.value): string {
  return `${date(at, lang)} ${time(at)}`
}

/** A deadline: midnight is the end of the day before, as the server words it ("12月2日 24:00"). */
export function due(at: string | number | Date, lang: Locale = locale.value): string {
  return time(at) === '00:00' ? `${date(toDate(at).getTime() - 1, lang)} 24:00` : dateTime(at, lang)
}

/** Day of the log, for separators: equal strings are the same Shanghai day. */
export function dayKey(at: string | number | Date): string {
  const p = parts(toDate(at))
  return `${p.year}-${p.month}-${p.day}`
}

/** A span in its largest useful units: hours up to three days ("45 小时"), then days, and hours unless short. */
export function span(ms: number, short = false): string {
  const w = words()
  const minutes = Math.floor(ms / 60_000)
  if (minutes < 1) return w.underMinute
  if (minutes < 60) return w.minutes(minutes)
  const hours = Math.floor(minutes / 60)
  if (hours < 3) {
    const rest = minutes % 60
    return rest === 0 ? w.hours(hours) : `${w.hours(hours)} ${w.minutes(rest)}`
  }
  if (hours < 72) return w.hours(hours)
  return short || hours % 24 === 0 ? w.days(Math.floor(hours / 24)) : w.daysHours(Math.floor(hours / 24), hours % 24)
}

export type Urgency = 'calm' | 'soon' | 'urgent' | 'over'

/** How pressing a deadline is: under 24 h soon, under 4 h urgent. */
export function urgency(left: number): Urgency {
  if (left <= 0) return 'over'
  if (left < 4 * 3_600_000) return 'urgent'
  if (left < 24 * 3_600_000) return 'soon'
  return 'calm'
}

/** "还剩 45 小时" or "已到时间" */
export function countdown(deadline: string, now: number, short = false): string {
  const left = new Date(deadline).getTime() - now
  return left > 0 ? words().left(span(left, short)) : words().over
}

/** The server's clock. It may run fast in a demo; it never runs backwards by a correction from an entry. */
export class Clock {
  /** Read tick.value in a component to be drawn again as time passes. */
  readonly tick = signal(0)
  private base = Date.now()
  private mark = 0
  private speed = 1
  private timer: ReturnType<typeof setInterval> | undefined

  constructor(private readonly monotone: () => number = () => performance.now()) {
    this.mark = this.monotone()
  }

  now(): number {
    return this.base + (this.monotone() - this.mark) * this.speed
  }

  /** From welcome, or from a demo's clock. */
  sync(now: string, speed: number): void {
    const at = Date.parse(now)
    if (Number.isNaN(at)) return
    this.base = at
    this.mark = this.monotone()
    this.speed = speed > 0 ? speed : 1
    this.tick.value++
  }

  /** Something was stamped at this instant, so it cannot be earlier now. */
  atLeast(at: string): void {
    const t = Date.parse(at)
    if (!Number.isNaN(t) && t > this.now()) this.sync(at, this.speed)
  }

  start(): void {
    this.timer ??= setInterval(() => this.tick.value++, 1000)
  }

  stop(): void {
    clearInterval(this.timer)
    this.timer = undefined
  }
}

export const clock = new Clock()
