import { signal } from '@preact/signals'
import { beforeEach, describe, expect, it } from 'vitest'
import { Drafts } from '../shared/action/drafts'
import type { Kept } from '../shared/frame'
import type { Pending } from '../shared/outbox'
import { safeStore } from '../shared/storage'
import type { CaseView, EntryList, Frame, InboxItem, LogEntry, State } from '../shared/wire'
import { Desk } from './desk'

const item = (more: Partial<InboxItem> = {}): InboxItem => ({ conversation: 'd1', buyer: '小林', holder: 'waiting_human', epoch: 4, seq: 2, seen: 0, ...more })
const entry = (seq: number, more: Partial<LogEntry> = {}): Frame =>
  ({ t: 'entry', conversation: 'd1', entry: { seq, at: '2026-11-24T08:00:00Z', author: { kind: 'buyer' }, kind: 'text', text: 'x', ...more } })
const state = (more: Partial<State> = {}): Frame =>
  ({ conversation: 'd1', version: 1, holder: 'waiting_human', epoch: 4, seen_buyer: 0, seen_agent: 0, ...more, t: 'state' })
const caseView = (version: number): CaseView => ({
  id: 'c1', version, state: 'platform_review', state_name: '', sentence: `v${version}`, order: { order: 'o', line: 'l', title: '', shop: '', paid_fen: 1, status: '' },
  shop: 's', amount_fen: 1, steps: [], allowed_actions: [], created_at: '', waiting_on_you: false, updated_at: '', policy: '',
})
const welcome: Frame = { t: 'welcome', role: 'agent', seq: 0, now: '2026-11-24T08:00:00Z', speed: 1, limits: { text_runes: 2000, frame_bytes: 1, images: 1, videos: 1, image_bytes: 1, video_bytes: 1, video_seconds: 60, min_side: 0 } }

function setup() {
  const items = signal<readonly Pending[]>([])
  const sent: Frame[] = []
  const kept: Kept[] = []
  const loads: { id: string; answer(view: CaseView): void }[] = []
  const asked: { id: string; before: number; answer(list: EntryList): void; fail(err: Error): void }[] = []
  let now = 0
  let ids = 0
  const wire = {
    outbox: { items },
    send: (frame: Kept) => { kept.push(frame); items.value = [...items.value, { id: frame.id, frame, at: '', status: 'sent', tries: 1 }] },
    transmit: (frame: Frame) => { sent.push(frame); return true },
    retry: () => undefined,
    discard: (id: string) => { items.value = items.value.filter((p) => p.id !== id) },
  }
  const store = safeStore(() => sessionStorage)
  const desk = new Desk('wang', {
    wire, newId: () => `id${++ids}`, wall: () => now,
    load: (id) => new Promise((resolve) => loads.push({ id, answer: resolve })),
    entries: (id, before) => new Promise((resolve, reject) => asked.push({ id, before, answer: resolve, fail: reject })),
  }, new Drafts('test.', store))
  const fail = (id: string) => { items.value = items.value.map((p) => (p.id === id ? { ...p, status: 'failed' } : p)) }
  return { desk, sent, kept, loads, asked, items, fail, tick: (ms: number) => { now += ms } }
}

beforeEach(() => sessionStorage.clear())

