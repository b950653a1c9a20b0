import { locale } from '../shared/i18n'
import type { Page } from './data'
import { words } from './words'

/** A topic as people read it: its name, with the id where they may look it up. */
export function topicName(page: Page, id: string | undefined): string {
  if (!id) return '—'
  const name = page.names?.[id]?.[locale.value === 'en' ? 1 : 0]
  return name ? `${name} · ${id}` : (words().special[id] ?? id)
}

export const percent = (f: number): string => `${(f * 100).toFixed(1)} %`

/** A probability: very small ones as such. */
export const chance = (p: number): string => (p < 0.001 ? '< 0.001' : p.toFixed(3))
