import { dictionary } from '../shared/i18n'

const zh = {
  name: '抖集市', tag: '演示店铺', title: '我的订单', buyer: '当前买家', loading: '正在加载订单…', none: '这位买家没有订单。', retry: '重试',
  paid: '实付', refund: '退款/售后', progress: '查看进度', open: '售后处理中', help: '遇到问题？点右下角的退款助手，说说发生了什么。',
  demo: '演示控制台', demoNote: '只在演示模式下存在。', clock: '平台时间', speed: (n: number) => `时间流速 ×${n}`, now: '刷新时间',
  forward: (label: string) => `快进 ${label}`, hour: '1 小时', h24: '24 小时', h48: '48 小时', d7: '7 天', moved: (label: string) => `已快进${label}`,
  others: '其他角色', merchant: '商家工作台', merchantNote: '以商家身份同意、拒绝或协商', console: '客服工作台', consoleNote: '用下面的账号登录，接手对话并作出裁定',
  login: '账号', password: '密码', roles: { agent: '客服', senior: '资深客服', supervisor: '主管' } as Record<string, string>, order: '订单',
}

const en: typeof zh = {
  name: 'Dou Bazaar', tag: 'demo shop', title: 'My orders', buyer: 'Signed in as', loading: 'Loading orders…', none: 'This buyer has no orders.', retry: 'Try again',
  paid: 'Paid', refund: 'Refund', progress: 'See progress', open: 'Refund request open', help: 'Something wrong? Open the refund assistant at the bottom right and say what happened.',
  demo: 'Demo controls', demoNote: 'These exist in demo mode only.', clock: 'Marketplace time', speed: (n) => `runs ×${n}`, now: 'Read the clock',
  forward: (label) => `Skip ${label}`, hour: '1 hour', h24: '24 hours', h48: '48 hours', d7: '7 days', moved: (label) => `Skipped ${label}`,
  others: 'Other roles', merchant: 'Merchant desk', merchantNote: 'Agree, refuse or settle as the merchant', console: 'Agent console', consoleNote: 'Sign in with an account below, take the chat over, rule',
  login: 'Login', password: 'Password', roles: { agent: 'agent', senior: 'senior agent', supervisor: 'supervisor' }, order: 'Order',
}

export const words = dictionary(zh, en)
