// The words of the supervisor's screens: the wall and the reports.

import { dictionary, locale } from '../shared/i18n'
import { text } from './text'

const zh = {
  wall: {
    title: '实时看板', close: '回到会话', loading: '正在读取…', stale: (text: string) => `未能刷新：${text}`, updated: (at: string) => `更新于 ${at}`,
    waiting: '等待接手', longest: '最长等待', atWork: '在线客服', load: '接待负载', owed: '待回复买家', risk: '即将到期', missed: '今日错过派单',
    nobody: '无人等待', offered: (n: number) => `${n} 个正在派给客服`, of: (n: number, m: number) => `${n} / ${m}`, seats: (n: number) => `还可接 ${n} 个`, away: (n: number) => `${n} 人离开`,
    within: (h: number) => `${h} 小时内`, hours: '即将到期的范围', levels: { none: '', calm: '正常', soon: '偏长', urgent: '很长', over: '太长' },
    bySkill: '按技能', byReason: '按转人工原因', noSkill: '不限技能', queue: '等待队列', queueEmpty: '没有买家在等待', agents: '客服', agentsEmpty: '没有客服在线', riskEmpty: '没有即将到期的案件',
    more: (n: number) => `另有 ${n} 个未列出`, place: (n: number) => `第 ${n} 位`, passed: (n: number) => `${n} 人未接`, offeredTo: (name: string) => `已派给 ${name}`, heldBy: (name: string) => `${name} 处理中`, withBot: '机器人接待中',
    status: { online: '在线', away: '离开', gone: '已断开' }, open: '打开', assign: '分配', takeOver: '接管', assignTo: (who: string) => `把 ${who} 的会话分配给`, pick: '选择客服', send: '确定', cancel: '取消',
    reason: '接管原因', reasonHint: '同事会看到', full: '已满', nobodyThere: '没有其他客服在线', chats: (n: number) => `${n} 个会话`, owes: (n: number) => `${n} 位买家等回复`, owesNone: '没有买家在等回复', misses: (n: number) => `连续错过 ${n} 次派单`, ours: '需平台处理',
    langs: { 'zh-CN': '中文', en: '英文' }, done: '已提交', waitedFor: '等待', answerFor: '等回复',
  },
  report: {
    title: '报表', close: '回到会话', from: '从', to: '到', last7: '近 7 天', last30: '近 30 天', today: '今天', save: '导出 CSV', saving: '正在导出…', loading: '正在读取…', unfinished: '今天还没结束，数字会继续增加。', zone: (zone: string) => `按 ${zone} 的自然日统计。`, bad: '请选择不超过 366 天的范围，且开始日期不晚于结束日期。',
    empty: '这段时间没有数据', day: '日期', total: '合计', table: '查看表格', count: '次数', share: '占比', none: '—', over: '更久', upTo: (s: string) => `${s}以内`, beyond: (s: string) => `超过 ${s}`,
    talks: '会话', talksHint: '当天买家有发言的会话', contained: '机器人独立接待', containedHint: '当天没有转人工的会话占比；不代表问题都已解决', withPerson: '有人工参与', handoffs: '转人工', first: '首次响应', firstHint: '从转人工到客服第一句话', resolution: '处理时长', resolutionHint: '从转人工到会话交还机器人', mean: '平均', median: '半数', nine: '九成', left: '等待中离开', missed: '错过派单',
    filed: '新申请', escalated: '平台介入', rulings: '裁定', overturned: '申诉改判', overturnedOf: (n: number) => `共复核 ${n} 件申诉`, csatBot: '机器人满意度', csatHuman: '人工满意度', answers: (n: number) => `${n} 人评价`, reasons: '转人工原因', outcomes: '裁定结果', perDay: '每天的会话', perDayOther: '每天的转人工与裁定', spans: '首次响应分布', spansResolution: '处理时长分布', stars: '满意度分布', star: (n: number) => `${n} 星`, taken: '客服主动接手',
    outcome: { rule_refund: '支持买家：退款', rule_return_refund: '支持买家：退货退款', rule_merchant: '支持商家', dismiss: '驳回' }, meaning: '数字的含义', bot: '机器人', human: '人工',
    meanings: [
      '每个数字记在事情发生的那一天：周一转人工、周二答复，转人工算周一，首次响应算周二。',
      '一个买家只有一个长期会话，所以“会话”数的是当天有多少买家发言，不是多少件事。',
      '“机器人独立接待”只说明当天没有人工参与：买家可能放弃了，也可能第二天再来找人工。',
      '“首次响应”只算客服发给买家的第一条文字；没有人回应的转人工不在其中，请同时看“等待中离开”。',
      '“处理时长”包含会话自动交还前无人发言的时间；案件可能仍在进行。',
      '“申诉改判”记在复核当天，不是同一天裁定的占比；投诉不计入。',
    ],
  },
}
const en: typeof zh = {
  wall: {
    title: 'Wall', close: 'Chats', loading: 'Loading…', stale: (text) => `Not refreshed: ${text}`, updated: (at) => `as of ${at}`,
    waiting: 'Waiting', longest: 'Longest wait', atWork: 'Agents online', load: 'Load', owed: 'Buyers owed an answer', risk: 'Deadlines at risk', missed: 'Offers missed today',
    nobody: 'nobody waits', offered: (n) => (n === 1 ? '1 is offered now' : `${n} are offered now`), of: (n, m) => `${n} / ${m}`, seats: (n) => (n === 1 ? 'room for 1 more' : `room for ${n} more`), away: (n) => `${n} away`,
    within: (h) => (h === 1 ? 'within 1 hour' : `within ${h} hours`), hours: 'How near a deadline is at risk', levels: { none: '', calm: 'fine', soon: 'long', urgent: 'very long', over: 'too long' },
    bySkill: 'By skill', byReason: 'By reason', noSkill: 'any skill', queue: 'Queue', queueEmpty: 'No buyer waits', agents: 'Agents', agentsEmpty: 'Nobody is at the desk', riskEmpty: 'No deadline is near',
    more: (n) => `${n} more are not listed`, place: (n) => `No. ${n}`, passed: (n) => `passed by ${n}`, offeredTo: (name) => `offered to ${name}`, heldBy: (name) => `with ${name}`, withBot: 'with the bot',
    status: { online: 'online', away: 'away', gone: 'disconnected' }, open: 'Open', assign: 'Assign', takeOver: 'Take over', assignTo: (who) => `Give the chat of ${who} to`, pick: 'Choose an agent', send: 'Confirm', cancel: 'Cancel',
    reason: 'Why you take it over', reasonHint: 'Colleagues read this', full: 'full', nobodyThere: 'No other agent is there', chats: (n) => (n === 1 ? '1 chat' : `${n} chats`), owes: (n) => (n === 1 ? '1 buyer waits for an answer' : `${n} buyers wait for an answer`), owesNone: 'no buyer waits for an answer', misses: (n) => `let ${n} offers in a row run out`, ours: 'ours to act',
    langs: { 'zh-CN': 'Chinese', en: 'English' }, done: 'Done', waitedFor: 'waits', answerFor: 'waits for an answer',
  },
  report: {
    title: 'Reports', close: 'Chats', from: 'From', to: 'To', last7: '7 days', last30: '30 days', today: 'Today', save: 'Save as CSV', saving: 'Saving…', loading: 'Loading…', unfinished: 'Today is not over, so its figures grow.', zone: (zone) => `Days of ${zone}.`, bad: 'Choose at most 366 days, the first not after the last.',
    empty: 'Nothing happened in these days', day: 'Day', total: 'All', table: 'Show as a table', count: 'Count', share: 'Share', none: '—', over: 'longer', upTo: (s) => `up to ${s}`, beyond: (s) => `over ${s}`,
    talks: 'Conversations', talksHint: 'in which the buyer wrote that day', contained: 'Bot alone', containedHint: 'share without a person that day; no proof that it helped', withPerson: 'With a person', handoffs: 'Handoffs', first: 'First response', firstHint: 'from the handoff to an agent’s first words', resolution: 'Handling time', resolutionHint: 'from the handoff until the bot has it back', mean: 'mean', median: 'half', nine: '9 of 10', left: 'Left while waiting', missed: 'Offers missed',
    filed: 'Cases filed', escalated: 'Escalated', rulings: 'Rulings', overturned: 'Overturned', overturnedOf: (n) => (n === 1 ? 'of 1 appeal' : `of ${n} appeals`), csatBot: 'CSAT, bot', csatHuman: 'CSAT, agents', answers: (n) => (n === 1 ? '1 answer' : `${n} answers`), reasons: 'Why a person was wanted', outcomes: 'Rulings', perDay: 'Conversations by day', perDayOther: 'Handoffs and rulings by day', spans: 'First response, how long', spansResolution: 'Handling, how long', stars: 'CSAT answers', star: (n) => (n === 1 ? '1 star' : `${n} stars`), taken: 'taken by an agent unasked',
    outcome: { rule_refund: 'for the buyer: refund', rule_return_refund: 'for the buyer: return and refund', rule_merchant: 'for the merchant', dismiss: 'dismissed' }, meaning: 'What the figures mean', bot: 'Bot', human: 'Agents',
    meanings: [
      'A figure belongs to the day on which it happened: handed off on Monday and answered on Tuesday, the handoff is Monday’s and the response Tuesday’s.',
      'A buyer has one conversation for good, so conversations count the buyers who wrote that day, not their matters.',
      'Bot alone says only that no person was there that day: the buyer may have given up, or come back the next day.',
      'First response is an agent’s first text to the buyer. Handoffs that nobody answered are not in it: see who left while waiting.',
      'Handling time holds the quiet time before a chat goes back by itself. The case may run on.',
      'Overturned belongs to the day of the appeal’s decision and is no share of that day’s rulings. Complaints are not in it.',
    ],
  },
}
const words = dictionary(zh, en)
export const wallWords = (): typeof zh.wall => words().wall
export const reportWords = (): typeof zh.report => words().report

