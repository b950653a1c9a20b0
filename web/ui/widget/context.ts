import { createContext } from 'preact'
import { useContext } from 'preact/hooks'
import type { Shown } from '../shared/thumb'
import type { Chat } from './chat'
import type { Host } from './host'

/** What every component of the widget may reach for. */
export interface App {
  chat: Chat
  host: Host
  /** Opens the viewer over the whole panel. */
  view: (items: readonly Shown[], start: number) => void
  /** Puts text back into the composer. */
  edit: (text: string) => void
}

export const AppContext = createContext<App | undefined>(undefined)

export function useApp(): App {
  const app = useContext(AppContext)
  if (!app) throw new Error('no AppContext')
  return app
}
