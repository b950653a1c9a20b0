import type { Result } from './data'

/** One word of a search: "status:failed", "tag:x", "topic:x", "lang:zh", or a part of anything that is shown of a case. */
export function fits(c: Result, term: string): boolean {
  const at = term.indexOf(':')
  const value = term.slice(at + 1)
  switch (at < 0 ? '' : term.slice(0, at)) {
    case 'status': return c.status === value
    case 'tag': return c.tags?.some((t) => t.toLowerCase() === value) ?? false
    case 'lang': return c.lang.toLowerCase().startsWith(value)
    case 'topic': return c.question?.topic === value || (c.question?.accept?.includes(value) ?? false)
    default: return [c.id, c.question?.text, c.question?.topic, c.pos.file, ...(c.tags ?? [])].some((s) => s?.toLowerCase().includes(term))
  }
}