/** reasonWord says why a person was wanted. */
export const reasonWord = (reason: string): string => (reason === 'taken' ? reportWords().taken : text().reasons(reason))

/** outcomeWord says how a ruling went. */
export const outcomeWord = (outcome: string): string => (reportWords().outcome as Partial<Record<string, string>>)[outcome] ?? outcome

/** duration words seconds in their largest useful units: "45 秒", "1 分 30 秒", "2 h 5 min". */
export function duration(seconds: number): string {
  const [d, h, m, s] = locale.value === 'en' ? ['d', 'h', 'min', 's'] : ['天', '小时', '分', '秒']
  const two = (a: number, unit: string | undefined, b: number, small: string | undefined): string => (b > 0 ? `${a} ${unit} ${b} ${small}` : `${a} ${unit}`)
  const whole = Math.max(0, Math.round(seconds))
  if (whole < 60) return `${whole} ${s}`
  if (whole < 3600) return two(Math.floor(whole / 60), m, whole % 60, s)
  if (whole < 86_400) return two(Math.floor(whole / 3600), h, Math.floor((whole % 3600) / 60), m)
  return two(Math.floor(whole / 86_400), d, Math.floor((whole % 86_400) / 3600), h)
}

/** statusWord says whether an agent is there. */
export const statusWord = (status: string): string => (wallWords().status as Partial<Record<string, string>>)[status] ?? status
