// The words of what a buyer thought of a conversation.

import { dictionary } from '../shared/i18n'

const zh = {
  title: '买家评价', bot: '机器人', stars: (n: number) => `${n} 星（满分 5 星）`, waiting: '已邀请评价，还没有回答', declined: '买家不评价', asked: '邀请于', changed: '有补充或修改',
  results: { open: '当时尚无结果', helped: '当时已解决', adverse: '当时结果不利', dropped: '当时已撤销' } as Record<string, string>, failed: '评价未能读取', retry: '重试',
}
const en: typeof zh = {
  title: 'How the buyer scored it', bot: 'Bot', stars: (n) => (n === 1 ? '1 star of 5' : `${n} stars of 5`), waiting: 'asked, not answered yet', declined: 'does not want to score', asked: 'asked', changed: 'added to or changed',
  results: { open: 'nothing decided then', helped: 'helped by then', adverse: 'went against him', dropped: 'withdrawn by then' }, failed: 'The scores could not be read', retry: 'Retry',
}
export const scoreWords = dictionary(zh, en)
