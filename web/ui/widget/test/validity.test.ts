import { describe, expect, it } from 'vitest'
import type { Pending } from '../../shared/outbox'
import type { CaseView, LogEntry } from '../../shared/wire'
import { lastCard, merge, newestOffer, position, unread, unstored } from '../log'
import { chosen, isStanding, pressable, type Now } from '../validity'

function caseView(actions: string[], id = 'c_1'): CaseView {
  return {
    id, version: 1, state: 'merchant_rejected', state_name: '', sentence: '', order: { order: 'o', line: 'l', title: '', shop: '', paid_fen: 1, status: '' },
    shop: '', amount_fen: 1, steps: [], allowed_actions: [], buttons: actions.map((action) => ({ action, label: action, args: { case: id } })), created_at: '', waiting_on_you: false, updated_at: '', policy: '',
  }
}

const now = (patch: Partial<Now> = {}): Now => ({ live: 5, holder: 'bot', case: undefined, ...patch })
const entry = (seq: number, patch: Partial<LogEntry> = {}): LogEntry => ({ seq, at: '2026-11-23T10:00:00Z', author: { kind: 'bot' }, kind: 'text', ...patch })
const press = (id: string, seq: number, action: string, args?: Record<string, string>, status: Pending['status'] = 'sent'): Pending =>
  ({ id, at: '', status, tries: 1, frame: { t: 'press', id, seq, action, ...(args ? { args } : {}) } })

describe('buttons of the flow', () => {
  it('work on the live card only', () => {
    expect(pressable({ action: 'pick_reason' }, 5, now())).toBe(true)
    expect(pressable({ action: 'pick_reason' }, 4, now())).toBe(false)
    expect(pressable({ action: 'pick_reason' }, 5, now({ live: 0 }))).toBe(false)
  })
  it('never work from the panel of the case, even when no card is live', () => {
    expect(pressable({ action: 'submit' }, 0, now({ live: 0 }))).toBe(false)
  })
  it('rest while a person has the chat', () => {
    expect(pressable({ action: 'submit' }, 5, now({ holder: 'human' }))).toBe(false)
    expect(pressable({ action: 'submit' }, 5, now({ holder: 'waiting_human' }))).toBe(false)
    expect(pressable({ action: 'confirm_resubmit' }, 5, now({ holder: 'human' }))).toBe(false)
  })
  it('that confirm a right on the case work whoever has the chat, on the live card', () => {
    for (const action of ['confirm_appeal', 'confirm_withdraw', 'confirm_accept', 'confirm_balance']) {
      expect(pressable({ action }, 5, now({ holder: 'waiting_human' }))).toBe(true)
      expect(pressable({ action }, 4, now({ holder: 'human' }))).toBe(false)
    }
  })
})

describe('the form for a part of the money', () => {
  const form = { action: 'ask_for', args: { type: 'partial' } }
  const part = { type: 'partial', amount_fen: '4000' }
  it('belongs to the live card', () => {
    expect(isStanding('ask_for')).toBe(false)
    expect(pressable(form, 5, now())).toBe(true)
    expect(pressable(form, 4, now())).toBe(false)
  })
  it('was filled in whatever the amount; another choice was not', () => {
    expect(chosen(form, 5, [entry(6, { kind: 'press', on: 5, action: 'ask_for', args: part })], [])).toBe('stored')
    expect(chosen(form, 5, [], [press('p', 5, 'ask_for', part)])).toBe('sending')
    expect(chosen({ action: 'ask_for', args: { type: 'reship' } }, 5, [entry(6, { kind: 'press', on: 5, action: 'ask_for', args: part })], [])).toBeUndefined()
  })
})

describe('what only explains', () => {
  it('works while the case is open and the assistant is there', () => {
    const open = now({ case: caseView(['accept_offer']), live: 0 })
    const rest = { action: 'keep_waiting', args: { case: 'c_1' } }
    expect(pressable(rest, 2, open)).toBe(true)
    expect(pressable({ ...rest, args: { case: 'c_2' } }, 2, open)).toBe(false)
    expect(pressable(rest, 2, { ...open, holder: 'human' })).toBe(false)
    expect(pressable(rest, 2, now({ case: { ...caseView([]), terminal: true } }))).toBe(false)
  })
})

describe('buttons of the case', () => {
  const rejected = now({ case: caseView(['escalate', 'resubmit']), live: 0 })
  it('work from any card as long as the case offers the action', () => {
    expect(pressable({ action: 'escalate', args: { case: 'c_1' } }, 2, rejected)).toBe(true)
    expect(pressable({ action: 'escalate', args: { case: 'c_1' } }, 0, rejected)).toBe(true)
    expect(pressable({ action: 'withdraw', args: { case: 'c_1' } }, 2, rejected)).toBe(false)
  })
  it('also while a person has the chat', () => {
    expect(pressable({ action: 'escalate', args: { case: 'c_1' } }, 2, { ...rejected, holder: 'human' })).toBe(true)
  })
  it('do not work for an earlier case, nor without one', () => {
    expect(pressable({ action: 'escalate', args: { case: 'c_0' } }, 2, rejected)).toBe(false)
    expect(pressable({ action: 'escalate', args: { case: 'c_1' } }, 2, now())).toBe(false)
  })
})

