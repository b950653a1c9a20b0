// The words that the shared components need.
import { dictionary } from './i18n'

const zh = {
  left: (span: string) => `还剩 ${span}`,
  over: '已到时间',
  overBy: (span: string) => `已超时 ${span}`,
  daysHours: (d: number, h: number) => `${d} 天 ${h} 小时`,
  days: (n: number) => `${n} 天`,
  hours: (n: number) => `${n} 小时`,
  minutes: (n: number) => `${n} 分钟`,
  seconds: (n: number) => `${n} 秒`,
  underMinute: '不到 1 分钟',
  until: (when: string) => `截止 ${when}`,
  stepDone: '已完成',
  stepCurrent: '进行中',
  stepOpen: '未开始',
  steps: '进度',
  history: '全部记录',
  rule: '依据的规则',
  open: (what: string) => `查看 ${what}`,
  locked: '已锁定，不能更改',
  close: '关闭',
  evidence: '凭证',
  language: '语言',
}

const en: typeof zh = {
  left: (span) => `${span} left`,
  over: 'Time is up',
  overBy: (span) => `${span} overdue`,
  daysHours: (d, h) => `${d} d ${h} h`,
  days: (n) => (n === 1 ? '1 day' : `${n} days`),
  hours: (n) => (n === 1 ? '1 hour' : `${n} hours`),
  minutes: (n) => `${n} min`,
  seconds: (n) => `${n} s`,
  underMinute: 'under 1 min',
  until: (when) => `by ${when}`,
  stepDone: 'done',
  stepCurrent: 'in progress',
  stepOpen: 'not started',
  steps: 'Progress',
  history: 'Full record',
  rule: 'Why: the rule',
  open: (what) => `View ${what}`,
  locked: 'Locked, cannot be changed',
  close: 'Close',
  evidence: 'Evidence',
  language: 'Language',
}

export const words = dictionary(zh, en)
