// Words of the client's own chrome. What a case or a bot says comes worded from the server.
import { signal } from '@preact/signals'

export type Locale = 'zh-CN' | 'en'

export const locale = signal<Locale>('zh-CN')

/** The same mapping as the server's: anything that is not English is Chinese. */
export function parseLocale(tag: string | null | undefined): Locale {
  return tag?.toLowerCase().startsWith('en') ? 'en' : 'zh-CN'
}

/** Sets the language of the page; the html element carries it for fonts and screen readers. */
export function setLocale(next: Locale): void {
  locale.value = next
  if (typeof document !== 'undefined') document.documentElement.lang = next
}

/**
 * A dictionary is written as `const zh = {...}` and `const en: typeof zh = {...}`: a missing key, or a
 * message with other slots, does not compile. Reading it inside a component subscribes to the language.
 */
export function dictionary<T extends object>(zh: T, en: T): () => T {
  return () => (locale.value === 'en' ? en : zh)
}