it('asking for a person works with the bot, leaving the queue without it', () => {
  expect(pressable({ action: 'human' }, 1, now())).toBe(true)
  expect(pressable({ action: 'human' }, 1, now({ holder: 'waiting_human' }))).toBe(false)
  expect(pressable({ action: 'back_to_bot' }, 0, now({ holder: 'waiting_human' }))).toBe(true)
  expect(['human', 'escalate', 'submit'].map(isStanding)).toEqual([true, true, false])
})

it('a likely topic may be asked from any card that named it, while the assistant is there', () => {
  const topic = { action: 'ask_topic', args: { topic: 'ret-freight' } }
  expect(isStanding('ask_topic')).toBe(true)
  expect(pressable(topic, 2, now({ live: 0 }))).toBe(true)
  expect(pressable(topic, 2, now({ holder: 'waiting_human' }))).toBe(false)
  expect(pressable(topic, 2, now({ holder: 'human' }))).toBe(false)
})

it.each(['bot', 'waiting_human', 'human'] as const)('a score may be given and changed while %s has the floor', (holder) => {
  expect(pressable({ action: 'rate', args: { segment: 's1', value: '5' } }, 2, now({ live: 0, holder }))).toBe(true)
})

describe('a pressed button', () => {
  const button = { action: 'pick_reason', args: { reason: 'quality_defect' } }
  it('is the last of several scores', () => {
    const score = (value: string) => ({ action: 'rate', args: { segment: 's1', value } })
    const given = ['5', '4'].map((value, i) => ({ seq: 3 + i, kind: 'press', on: 2, author: { kind: 'buyer' }, at: '', ...score(value) })) as LogEntry[]
    expect(['5', '4', '3'].map((v) => chosen(score(v), 2, given, []))).toEqual([undefined, 'stored', undefined])
  })

  it('is told by the log, with its own arguments', () => {
    const log = [entry(3, { kind: 'press', on: 2, action: 'pick_reason', args: { reason: 'quality_defect' } })]
    expect(chosen(button, 2, log, [])).toBe('stored')
    expect(chosen({ ...button, args: { reason: 'wrong_item' } }, 2, log, [])).toBeUndefined()
    expect(chosen(button, 7, log, [])).toBeUndefined()
  })
  it('is told by what is on its way, and by what was refused', () => {
    expect(chosen(button, 2, [], [press('p', 2, 'pick_reason', button.args)])).toBe('sending')
    expect(chosen(button, 2, [], [press('p', 2, 'pick_reason', button.args, 'failed')])).toBe('failed')
  })
  it('of a form is known in spite of the fields that the buyer filled in', () => {
    const form = { action: 'fill_tracking', args: { case: 'c_1' } }
    const log = [entry(3, { kind: 'press', on: 2, action: 'fill_tracking', args: { case: 'c_1', carrier: 'SF', waybill: 'SF1234567' } })]
    expect(chosen(form, 2, log, [])).toBe('stored')
  })
})

describe('the log', () => {
  it('keeps entries in order and takes each once', () => {
    const log = [3, 1, 2, 3, 1].reduce<readonly LogEntry[]>((l, seq) => merge(l, entry(seq)), [])
    expect(log.map((e) => e.seq)).toEqual([1, 2, 3])
    expect(position(log)).toBe(3)
    expect(merge(log, entry(2))).toBe(log)
  })
  it('hides the own copy of what it already holds', () => {
    const pending: Pending = { id: 'a', at: '', status: 'stored', tries: 1, frame: { t: 'say', id: 'a', text: 'x' } }
    expect(unstored([pending], [entry(1, { client: 'a', author: { kind: 'buyer' } })])).toEqual([])
    expect(unstored([pending], [])).toEqual([pending])
  })
  it('counts as unread what others wrote after the mark', () => {
    const log = [entry(1), entry(2, { author: { kind: 'buyer' } }), entry(3, { author: { kind: 'agent' } }), entry(4, { kind: 'note', author: { kind: 'agent' } }), entry(5, { kind: 'notice', author: { kind: 'system' } })]
    expect(unread(log, 1)).toBe(2)
    expect(unread(log, 5)).toBe(0)
  })
  it('knows the newest card of a case and the newest that offers an action', () => {
    const card = (kind: 'case' | 'choices', action?: string): LogEntry['card'] => ({ kind, case: 'c_1', buttons: action ? [{ action, label: '' }] : [] })
    const log = [entry(1, { card: card('case', 'withdraw') }), entry(2, { card: card('case', 'escalate') }), entry(3, { card: card('choices') })]
    expect(lastCard(log, 'case', 'c_1')).toBe(2)
    expect(lastCard(log, 'case', 'c_2')).toBe(0)
    expect(newestOffer(log, 'withdraw')).toBe(1)
    expect(newestOffer(log, 'human')).toBe(3)
  })
})