describe('the desk', () => {
  it('watches from where its transcript ends, again after every welcome', () => {
    const { desk, sent } = setup()
    desk.openConversation('d1')
    desk.receive(entry(1))
    desk.receive(entry(2))
    desk.receive(welcome)
    expect(sent).toEqual([{ t: 'watch', conversation: 'd1', since: 0, tail: 100 }, { t: 'watch', conversation: 'd1', since: 2 }])
  })

  it('asks once for what is missing between entries', () => {
    const { desk, sent } = setup()
    desk.openConversation('d1')
    desk.receive(entry(1))
    desk.receive(entry(3))
    desk.receive(entry(4))
    expect(sent.filter((f) => f.t === 'watch')).toEqual([{ t: 'watch', conversation: 'd1', since: 0, tail: 100 }, { t: 'watch', conversation: 'd1', since: 1 }])
  })

  it('looks again at what left its list and is back', () => {
    const { desk, sent } = setup()
    desk.receive({ t: 'inbox', whole: true, items: [item()] })
    desk.openConversation('d1')
    desk.receive(entry(1))
    desk.receive({ t: 'inbox', items: [item({ holder: 'bot', epoch: 5 })] })
    desk.receive({ t: 'inbox', items: [item({ epoch: 6 })] })
    desk.receive({ t: 'inbox', items: [item({ epoch: 6, seq: 3 })] })
    expect(sent.filter((f) => f.t === 'watch')).toEqual([{ t: 'watch', conversation: 'd1', since: 0, tail: 100 }, { t: 'watch', conversation: 'd1', since: 1 }])
  })

  it('reads what was before the end that came first, once at a time, and keeps what it has when that fails', async () => {
    const { desk, asked } = setup()
    const log = (seq: number): LogEntry => (entry(seq) as Extract<Frame, { t: 'entry' }>).entry
    desk.openConversation('d1')
    desk.receive(entry(101))
    desk.receive(entry(102))
    const failing = desk.older()
    await desk.older()
    expect(asked.map((a) => a.before)).toEqual([101])
    asked[0]?.fail(new Error('down'))
    await expect(failing).rejects.toThrow('down')
    expect(desk.reading.value).toBe(false)
    const reading = desk.older()
    desk.receive(entry(103))
    asked[1]?.answer({ entries: [log(1), log(100), log(101)] })
    await reading
    expect(desk.transcript.value.entries.map((e) => e.seq)).toEqual([1, 100, 101, 102, 103])
    expect(desk.transcript.value.upTo).toBe(103)
    await desk.older()
    expect(asked).toHaveLength(2) // from the beginning there is nothing before
  })

  it('claims with the epoch it saw, and not twice', () => {
    const { desk, kept } = setup()
    desk.openConversation('d1')
    desk.receive(state({ epoch: 7 }))
    desk.claim()
    desk.claim()
    expect(kept).toEqual([{ t: 'claim', id: 'id1', conversation: 'd1', epoch: 7 }])
    expect(desk.busy.value).toBe(true)
  })

  it('says when somebody else was faster, and looks again', () => {
    const { desk, sent, fail } = setup()
    desk.openConversation('d1')
    desk.receive(state())
    desk.claim()
    fail('id1')
    desk.receive({ t: 'error', code: 'ALREADY_CLAIMED', message: '已被接手', for: 'id1' })
    expect(desk.busy.value).toBe(false)
    expect(desk.toasts.value.map((t) => t.text)).toEqual(['已被接手'])
    expect(sent.at(-1)).toEqual({ t: 'watch', conversation: 'd1', since: 0, tail: 100 })
  })

  it('leaves a refused message where it stands instead of a toast', () => {
    const { desk, fail } = setup()
    desk.openConversation('d1')
    desk.say('您好')
    fail('id1')
    desk.receive({ t: 'error', code: 'NOT_HOLDER', message: '不是您在处理', for: 'id1' })
    expect(desk.toasts.value).toEqual([])
    expect(desk.pending.value.map((p) => p.id)).toEqual(['id1'])
  })

  it('takes its own message out of the outbox when the log echoes it', () => {
    const { desk, items } = setup()
    desk.openConversation('d1')
    desk.say('您好')
    desk.receive(entry(1, { author: { kind: 'agent' }, client: 'li:id1' }))
    expect(items.value).toHaveLength(1)
    desk.receive(entry(2, { author: { kind: 'agent' }, client: 'wang:id1' }))
    expect(items.value).toHaveLength(0)
  })

  it('loads the whole case when a newer version is announced, and keeps the newest', async () => {
    const { desk, loads } = setup()
    desk.openConversation('d1')
    desk.receive(state({ case: caseView(3) }))
    expect(desk.caseView.value?.version).toBe(3)
    loads[0]?.answer({ ...caseView(4), story: '屏幕不亮' })
    await Promise.resolve()
    await Promise.resolve()
    expect(desk.caseView.value?.story).toBe('屏幕不亮')
    desk.keepCase(caseView(3))
    expect(desk.caseView.value?.version).toBe(4)
    desk.receive(state({ version: 2, case: caseView(4) }))
    expect(loads).toHaveLength(1)
  })

  it('draws a case whose lists are missing', () => {
    const { desk } = setup()
    desk.openConversation('d1')
    const bare: unknown = { ...caseView(1), allowed_actions: null, steps: null }
    desk.receive(state({ case: bare as CaseView }))
    expect(desk.caseView.value).toMatchObject({ allowed_actions: [], steps: [] })
  })

  it('ignores a state older than the one it has', () => {
    const { desk } = setup()
    desk.openConversation('d1')
    desk.receive(state({ version: 5, holder: 'human' }))
    desk.receive(state({ version: 4, holder: 'waiting_human' }))
    expect(desk.state.value?.holder).toBe('human')
  })

  it('sends typing at most every three seconds, and only while the conversation is its own', () => {
    const { desk, sent, tick } = setup()
    desk.openConversation('d1')
    tick(10_000)
    desk.typed(true)
    expect(sent.filter((f) => f.t === 'typing')).toHaveLength(0)
    desk.receive({ t: 'inbox', whole: true, items: [item({ holder: 'human', mine: true })] })
    desk.typed(true)
    tick(1000)
    desk.typed(true)
    tick(2500)
    desk.typed(true)
    expect(sent.filter((f) => f.t === 'typing')).toHaveLength(2)
  })

  it('sends a read mark only for its own conversations, once', () => {
    const { desk, sent } = setup()
    desk.openConversation('d1')
    desk.receive({ t: 'inbox', whole: true, items: [item()] })
    desk.receive(entry(1))
    desk.seen()
    expect(sent.filter((f) => f.t === 'seen')).toHaveLength(0)
    desk.receive({ t: 'inbox', items: [item({ holder: 'human', mine: true })] })
    desk.seen()
    desk.seen()
    expect(sent.filter((f) => f.t === 'seen')).toEqual([{ t: 'seen', conversation: 'd1', seq: 1 }])
  })

  it('says that it has read a note that names the agent, whoever has the conversation, once', () => {
    const { desk, sent } = setup()
    desk.openConversation('d1')
    desk.receive({ t: 'inbox', whole: true, items: [item({ holder: 'human', agent: 'li', mentions: { wang: 2, li: 1 } })] })
    desk.receive(entry(1))
    desk.seen()
    expect(sent.filter((f) => f.t === 'seen')).toHaveLength(0)
    desk.receive(entry(2, { kind: 'note', author: { kind: 'agent' } }))
    desk.seen()
    desk.seen()
    expect(sent.filter((f) => f.t === 'seen')).toEqual([{ t: 'seen', conversation: 'd1', seq: 2 }])
  })

  it('forgets typing when the text arrives', () => {
    const { desk } = setup()
    desk.receive({ t: 'typing', conversation: 'd1', on: true, who: 'buyer' })
    expect(desk.typing.value.has('d1')).toBe(true)
    desk.receive(entry(1))
    expect(desk.typing.value.has('d1')).toBe(false)
  })

  it('reopens the same conversation after a reload', () => {
    setup().desk.openConversation('d1')
    expect(setup().desk.open.value).toBe('d1')
  })
})
