// What the console says of resolving a conversation.

import { dictionary } from '../shared/i18n'

const zh = {
  resolve: '结束会话', resolved: (at: string) => `已于 ${at} 结束，由机器人接待`,
  unanswered: '买家最后的消息还没有回复。结束后由机器人回复，确定结束？',
}
const en: typeof zh = {
  resolve: 'Resolve', resolved: (at) => `Resolved ${at}; the bot is on it`,
  unanswered: 'What the buyer wrote last is not answered. The bot will answer it. Resolve all the same?',
}
export const resolveWords = dictionary(zh, en)
