// Which key means what. Pure: it sees a key press, not the page.

export type Command = 'next' | 'previous' | 'claim' | 'reply' | 'note' | 'tickets' | 'search' | 'help'

export interface Key {
  key: string
  ctrlKey: boolean
  metaKey: boolean
  altKey: boolean
  isComposing: boolean
  /** The press happened in a text field, a select, or an open dialog. */
  busy: boolean
}

const commands: Readonly<Record<string, Command>> = { j: 'next', k: 'previous', c: 'claim', r: 'reply', n: 'note', t: 'tickets', '/': 'search', '?': 'help' }

/** commandOf is silent while somebody types, composes Chinese, or uses a shortcut of the browser. */
export function commandOf(key: Key): Command | undefined {
  if (key.busy || key.isComposing || key.ctrlKey || key.metaKey || key.altKey) return undefined
  return commands[key.key]
}

/** isSend is Ctrl+Enter, or Command+Enter, outside of composing. */
export function isSend(e: Pick<KeyboardEvent, 'key' | 'ctrlKey' | 'metaKey' | 'isComposing'>): boolean {
  return e.key === 'Enter' && (e.ctrlKey || e.metaKey) && !e.isComposing
}
