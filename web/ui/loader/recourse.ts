// The JS API of the widget. Calls made before the script came are kept by a stub:
//   window.Recourse = window.Recourse || { q: [], boot(o) { this.q.push(['boot', o]) }, … }
// or simply by pushing [name, ...args] to Recourse.q.
import { Widget, type BootOptions, type EventName, type Listener } from './widget'

export interface RecourseAPI {
  boot(options: BootOptions): void
  open(): void
  close(): void
  toggle(): void
  shutdown(): void
  clock(now: string, speed: number): void
  /** Returns a function that ends the subscription. */
  on(event: EventName, listener: Listener): () => void
}

export type Queued = [name: string, ...args: unknown[]]

export function makeAPI(server: string, make: (o: BootOptions, emit: (n: EventName, d?: unknown) => void) => Widget = (o, emit) => new Widget(server, o, emit)): RecourseAPI {
  let widget: Widget | undefined
  const listeners = new Map<EventName, Set<Listener>>()
  const emit = (name: EventName, data?: unknown): void => {
    for (const listener of listeners.get(name) ?? []) {
      try {
        listener(data)
      } catch (err) {
        // A fault of the page must not stop the chat; it is reported as the page's own.
        setTimeout(() => { throw err })
      }
    }
  }
  const need = (): Widget | undefined => {
    if (!widget) console.warn('Recourse: call boot() first')
    return widget
  }
  const api: RecourseAPI = {
    boot(options) {
      if (!options?.token) return console.warn('Recourse.boot: a token is needed')
      widget?.shutdown()
      widget = make(options, emit)
    },
    open: () => need()?.open(),
    close: () => widget?.close(),
    toggle: () => (need()?.isOpen ? api.close() : api.open()),
    shutdown() {
      widget?.shutdown()
      widget = undefined
    },
    clock: (now, speed) => widget?.clock(now, speed),
    on(event, listener) {
      const set = listeners.get(event) ?? new Set()
      set.add(listener)
      listeners.set(event, set)
      return () => set.delete(listener)
    },
  }
  return api
}

/** Runs what the stub kept, in order. Unknown names are the page's mistake and are told. */
export function replay(api: RecourseAPI, queued: readonly Queued[]): void {
  for (const [name, ...args] of queued) {
    const method: unknown = Object.hasOwn(api, name) ? api[name as keyof RecourseAPI] : undefined
    if (typeof method === 'function') Reflect.apply(method, api, args)
    else console.warn(`Recourse: no method ${String(name)}`)
  }
}
