// The demo merchant desk's state: one shop, its cases, the open case, and the requests made. Polls every two seconds.

import { signal } from '@preact/signals'
import type { Signal } from '@preact/signals'
import { complete } from '../../shared/action/complete'
import { Drafts } from '../../shared/action/drafts'
import { Api, failureText } from '../../shared/api'
import { clock } from '../../shared/format'
import { local, session } from '../../shared/storage'
import { Uploads } from '../../shared/uploads/queue'
import type { CaseAction, CaseList, CaseView, RejectCode, RejectCodes } from '../../shared/wire'
import { newer } from './cases'
import { logged } from './requests'
import type { Line } from './requests'

export interface Shop { id: string; name: string; key: string }
interface ShopWindow { shops: Shop[]; now: string; speed: number }

export const pollEvery = 2000
/** The demo's clock may be moved on another page: look at it every so many polls. */
const clockEvery = 5
/** Links to evidence are short-lived: renew them every so many polls. */
const linksEvery = 60

export class MerchantDesk {
  readonly shops: Signal<readonly Shop[]> = signal([])
  readonly shop: Signal<Shop | undefined> = signal(undefined)
  readonly cases: Signal<readonly CaseView[] | undefined> = signal(undefined)
  readonly hasMore = signal(false)
  readonly openId: Signal<string | undefined> = signal(session.read('recourse.merchant.case') ?? undefined)
  readonly view: Signal<CaseView | undefined> = signal(undefined)
  readonly codes: Signal<readonly RejectCode[]> = signal([])
  readonly log: Signal<readonly Line[]> = signal([])
  readonly trouble: Signal<string | undefined> = signal(undefined)
  readonly drafts = new Drafts('recourse.merchant.', local)
  readonly uploads = new Uploads({ token: () => this.shop.value?.key, bounds: () => undefined })

  private readonly demo = new Api({})
  readonly api = new Api({ token: () => this.shop.value?.key, onExchange: (x) => { this.log.value = logged(this.log.value, x) } })
  private pages = 1
  private polls = 0
  private running: AbortController | undefined
  private timer: ReturnType<typeof setTimeout> | undefined

  async start(): Promise<void> {
    try {
      await this.readDemo()
      const last = session.read('recourse.merchant.shop')
      this.enter(this.shops.value.find((s) => s.id === last) ?? this.shops.value[0])
    } catch (err) {
      this.trouble.value = failureText(err)
      this.timer = setTimeout(() => void this.start(), pollEvery)
    }
  }

  stop(): void {
    clearTimeout(this.timer)
    this.running?.abort()
    this.uploads.dispose()
  }

  enter(shop: Shop | undefined): void {
    if (!shop || shop.id === this.shop.value?.id) return
    const before = this.shop.value
    this.shop.value = shop
    session.write('recourse.merchant.shop', shop.id)
    this.cases.value = undefined
    this.pages = 1
    if (before) this.open(undefined)
    this.loadCodes()
    this.pollNow()
  }

  open(id: string | undefined): void {
    this.openId.value = id
    session.write('recourse.merchant.case', id ?? null)
    const listed = this.cases.value?.find((c) => c.id === id)
    this.view.value = listed
    if (id) this.pollNow()
  }

  /** The server words cases in the language of the request: read them again. */
  relocale(): void {
    this.view.value = undefined
    this.pollNow()
  }

  more(): void {
    this.pages++
    this.pollNow()
  }

  async act(id: string, action: string, body: CaseAction, key: string): Promise<CaseView> {
    const view = await this.api.post<CaseView>(`/api/merchant/cases/${encodeURIComponent(id)}/${encodeURIComponent(action)}`, body, { key })
    this.show(view, true)
    this.pollNow() // for the list
    return view
  }

  async simulate(caseId: string, event: string): Promise<void> {
    await this.demo.post('/demo/api/logistics', { case: caseId, event })
    this.pollNow()
  }

  /** pollNow drops a poll under way: what it would answer may be older than what was just done. */
  pollNow(): void {
    clearTimeout(this.timer)
    this.running?.abort()
    void this.poll()
  }

  private async poll(): Promise<void> {
    const mine = new AbortController()
    this.running = mine
    try {
      await this.read(mine.signal)
      if (mine.signal.aborted) return
      this.trouble.value = undefined
    } catch (err) {
      if (mine.signal.aborted) return
      this.trouble.value = failureText(err)
    }
    this.timer = setTimeout(() => void this.poll(), pollEvery)
  }

  private async read(signal: AbortSignal): Promise<void> {
    this.polls++
    if (this.polls % clockEvery === 0) await this.readDemo()
    const cases: CaseView[] = []
    let cursor = ''
    for (let page = 0; page < this.pages; page++) {
      const list = await this.api.get<CaseList>(`/api/merchant/cases${cursor ? `?cursor=${encodeURIComponent(cursor)}` : ''}`, { signal })
      cases.push(...(list.cases ?? []).map(complete))
      cursor = list.next ?? ''
      if (!cursor) break
    }
    if (signal.aborted) return
    this.cases.value = cases
    this.hasMore.value = cursor !== ''
    const id = this.openId.value
    if (!id) return
    const view = await this.api.get<CaseView>(`/api/merchant/cases/${encodeURIComponent(id)}`, { signal })
    if (!signal.aborted) this.show(view, this.polls % linksEvery === 0)
  }

  private show(view: CaseView, renewLinks: boolean): void {
    if (view.id !== this.openId.value) return
    this.view.value = newer(this.view.value, complete(view), renewLinks)
  }

  private async readDemo(): Promise<void> {
    const found = await this.demo.get<ShopWindow>('/demo/api/shop')
    this.shops.value = found.shops
    clock.sync(found.now, found.speed)
  }

  private loadCodes(): void {
    this.api.get<RejectCodes>('/api/merchant/reject-codes').then(
      (answer) => { this.codes.value = answer.codes },
      () => { this.codes.value = [] }, // The log shows why; a rejection cannot be chosen without codes.
    )
  }
}
