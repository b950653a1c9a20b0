// What the inbox says of what is put off, of calls, and of what is closed.

import { dictionary } from '../shared/i18n'

const zh = {
  called: '@您', calledWhy: '同事在备注里提到您', due: '到时间了', dueWhy: '稍后处理的时间已到', putOff: (n: number, next: string) => `稍后处理 ${n} 个，最近 ${next}`, back: (at: string) => `${at} 回来`,
  closedNone: '还没有结束的会话', closedAt: '结束于', more: '更多', reading: '正在读取…',
}
const en: typeof zh = {
  called: '@you', calledWhy: 'A colleague named you in a note', due: 'due', dueWhy: 'Put off until now', putOff: (n, next) => `${n} put off, next at ${next}`, back: (at) => `back at ${at}`,
  closedNone: 'No conversation was resolved yet', closedAt: 'Resolved', more: 'More', reading: 'Loading…',
}
export const inboxWords = dictionary(zh, en)
