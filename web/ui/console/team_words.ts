// What the console says of the team: offers, status, passing on.

import { dictionary } from '../shared/i18n'

const zh = {
  status: '接待状态', online: '在线', away: '暂离', room: (open: number, capacity: number) => `接待 ${open}/${capacity}`, noRoom: '不参与自动分配',
  offers: '新会话', offer: (buyer: string) => `${buyer} 等您接待`, left: (s: number) => `${s} 秒`, accept: '接待', decline: '不接',
  tabs: { mine: '我的', waiting: '等待', all: '全部', closed: '已结束' }, tabsOf: '收件箱分类', place: (n: number) => `排第 ${n}`, offeredTo: (name: string) => `正在邀请 ${name}`, owed: '待回复',
  transfer: '转给同事', takeover: '接管会话', assign: '分配', to: '转给', person: '同事', skill: '技能组', note: '备注（同事可见）', reason: '接管原因（同事可见）', needReason: '请写明原因。',
  cancel: '取消', agent: (name: string, open: number, capacity: number, away: boolean) => `${name} · ${open}/${capacity}${away ? ' · 暂离' : ''}`,
  nobody: '现在没有其他客服在线。', writing: (name: string) => `${name} 正在回复…`,
}
const en: typeof zh = {
  status: 'Your status', online: 'Online', away: 'Away', room: (open, capacity) => `${open} of ${capacity} chats`, noRoom: 'not offered chats',
  offers: 'Offered to you', offer: (buyer) => `${buyer} waits for you`, left: (s) => `${s} s`, accept: 'Accept', decline: 'Decline',
  tabs: { mine: 'Mine', waiting: 'Waiting', all: 'All', closed: 'Closed' }, tabsOf: 'Kinds of conversations', place: (n) => `no. ${n}`, offeredTo: (name) => `offered to ${name}`, owed: 'to answer',
  transfer: 'Pass on', takeover: 'Take it over', assign: 'Assign', to: 'To', person: 'A colleague', skill: 'A skill', note: 'Note for colleagues', reason: 'Why, for colleagues', needReason: 'Please say why.',
  cancel: 'Cancel', agent: (name, open, capacity, away) => `${name} · ${open}/${capacity}${away ? ' · away' : ''}`,
  nobody: 'No other agent is there now.', writing: (name) => `${name} is writing an answer…`,
}
export const teamWords = dictionary(zh, en)
