// Names of case states and timers for the inbox, whose items carry only their keys. Cases carry their own wording.

import { dictionary } from '../shared/i18n'

const states = {
  draft: '填写中', merchant_review: '待商家处理', offer_pending: '协商方案待确认', awaiting_return: '待寄回',
  return_in_transit: '退货运输中', return_inspection: '商家验货中', merchant_rejected: '商家已拒绝', platform_queued: '平台介入待受理',
  platform_review: '平台审核中', evidence_requested: '待补充凭证', ruling_execution: '裁定执行中', refund_pending: '退款处理中',
  refund_failed: '退款异常', appeal_review: '申诉复核中', awaiting_reship: '待补发', reship_in_transit: '补发运输中',
  refunded: '退款完成', settled_no_refund: '协商完成', closed_withdrawn: '已撤销', closed_expired: '超时关闭',
  closed_not_supported: '平台未支持', closed_ineligible: '未提交',
}

const statesEN: typeof states = {
  draft: 'Draft', merchant_review: 'With the merchant', offer_pending: 'Offer to answer', awaiting_return: 'To be sent back',
  return_in_transit: 'Return on its way', return_inspection: 'Being inspected', merchant_rejected: 'Refused by the merchant', platform_queued: 'Waiting for the platform',
  platform_review: 'Platform reviewing', evidence_requested: 'Evidence requested', ruling_execution: 'Decision being carried out', refund_pending: 'Refund on its way',
  refund_failed: 'Refund problem', appeal_review: 'Appeal under review', awaiting_reship: 'To be shipped again', reship_in_transit: 'Replacement on its way',
  refunded: 'Refunded', settled_no_refund: 'Settled', closed_withdrawn: 'Withdrawn', closed_expired: 'Closed, time over',
  closed_not_supported: 'Not supported', closed_ineligible: 'Not submitted',
}

const timers = {
  draft_ttl: '草稿保留', merchant_soft: '商家答复', merchant_hard: '系统自动同意', offer: '买家答复方案', buyer_ship: '买家寄回', unsigned_return: '退货自动退款',
  inspect: '商家验货', escalate_window: '买家申请平台介入', platform_first_response: '平台首次响应', platform_decision: '平台裁定',
  evidence_buyer: '买家补充凭证', evidence_merchant: '商家补充凭证', ruling_execute: '执行裁定', appeal_window: '申诉期', refund_chase: '核实退款到账', arrival_check: '询问买家到账',
  return_quiet: '退货物流停滞', reship: '商家补发', receipt: '买家确认收货', goods_back: '商家寄回商品',
}

const timersEN: typeof timers = {
  draft_ttl: 'Draft kept', merchant_soft: 'Merchant answers', merchant_hard: 'System agrees', offer: 'Buyer answers the offer', buyer_ship: 'Buyer ships', unsigned_return: 'Automatic refund of the return',
  inspect: 'Merchant inspects', escalate_window: 'Buyer may escalate', platform_first_response: 'Platform responds', platform_decision: 'Platform decides',
  evidence_buyer: 'Buyer adds evidence', evidence_merchant: 'Merchant adds evidence', ruling_execute: 'Ruling is executed', appeal_window: 'Appeal', arrival_check: 'Ask the buyer for the money', refund_chase: 'Refund is checked',
  return_quiet: 'Return without news', reship: 'Merchant reships', receipt: 'Buyer confirms receipt', goods_back: 'Merchant sends the goods back',
}

const named = dictionary({ states, timers }, { states: statesEN, timers: timersEN })

/** A state unknown here is shown by its key rather than not at all. */
export function stateName(state: string): string {
  return (named().states as Partial<Record<string, string>>)[state] ?? state
}

export function timerName(timer: string): string {
  return (named().timers as Partial<Record<string, string>>)[timer] ?? timer
}

/** All states of a case, in the order of its way. */
export const caseStates = Object.keys(states)
