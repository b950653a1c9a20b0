import { dictionary } from '../shared/i18n'

const zh = {
  tags: '标签', addTag: '添加标签', tagHint: '输入后按回车', removeTag: (tag: string) => `移除标签 ${tag}`,
  snooze: '稍后处理', snoozed: (until: string) => `${until} 提醒`, wake: '取消稍后处理',
  in: { 30: '30 分钟后', 60: '1 小时后', 180: '3 小时后', 1440: '1 天后', 4320: '3 天后' } as Record<number, string>,
}
const en: typeof zh = {
  tags: 'Tags', addTag: 'Add a tag', tagHint: 'Enter adds it', removeTag: (tag) => `Remove the tag ${tag}`,
  snooze: 'Snooze', snoozed: (until) => `Back at ${until}`, wake: 'Do not snooze',
  in: { 30: 'for 30 minutes', 60: 'for an hour', 180: 'for 3 hours', 1440: 'for a day', 4320: 'for 3 days' },
}
export const workWords = dictionary(zh, en)
