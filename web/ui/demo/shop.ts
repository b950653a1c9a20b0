// The state of the demo shop: who is signed in, his orders, and the marketplace's clock.
import { signal } from '@preact/signals'
import type { RecourseAPI } from '../loader/recourse'
import { Api, failureText } from '../shared/api'
import { clock } from '../shared/format'
import { locale } from '../shared/i18n'
import { session } from '../shared/storage'
import type { OrderItem } from '../shared/wire'

export interface Shop {
  buyers: { id: string; name: string }[]
  shops: { id: string; name: string; key?: string }[]
  agents: { login: string; password: string; name: string; role: string }[]
  now: string
  speed: number
}

interface ClockAnswer { now: string; speed: number }

const api = new Api()
const KEY = 'recourse.demo.buyer'
const REFRESH = 4000

export const shop = signal<Shop | undefined>(undefined)
export const buyer = signal('')
export const orders = signal<readonly OrderItem[] | undefined>(undefined)
export const failure = signal('')

/** What is called before the script has come is kept by the stub. */
export function widget(): Partial<RecourseAPI> & { q?: [string, ...unknown[]][] } {
  window.Recourse ??= { q: [] }
  return window.Recourse
}

function call(name: keyof RecourseAPI, ...args: unknown[]): void {
  const w = widget()
  const method = w[name]
  if (typeof method === 'function') Reflect.apply(method, w, args)
  else w.q?.push([name, ...args])
}

export const openChat = (): void => call('open')

export async function load(): Promise<void> {
  try {
    shop.value = await api.get<Shop>('/demo/api/shop')
    failure.value = ''
    clock.sync(shop.value.now, shop.value.speed)
    const kept = session.read(KEY)
    const first = shop.value.buyers.find((b) => b.id === kept) ?? shop.value.buyers[0]
    if (first) await signIn(first.id)
  } catch (err) {
    failure.value = failureText(err)
  }
}

export async function signIn(id: string): Promise<void> {
  buyer.value = id
  session.write(KEY, id)
  orders.value = undefined
  boot()
  await refresh()
}

/** Gives the widget this buyer's token; a new one is made whenever it is asked for. */
export function boot(): void {
  const id = buyer.value
  if (!id) return
  call('boot', {
    token: async () => (await api.post<{ token: string }>('/demo/api/token', { buyer: id })).token,
    locale: locale.value,
    theme: document.documentElement.dataset['theme'] ?? 'auto',
  })
}

export async function refresh(): Promise<void> {
  const id = buyer.value
  if (!id) return
  try {
    const found = await api.get<{ orders: OrderItem[] }>(`/demo/api/orders?buyer=${encodeURIComponent(id)}`)
    if (id !== buyer.value) return
    orders.value = found.orders
    failure.value = ''
  } catch (err) {
    if (id === buyer.value) failure.value = failureText(err)
  }
}

function took(answer: ClockAnswer): void {
  clock.sync(answer.now, answer.speed)
  call('clock', answer.now, answer.speed)
  if (shop.value) shop.value = { ...shop.value, ...answer }
}

export async function readClock(): Promise<void> {
  try {
    took(await api.get<ClockAnswer>('/demo/api/clock'))
  } catch (err) {
    failure.value = failureText(err)
  }
}

export async function advance(by: string): Promise<boolean> {
  try {
    took(await api.post<ClockAnswer>('/demo/api/clock', { advance: by }))
    await refresh()
    return true
  } catch (err) {
    failure.value = failureText(err)
    return false
  }
}

/** Orders change with what happens in the chat. */
export function poll(): () => void {
  const timer = setInterval(() => {
    if (!document.hidden) void refresh()
  }, REFRESH)
  return () => clearInterval(timer)
}
