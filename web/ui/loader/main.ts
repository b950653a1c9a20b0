import { makeAPI, replay, type Queued, type RecourseAPI } from './recourse'

declare global {
  interface Window {
    Recourse?: Partial<RecourseAPI> & { q?: Queued[] }
  }
}

// The server is where this script came from.
const script = document.currentScript
const server = script instanceof HTMLScriptElement && script.src ? new URL('.', script.src).href.replace(/\/$/, '') : location.origin

function start(): void {
  const queued = window.Recourse?.q ?? []
  const api = makeAPI(server)
  window.Recourse = { ...api, q: [] }
  replay(api, queued)
}

if (document.body) start()
else document.addEventListener('DOMContentLoaded', start, { once: true })
