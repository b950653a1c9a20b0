// Canned replies as data: which one is meant by what was typed after a slash, and what still has to be filled in.

import { signal } from '@preact/signals'
import type { Filled, Macro } from '../shared/wire'
import type { AgentApi } from './session'

export interface Slash {
  /** Where the slash stands in the text. */
  from: number
  query: string
}

// After the beginning, a space or a line: a slash inside a word or an address is none. A Chinese keyboard types ／.
const slash = /(?:^|\s)([/／]([\p{L}\p{N}_-]*))$/u

/** slashAt finds the slash that is being typed in front of the caret. */
export function slashAt(text: string, caret: number): Slash | undefined {
  const found = slash.exec(text.slice(0, caret))
  const typed = found?.[1]
  return typed === undefined ? undefined : { from: caret - typed.length, query: found?.[2] ?? '' }
}

/** pick lists what the query may mean: shortcuts that begin so first, then what has it anywhere. */
export function pick(replies: readonly Filled[], query: string): Filled[] {
  const q = query.toLowerCase()
  const rank = (r: Filled): number => {
    const shortcut = r.shortcut.toLowerCase()
    if (shortcut.startsWith(q)) return 0
    if (shortcut.includes(q) || r.title.toLowerCase().includes(q)) return 1
    return r.text.toLowerCase().includes(q) ? 2 : 3
  }
  return replies
    .map((reply, at) => ({ reply, at, rank: rank(reply) }))
    .filter((x) => x.rank < 3)
    .sort((a, b) => a.rank - b.rank || Number(b.reply.own ?? false) - Number(a.reply.own ?? false) || a.at - b.at)
    .map((x) => x.reply)
}

/** put lays a reply in place of the slash; the caret goes behind it. */
export function put(text: string, at: Slash, caret: number, reply: string): { text: string; caret: number } {
  return { text: text.slice(0, at.from) + reply + text.slice(caret), caret: at.from + reply.length }
}

const open = /\{\{[^{}]*\}\}/g

/** unfilled are the slots that still stand in a text: such a text is not sent. */
export function unfilled(text: string): string[] {
  return [...new Set(text.match(open) ?? [])]
}

/** The macro of the reply that was put last and not sent yet, by conversation. */
export const macros = signal<ReadonlyMap<string, Macro>>(new Map())

export function keepMacro(conversation: string, macro: Macro | undefined): void {
  const next = new Map(macros.value)
  if (macro) next.set(conversation, macro)
  else if (!next.delete(conversation)) return
  macros.value = next
}

/** Replies of one conversation, read anew whenever the menu opens: a case moves on. */
export class CannedMenu {
  readonly replies = signal<readonly Filled[] | undefined>(undefined)
  readonly failed = signal(false)
  private run = 0

  constructor(private readonly api: Pick<AgentApi, 'filled'>, private readonly conversation: string) {}

  async read(): Promise<void> {
    const mine = ++this.run
    try {
      const { replies } = await this.api.filled(this.conversation)
      if (mine !== this.run) return
      this.replies.value = replies
      this.failed.value = false
    } catch {
      if (mine === this.run) this.failed.value = true
    }
  }
}
