// The parts of the chat that the first message does not need come in a chunk of their own, fetched at leisure.
import { signal } from '@preact/signals'

type Rich = typeof import('./rich')

const rich = signal<Rich | undefined>(undefined)
let asked = false

/** Cards other than choices, and the panel of the case; undefined until they are here. */
export function useRich(): Rich | undefined {
  loadRich()
  return rich.value
}

export function loadRich(): void {
  if (asked || rich.value) return
  asked = true
  import('./rich').then(
    (m) => { rich.value = m },
    () => {
      // Offline at the wrong moment: ask again, for the cards cannot be shown without it.
      setTimeout(() => { asked = false; loadRich() }, 3000)
    },
  )
}
