import { useSignal } from '@preact/signals'
import type { FunctionComponent } from 'preact'
import { useEffect, useMemo, useState } from 'preact/hooks'
import type { Shown } from '../shared/thumb'
import { Composer } from './composer'
import { AppContext, type App } from './context'
import { Banner, Header } from './header'
import { loadRich, useRich } from './lazy'
import { Transcript } from './transcript'

interface Viewed { items: readonly Shown[]; start: number }

/** The viewer is fetched when the first piece is opened. */
function LazyViewer(props: Viewed & { onClose: () => void }) {
  const [Viewer, setViewer] = useState<FunctionComponent<typeof props> | undefined>(undefined)
  useEffect(() => {
    void import('../shared/viewer').then((m) => setViewer(() => m.EvidenceViewer), props.onClose)
  }, [])
  return Viewer ? <Viewer {...props} /> : null
}

function Strip() {
  const rich = useRich()
  return rich ? <><rich.CaseStrip /><rich.ComplaintStrip /></> : null
}

export function Panel({ parts, shown }: { parts: Pick<App, 'chat' | 'host'>; shown: boolean }) {
  const inserted = useSignal('')
  const [viewed, setViewed] = useState<Viewed | undefined>(undefined)
  const { chat, host } = parts
  const app = useMemo<App>(() => ({
    ...parts,
    view: (items, start) => setViewed({ items, start }),
    edit: (text) => { inserted.value = text },
  }), [parts])
  const unread = chat.unread.value
  useEffect(() => {
    if (chat.ready.value) host.post({ type: 'unread', count: unread })
  }, [unread, chat.ready.value])
  useEffect(() => {
    // Once there is something to read, the rest may come.
    if (chat.ready.value) loadRich()
  }, [chat.ready.value])
  return (
    <AppContext.Provider value={app}>
      <main class="panel-root" onKeyDown={(e) => { if (e.key === 'Escape' && !viewed) host.post({ type: 'close' }) }}>
        <Header />
        <Banner />
        {chat.ready.value && <Strip />}
        <Transcript shown={shown} />
        <Composer inserted={inserted} shown={shown} />
      </main>
      {viewed && <LazyViewer items={viewed.items} start={viewed.start} onClose={() => setViewed(undefined)} />}
    </AppContext.Provider>
  )
}
