// The words of the case's clocks, its timeline, and why nothing can be done.

import { dictionary } from '../shared/i18n'

const zh = {
  must: '现在该', nobody: '现在不用任何人处理', you: '轮到您', since: (span: string) => `${span}前`, now: '刚刚', in: (span: string) => `${span}后`,
  clocks: '在走的时限', main: '眼下最要紧', over: (span: string) => `已超时 ${span}`, left: (span: string) => `还剩 ${span}`,
  show: '显示', relative: '相对时间', all: '全部', none: '没有这一类记录', agent: (login: string) => `客服 ${login}`,
  kinds: { evidence: '凭证', decision: '决定', money: '款项', deadline: '到期', step: '其他' } as Readonly<Record<string, string>>,
  held: (login: string) => `这个案件由 ${login} 经办，您现在只能查看。`, firstAgent: '原裁定是您作出的，申诉须由另一位客服复核。', appeal: '申诉须由资深客服复核，您现在只能查看。',
}
const en: typeof zh = {
  must: 'To act now', nobody: 'Nobody has to act now', you: 'You', since: (span) => `${span} ago`, now: 'just now', in: (span) => `in ${span}`,
  clocks: 'Running clocks', main: 'matters now', over: (span) => `${span} overdue`, left: (span) => `${span} left`,
  show: 'Show', relative: 'Relative time', all: 'All', none: 'Nothing of that kind', agent: (login) => `Agent ${login}`,
  kinds: { evidence: 'Evidence', decision: 'Decisions', money: 'Money', deadline: 'Time ran out', step: 'Other' },
  held: (login) => `This case is ${login}’s; you can only look at it.`, firstAgent: 'You made the ruling that is appealed: another agent must hear it.', appeal: 'A senior agent must hear the appeal; you can only look at it.',
}

export const timelineWords = dictionary(zh, en)
