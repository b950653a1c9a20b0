import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { ApiFailure, localFailure } from '../shared/api'
import { setLocale } from '../shared/i18n'
import type { Ticket, TicketList } from '../shared/wire'
import { kindsOfTickets, ticketTitle, ticketWords, wrongName, wrongs } from './ticket_words'
import { openTickets, Tickets } from './tickets'

const ticket = (id: string, more: Partial<Ticket> = {}): Ticket => ({ id, kind: 'ticket', why: 'payment_failed', case: `c_${id}`, shop: 's1', at: '2026-03-05T10:00:00Z', ...more })

let server: Ticket[]
let loaded: string[]
let tickets: Tickets

beforeEach(() => {
  vi.useFakeTimers()
  server = [ticket('a'), ticket('b', { kind: 'reminder', why: 'platform_decision' }), ticket('c')]
  loaded = []
  const api = {
    tickets: (): Promise<TicketList> => Promise.resolve({ tickets: [...server] }),
    ticketDone: (id: string): Promise<Ticket> => {
      const found = server.find((t) => t.id === id)
      if (!found) return Promise.reject(new ApiFailure(404, localFailure(404)))
      server = server.filter((t) => t !== found)
      return Promise.resolve(found)
    },
  }
  tickets = new Tickets(api, (id) => { loaded.push(id); return Promise.resolve() })
})
afterEach(() => {
  tickets.stop()
  vi.useRealTimers()
})

const ids = (): string[] => tickets.shown().map((t) => t.id)

describe('the list of tickets', () => {
  it('is read and counted, and read again by itself until it is stopped', async () => {
    await tickets.read()
    expect([ids(), openTickets.value]).toEqual([['a', 'b', 'c'], 3])
    server.push(ticket('d'))
    await vi.advanceTimersByTimeAsync(5000)
    expect([ids(), openTickets.value]).toEqual([['a', 'b', 'c', 'd'], 4])
    tickets.stop()
    server = []
    await vi.advanceTimersByTimeAsync(60_000)
    expect(ids()).toHaveLength(4)
  })

  it('loads the case of the ticket that is open', async () => {
    await tickets.read()
    tickets.show('c')
    await vi.advanceTimersByTimeAsync(0)
    expect(loaded).toEqual(['c_c'])
  })

  it('loads no case for a wrong answer in a conversation without one', async () => {
    server.push(ticket('w', { kind: 'wrong_answer', why: 'wrong_topic', case: '', conversation: 'd_1', entry: 4 }))
    await tickets.read()
    tickets.show('w')
    await vi.advanceTimersByTimeAsync(0)
    expect([loaded, tickets.trouble.value]).toEqual([[], ''])
  })

  it('goes on to the next one of the same kind when one is done', async () => {
    await tickets.read()
    tickets.kind.value = 'ticket'
    tickets.show('a')
    await tickets.done('a')
    expect([ids(), tickets.open.value, openTickets.value]).toEqual([['c'], 'c', 2])
    await tickets.done('c')
    expect([ids(), tickets.open.value, openTickets.value]).toEqual([[], undefined, 1])
  })

  it('keeps a ticket that could not be marked', async () => {
    await tickets.read()
    await expect(tickets.done('unknown')).rejects.toThrow(ApiFailure)
    expect(ids()).toEqual(['a', 'b', 'c'])
  })
})

describe('the words of tickets', () => {
  const doc = JSON.parse(readFileSync(join(import.meta.dirname, '../../openapi.json'), 'utf8')) as {
    paths: Record<string, { get?: { parameters?: { name: string; schema: { enum?: string[] } }[] } }>
    components: { schemas: Record<string, { properties: Record<string, { description: string; enum?: string[] }> }> }
  }
  const kinds = doc.paths['/api/agent/tickets']?.get?.parameters?.find((p) => p.name === 'kind')?.schema.enum ?? []
  const about = doc.components.schemas['Ticket']?.properties['why']?.description ?? ''
  const whys = about.slice(about.indexOf(':') + 1, about.indexOf(';')).split(',').map((why) => why.trim())

  it('know every kind of the API', () => {
    expect(kinds.length).toBeGreaterThan(3)
    expect(['', ...kinds].sort()).toEqual([...kindsOfTickets].sort())
  })

  it.each(['zh-CN', 'en'] as const)('say in %s what is wrong with an answer, every reason of the API', (lang) => {
    setLocale(lang)
    const reasons = doc.components.schemas['FlagAnswer']?.properties['why']?.enum ?? []
    expect([...wrongs].sort()).toEqual([...reasons].sort())
    for (const why of reasons) {
      expect(wrongName(why)).not.toContain('_')
      expect(ticketTitle({ kind: 'wrong_answer', why })).toBe(ticketWords().wrong(wrongName(why)))
      if (why !== 'other') expect(wrongName(why)).not.toBe(wrongName('other'))
    }
    expect(wrongName('not_known_here')).toBe(wrongName('other'))
  })

  it.each(['zh-CN', 'en'] as const)('say in %s what each is about, without a key', (lang) => {
    setLocale(lang)
    expect(whys).toContain('sla_breached')
    for (const why of whys) {
      const title = ticketTitle({ kind: 'ticket', why })
      expect(title, why).not.toBe(ticketWords().other)
      expect(title).not.toContain('_')
    }
    expect(ticketTitle({ kind: 'ticket', why: 'not_known_here' })).toBe(ticketWords().other)
    for (const why of ['platform_first_response', 'platform_decision']) expect(ticketTitle({ kind: 'reminder', why })).not.toContain('_')
  })
})
