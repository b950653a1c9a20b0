// A storage that never throws: private modes and full disks make the real one fail, and a chat must go on.

export interface Store {
  read(key: string): string | null
  write(key: string, value: string | null): void
  keys(prefix: string): string[]
}

export function safeStore(area: () => Storage): Store {
  // Only what the real storage refused to take.
  const memory = new Map<string, string>()
  return {
    read(key) {
      const kept = memory.get(key)
      if (kept !== undefined) return kept
      try {
        return area().getItem(key)
      } catch {
        return null
      }
    },
    write(key, value) {
      memory.delete(key)
      try {
        if (value === null) area().removeItem(key)
        else area().setItem(key, value)
      } catch {
        if (value !== null) memory.set(key, value)
      }
    },
    keys(prefix) {
      const found = new Set([...memory.keys()].filter((k) => k.startsWith(prefix)))
      try {
        const real = area()
        for (let i = 0; i < real.length; i++) {
          const key = real.key(i)
          if (key?.startsWith(prefix)) found.add(key)
        }
      } catch {
        // Memory only.
      }
      return [...found]
    },
  }
}

export const local: Store = safeStore(() => localStorage)
export const session: Store = safeStore(() => sessionStorage)

export function readJSON<T>(store: Store, key: string, guard: (v: unknown) => v is T): T | undefined {
  const raw = store.read(key)
  if (raw === null) return undefined
  try {
    const v: unknown = JSON.parse(raw)
    return guard(v) ? v : undefined
  } catch {
    return undefined
  }
}
