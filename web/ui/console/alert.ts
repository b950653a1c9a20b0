// What an agent is called to: a conversation offered to him, a buyer who wrote to him, a colleague who named him, somebody
// who began to wait. As data first; how he is called (a notification of the desktop, a short sound) is below.

import { signal } from '@preact/signals'
import { dictionary, locale } from '../shared/i18n'
import { local } from '../shared/storage'
import type { InboxItem } from '../shared/wire'
import type { Desk } from './desk'
import type { InboxMap } from './inbox'

export type Call = { kind: 'offer' | 'message' | 'mention' | 'waiting'; item: InboxItem }

/** calls are what became new between two lists, what matters most first. Nothing is new in the first list. */
export function calls(before: InboxMap, after: InboxMap, login: string): Call[] {
  const out: Call[] = []
  for (const item of after.values()) {
    const was = before.get(item.conversation)
    if (item.offered?.to === login && was?.offered?.to !== login) out.push({ kind: 'offer', item })
    else if (mine(item, login) && item.owed && was && mine(was, login) && (!was.owed || item.seq > was.seq)) out.push({ kind: 'message', item })
    else if ((item.mentions?.[login] ?? 0) > (was?.mentions?.[login] ?? 0)) out.push({ kind: 'mention', item })
    else if (item.holder === 'waiting_human' && was?.holder !== 'waiting_human') out.push({ kind: 'waiting', item })
  }
  const order: readonly Call['kind'][] = ['offer', 'message', 'mention', 'waiting']
  return out.sort((a, b) => order.indexOf(a.kind) - order.indexOf(b.kind))
}

const mine = (item: InboxItem, login: string): boolean => item.holder === 'human' && item.agent === login

const zh = {
  on: '提醒已开启', off: '提醒已关闭', turnOn: '开启桌面提醒和提示音', turnOff: '关闭桌面提醒和提示音', denied: '浏览器不允许桌面通知，只有提示音。',
  offer: (buyer: string) => `分配给您：${buyer}`, message: (buyer: string) => `${buyer} 发来消息`, mention: (buyer: string) => `同事在 ${buyer} 的会话里提到您`, waiting: (buyer: string) => `${buyer} 正在等待人工`,
}
const en: typeof zh = {
  on: 'Alerts on', off: 'Alerts off', turnOn: 'Turn on desktop alerts and sound', turnOff: 'Turn off desktop alerts and sound', denied: 'The browser does not allow desktop notifications; there is only the sound.',
  offer: (buyer) => `Offered to you: ${buyer}`, message: (buyer) => `${buyer} wrote`, mention: (buyer) => `A colleague named you in the conversation of ${buyer}`, waiting: (buyer) => `${buyer} is waiting for a person`,
}
export const alertWords = dictionary(zh, en)

const key = 'recourse.console.alerts'

/** Whether this agent wants to be called, in this browser. */
export const alerting = signal(local.read(key) === 'on')

/** setAlerting asks the browser for what it needs; false: it gives no notifications. */
export async function setAlerting(on: boolean): Promise<boolean> {
  alerting.value = on
  local.write(key, on ? 'on' : null)
  if (!on || typeof Notification === 'undefined') return !on
  if (Notification.permission === 'default') await Notification.requestPermission()
  return Notification.permission === 'granted'
}

/** watchCalls calls the agent until it is stopped: not for what he looks at, and once for a burst. */
export function watchCalls(desk: Desk, onOpen: (id: string) => void, ring: () => void = beep): () => void {
  let before: InboxMap | undefined
  return desk.inbox.subscribe((after) => {
    const was = before
    before = desk.ready.peek() ? after : undefined
    if (!was || !alerting.peek()) return
    const looking = document.hasFocus() ? desk.open.peek() : undefined
    const news = calls(was, after, desk.login).filter((c) => c.item.conversation !== looking)
    const first = news[0]
    if (!first) return
    // Who waits for anybody is no reason to ring while the agent is at the desk: he sees the list.
    if (first.kind !== 'waiting' || document.hidden) ring()
    if (!document.hasFocus() && typeof Notification !== 'undefined' && Notification.permission === 'granted') show(first, onOpen)
  })
}

function show({ kind, item }: Call, onOpen: (id: string) => void): void {
  // The words of a buyer stay off a lock screen.
  const note = new Notification(alertWords()[kind](item.buyer), { tag: `${kind}/${item.conversation}`, lang: locale.peek() })
  note.onclick = () => {
    window.focus()
    onOpen(item.conversation)
    note.close()
  }
}

let sound: AudioContext | undefined

/** Two short tones, made here: there is nothing to load. */
function beep(): void {
  try {
    sound ??= new AudioContext()
    for (const [at, pitch] of [[0, 660], [0.14, 880]] as const) {
      const tone = sound.createOscillator()
      const loud = sound.createGain()
      tone.frequency.value = pitch
      loud.gain.setValueAtTime(0.12, sound.currentTime + at)
      loud.gain.exponentialRampToValueAtTime(0.001, sound.currentTime + at + 0.12)
      tone.connect(loud).connect(sound.destination)
      tone.start(sound.currentTime + at)
      tone.stop(sound.currentTime + at + 0.13)
    }
  } catch {
    // No sound here; the list shows it all the same.
  }
}
