// The words of the audit trail: of its screen, and of every action that it records (MAY.md).

import { dictionary } from '../shared/i18n'

type Names = Record<string, string>

const zh = {
  title: '审计', close: '回到会话', loading: '正在读取…', none: '没有符合的记录', refresh: '刷新', more: '更早的记录', all: '以上是全部记录', save: '导出 CSV', saving: '正在导出…', open: '打开会话', badDays: '开始日期不能晚于结束日期。',
  actor: '操作人账号', action: '操作', anyAction: '全部操作', allOf: (subject: string) => `${subject}：全部`, about: '会话号或案件号', from: '从', to: '到', clear: '清除条件', filters: '筛选',
  check: '校验哈希链', checkAgain: '重新校验', notChecked: '尚未校验记录是否完整', checking: (n: number, all: number) => (all > 0 ? `正在校验 ${n} / ${all} 条…` : '正在校验…'),
  whole: (n: number) => `哈希链完整：共 ${n} 条，没有记录被改动、删除或插入`, wholeHash: (hash: string) => `末条哈希 ${hash}`, failed: (why: string) => `未能完成校验：${why}`,
  broken: (at: number) => `哈希链已断裂：第 ${at} 条`, faults: { missing: '记录缺失', changed: '记录与其哈希不符，已被改动', unreadable: '记录无法读取', replaced: '末条记录不是最后写入的那一条' } as Names, good: (n: number) => `之前的 ${n} 条完好。`,
  fields: { n: '序号', at: '时间', actor: '操作人', role: '角色', via: '途径', action: '操作', outcome: '结果', conversation: '会话', case: '案件', object: '对象', address: '地址', request: '请求号', hash: '哈希' },
  vias: { rest: '接口', socket: '工作台', sso: '单点登录', command: '命令行' } as Names, done: '完成', begun: '即将执行', refused: (code: string) => `未成功 ${code}`,
  details: { role: '角色', session: '登录', actor: '筛选操作人', action: '筛选操作', fault: '问题', at: '位置', entries: '条数', reason: '原因', to: '转给', agent: '客服', from: '从', seq: '消息序号', replayed: '重复提交' } as Names,
  subjects: { login: '登录', logout: '退出', account: '账号', session: '会话登录', audit: '审计', case: '案件', chat: '会话', complaint: '投诉', evidence: '凭证', answer: '机器人回答', canned: '常用语', desk: '接待', report: '报表', search: '搜索', ticket: '工单' } as Names,
  actions: {
    'account.add': '添加账号', 'account.change': '修改账号', 'account.disable': '停用账号', 'account.enable': '启用账号', 'account.end_sessions': '结束账号的登录', 'account.password': '修改自己的密码', 'account.reset': '重置密码', 'account.unlink': '解除单点登录绑定',
    'answer.flag': '标记回答有误', 'answer.unflag': '撤回标记', 'audit.check': '校验审计记录', 'audit.export': '导出审计记录', 'audit.search': '查看审计记录', 'canned.delete': '删除常用语', 'canned.put': '保存常用语',
    'case.claim': '受理案件', 'case.dismiss': '驳回', 'case.export': '下载凭证包', 'case.overturn': '申诉改判', 'case.reassign': '改派案件', 'case.reopen': '重开案件', 'case.request_evidence': '要求补充凭证', 'case.retry_payment': '重试退款', 'case.rule_merchant': '裁定支持商家', 'case.rule_refund': '裁定退款', 'case.rule_return_refund': '裁定退货退款', 'case.settle': '协商结案', 'case.uphold': '申诉维持',
    'chat.assign': '分配会话', 'chat.claim': '接手会话', 'chat.decline': '不接会话', 'chat.note': '写内部备注', 'chat.release': '交还会话', 'chat.reply': '回复买家', 'chat.takeover': '接管会话', 'chat.transfer': '转交会话', 'chat.watch': '查看他人会话', 'chat.work': '标签或暂缓',
    'complaint.affirm': '投诉复核维持', 'complaint.claim': '受理投诉', 'complaint.not_uphold': '投诉不成立', 'complaint.overturn': '投诉复核改判', 'complaint.uphold': '投诉成立',
    'desk.status': '切换接待状态', 'evidence.original': '查看凭证原件', login: '登录', 'login.failed': '登录失败', logout: '退出', 'report.export': '导出报表', 'report.read': '查看报表', search: '搜索会话', 'session.end': '结束自己的登录', 'ticket.done': '完成工单',
  } as Names,
}
const en: typeof zh = {
  title: 'Audit', close: 'Chats', loading: 'Loading…', none: 'No such entry', refresh: 'Refresh', more: 'Earlier entries', all: 'These are all entries', save: 'Save as CSV', saving: 'Saving…', open: 'Open the chat', badDays: 'The first day must not be after the last.',
  actor: 'Login of who did it', action: 'Action', anyAction: 'Any action', allOf: (subject) => `${subject}: all`, about: 'Conversation or case', from: 'From', to: 'To', clear: 'Clear filters', filters: 'Filters',
  check: 'Check the hashes', checkAgain: 'Check again', notChecked: 'Not checked yet whether the trail is whole', checking: (n, all) => (all > 0 ? `Checking, ${n} of ${all}…` : 'Checking…'),
  whole: (n) => (n === 1 ? 'The chain of hashes holds: 1 entry' : `The chain of hashes holds: ${n} entries, none changed, taken out or put in`), wholeHash: (hash) => `Hash of the last: ${hash}`, failed: (why) => `Not checked to the end: ${why}`,
  broken: (at) => `The chain of hashes is broken at entry ${at}`, faults: { missing: 'an entry is missing', changed: 'the entry is not what its hash says: it was changed', unreadable: 'the entry cannot be read', replaced: 'the last entry is not the one that was written last' }, good: (n) => (n === 1 ? 'The entry before it holds.' : `The ${n} entries before it hold.`),
  fields: { n: 'No.', at: 'When', actor: 'Who', role: 'Role', via: 'By', action: 'Action', outcome: 'Outcome', conversation: 'Conversation', case: 'Case', object: 'Object', address: 'Address', request: 'Request', hash: 'Hash' },
  vias: { rest: 'API', socket: 'console', sso: 'single sign-on', command: 'command line' }, done: 'done', begun: 'about to', refused: (code) => `not done: ${code}`,
  details: { role: 'Role', session: 'Session', actor: 'Filter: who', action: 'Filter: action', fault: 'Fault', at: 'At entry', entries: 'Entries', reason: 'Reason', to: 'To', agent: 'Agent', from: 'From', seq: 'Entry', replayed: 'Repeated' },
  subjects: { login: 'Login', logout: 'Logout', account: 'Accounts', session: 'Own sessions', audit: 'Audit', case: 'Cases', chat: 'Chats', complaint: 'Complaints', evidence: 'Evidence', answer: 'Answers of the bot', canned: 'Canned replies', desk: 'Desk', report: 'Reports', search: 'Search', ticket: 'Tickets' },
  actions: {
    'account.add': 'Added an account', 'account.change': 'Changed an account', 'account.disable': 'Disabled an account', 'account.enable': 'Enabled an account', 'account.end_sessions': 'Ended sessions of an account', 'account.password': 'Changed own password', 'account.reset': 'Reset a password', 'account.unlink': 'Unlinked single sign-on',
    'answer.flag': 'Flagged an answer', 'answer.unflag': 'Took a flag back', 'audit.check': 'Checked the trail', 'audit.export': 'Saved the trail', 'audit.search': 'Read the trail', 'canned.delete': 'Deleted a canned reply', 'canned.put': 'Saved a canned reply',
    'case.claim': 'Took a case', 'case.dismiss': 'Dismissed', 'case.export': 'Saved the evidence', 'case.overturn': 'Overturned on appeal', 'case.reassign': 'Reassigned a case', 'case.reopen': 'Reopened a case', 'case.request_evidence': 'Asked for evidence', 'case.retry_payment': 'Ordered the payment again', 'case.rule_merchant': 'Ruled for the merchant', 'case.rule_refund': 'Ruled a refund', 'case.rule_return_refund': 'Ruled return and refund', 'case.settle': 'Settled', 'case.uphold': 'Upheld on appeal',
    'chat.assign': 'Assigned a chat', 'chat.claim': 'Took a chat', 'chat.decline': 'Declined a chat', 'chat.note': 'Wrote a note', 'chat.release': 'Gave a chat back', 'chat.reply': 'Answered the buyer', 'chat.takeover': 'Took a chat over', 'chat.transfer': 'Passed a chat on', 'chat.watch': 'Read another’s chat', 'chat.work': 'Tagged or snoozed',
    'complaint.affirm': 'Affirmed a complaint', 'complaint.claim': 'Took a complaint', 'complaint.not_uphold': 'Complaint not upheld', 'complaint.overturn': 'Overturned a complaint', 'complaint.uphold': 'Complaint upheld',
    'desk.status': 'Changed status', 'evidence.original': 'Saw an original', login: 'Logged in', 'login.failed': 'Login failed', logout: 'Logged out', 'report.export': 'Saved reports', 'report.read': 'Read reports', search: 'Searched chats', 'session.end': 'Ended an own session', 'ticket.done': 'Did a ticket',
  },
}
export const auditWords = dictionary(zh, en)

/** actionName says what was done; an action unknown here by its key. */
export const actionName = (action: string): string => auditWords().actions[action] ?? action

/** subjects are the actions that can be wanted, by the first part of their names. */
export function subjects(): [subject: string, actions: string[]][] {
  const out = new Map<string, string[]>()
  for (const action of Object.keys(zh.actions)) {
    const subject = action.split('.')[0] ?? action
    out.set(subject, [...(out.get(subject) ?? []), action])
  }
  return [...out]
}
