// The log of requests that the desk shows. Polls that repeat are one line with a count, so that writes stay visible.

import type { Exchange } from '../../shared/api'

export interface Line extends Exchange {
  id: number
  times: number
}

const longest = 40

/** logged adds an exchange in front. A read that was answered alike before moves up and counts. */
export function logged(log: readonly Line[], x: Exchange): readonly Line[] {
  const id = (log.reduce((top, line) => Math.max(top, line.id), 0)) + 1
  if (x.method === 'GET') {
    const same = log.find((line) => line.method === 'GET' && line.path === x.path && line.status === x.status)
    if (same) return log.map((line) => (line === same ? { ...x, id: same.id, times: same.times + 1 } : line))
  }
  return [{ ...x, id, times: 1 }, ...log].slice(0, longest)
}
