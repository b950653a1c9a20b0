// What tickets are called. A ticket says what it is about by a key; a reminder by the deadline that is near.

import { dictionary } from '../shared/i18n'
import type { Ticket } from '../shared/wire'
import { timerName } from './names'

export const kindsOfTickets = ['', 'ticket', 'reminder', 'merchant_liability', 'merchant_penalty', 'wrong_answer'] as const

const zh = {
  title: '工单', kind: '工单类型', close: '回到会话', back: '返回列表', loading: '正在读取…', pick: '选择一个工单', none: '没有待办的工单', noneOfKind: '这一类没有待办的工单',
  urgent: '紧急', since: '产生于', done: '标记为已处理', toConversation: '打开会话', supervisors: '主管处理', case: '案件',
  kinds: { '': '全部', ticket: '人工处理', reminder: '即将到期', merchant_liability: '商家责任', merchant_penalty: '商家违规', wrong_answer: '机器人答错' },
  wrong: (why: string) => `机器人答错：${why}`, saidBy: '标记人', rightTopic: '应回答的主题', noTopic: '不应由机器人回答',
  wrongs: { wrong_topic: '答非所问', wrong_fact: '内容不对', not_understood: '该答却没听懂', should_not_answer: '不该由机器人答', other: '其他问题' },
  liability: '裁定支持买家：登记商家责任', penalty: '商家未按裁定退款：登记违规', other: '需要人工查看', near: (timer: string) => `即将到期：${timer}`,
  whys: {
    payment_failed: '退款失败，需要处理', refund_late: '退款迟迟没有到账', goods_back_late: '商家没有按时把商品寄回买家', no_return_address: '没有退货地址，买家无法寄回',
    sla_breached: '平台处理超时', balance_without_consent: '系统自动退到余额，未经买家同意',
  },
}
const en: typeof zh = {
  title: 'Tickets', kind: 'Kind of ticket', close: 'Chats', back: 'Back to the list', loading: 'Loading…', pick: 'Choose a ticket', none: 'No open tickets', noneOfKind: 'No open tickets of this kind',
  urgent: 'Urgent', since: 'since', done: 'Mark as done', toConversation: 'Open the conversation', supervisors: 'for supervisors', case: 'Case',
  kinds: { '': 'All', ticket: 'For a person', reminder: 'Due soon', merchant_liability: 'Merchant liability', merchant_penalty: 'Merchant penalty', wrong_answer: 'Wrong answer' },
  wrong: (why) => `Wrong answer: ${why}`, saidBy: 'flagged by', rightTopic: 'Topic that would be right', noTopic: 'The bot should not answer this',
  wrongs: { wrong_topic: 'another question was answered', wrong_fact: 'what it says is not so', not_understood: 'it should have understood', should_not_answer: 'the bot should not have answered', other: 'something else' },
  liability: 'Ruled for the buyer: record the merchant’s liability', penalty: 'Merchant did not pay as ruled: record a penalty', other: 'Somebody must look at it', near: (timer) => `Due soon: ${timer}`,
  whys: {
    payment_failed: 'The refund failed', refund_late: 'The refund has not arrived', goods_back_late: 'The merchant did not send the goods back in time', no_return_address: 'No return address: the buyer cannot send the goods',
    sla_breached: 'The platform is over its own time', balance_without_consent: 'Refunded to the balance without the buyer’s consent',
  },
}
export const ticketWords = dictionary(zh, en)

/** ticketTitle says in words what is to be seen to; a key unknown here is not shown to people. */
export function ticketTitle(ticket: Pick<Ticket, 'kind' | 'why'>): string {
  const w = ticketWords()
  switch (ticket.kind) {
    case 'reminder': return w.near(timerName(ticket.why ?? ''))
    case 'merchant_liability': return w.liability
    case 'merchant_penalty': return w.penalty
    case 'wrong_answer': return w.wrong(wrongName(ticket.why ?? ''))
    default: return (w.whys as Partial<Record<string, string>>)[ticket.why ?? ''] ?? w.other
  }
}

/** The reasons for which an answer can be flagged. */
export const wrongs = ['wrong_topic', 'wrong_fact', 'not_understood', 'should_not_answer', 'other'] as const

/** wrongName says in words what is wrong with an answer. */
export const wrongName = (why: string): string => (ticketWords().wrongs as Partial<Record<string, string>>)[why] ?? ticketWords().wrongs.other
