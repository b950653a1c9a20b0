import { dictionary } from '../shared/i18n'

const zh = {
  title: '常用语', open: '常用语（输入 /）', manage: '管理常用语', none: '没有匹配的常用语', empty: '还没有常用语', loading: '正在读取…', failed: '常用语读取失败，可直接输入。',
  own: '我的', desk: '全组', other: '另一种语言', missing: (slots: readonly string[]) => `未填：${slots.join('、')}`,
  unfilled: (slots: readonly string[]) => `请先补上 ${slots.join('、')}`,
  add: '新建', edit: '修改', remove: '删除', removeSure: (title: string) => `确定删除「${title}」？`, save: '保存', saving: '正在保存…', cancel: '取消', back: '返回列表',
  shortcut: '快捷词（输入 / 后使用）', name: '用途', zh: '中文内容', en: '英文内容', owner: '谁可以用', slots: '可用变量，由系统按案件填写', supervisors: '全组常用语由主管维护',
  macro: '发送时一并执行（选填）', tags: '添加标签（用逗号分隔）', note: '内部备注', then: '发送之后', minutes: '多少分钟后提醒',
  thens: { '': '保持不变', release: '交还机器人', resolve: '结束会话', snooze: '稍后处理' },
  does: (what: string) => `发送后：${what}`, drop: '只发送文字',
  doTags: (tags: readonly string[]) => `标签 ${tags.join('、')}`, doNote: '写备注', doSnooze: (minutes: number) => `${minutes} 分钟后提醒`,
  slotNames: { agent: '客服称呼', amount: '申请金额', case: '案件编号', deadline: '当前期限', item: '商品', order: '订单号', shop: '店铺', state: '案件状态', then: '到期后果' },
}
const en: typeof zh = {
  title: 'Canned replies', open: 'Canned replies (type /)', manage: 'Manage canned replies', none: 'No canned reply matches', empty: 'No canned replies yet', loading: 'Loading…', failed: 'Canned replies could not be read; you can type.',
  own: 'mine', desk: 'everybody', other: 'other language', missing: (slots) => `not filled: ${slots.join(', ')}`,
  unfilled: (slots) => `Fill in ${slots.join(', ')} first`,
  add: 'New', edit: 'Change', remove: 'Delete', removeSure: (title) => `Delete “${title}”?`, save: 'Save', saving: 'Saving…', cancel: 'Cancel', back: 'Back to the list',
  shortcut: 'Shortcut (typed after /)', name: 'What it is for', zh: 'Text in Chinese', en: 'Text in English', owner: 'Who has it', slots: 'Slots, filled in from the case', supervisors: 'Supervisors keep those of everybody',
  macro: 'Done when it is sent (optional)', tags: 'Add tags (commas between)', note: 'Internal note', then: 'Afterwards', minutes: 'Minutes until it comes back',
  thens: { '': 'Stay as it is', release: 'Return to the bot', resolve: 'Close', snooze: 'Snooze' },
  does: (what) => `When sent: ${what}`, drop: 'Only send the text',
  doTags: (tags) => `tag ${tags.join(', ')}`, doNote: 'write a note', doSnooze: (minutes) => `snooze ${minutes} min`,
  slotNames: { agent: 'your name', amount: 'amount asked', case: 'case id', deadline: 'current deadline', item: 'item', order: 'order', shop: 'shop', state: 'case state', then: 'what follows the deadline' },
}
export const cannedWords = dictionary(zh, en)

/** slotName is a slot in words. */
export const slotName = (slot: string): string => (cannedWords().slotNames as Partial<Record<string, string>>)[slot] ?? slot
