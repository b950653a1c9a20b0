// The words of action forms: names of actions, what will happen, fields and problems, in both languages.
// A key missing in one language does not compile. Periods and amounts are not written here: the server knows them.

import { dictionary } from '../i18n'
import type { FieldName, ProblemCode } from './spec'

export type ActionName =
  | 'claim' | 'request_evidence' | 'rule_refund' | 'rule_return_refund' | 'rule_merchant' | 'dismiss' | 'settle'
  | 'uphold' | 'overturn' | 'reopen' | 'retry' | 'reassign'
  | 'agree_refund' | 'agree_reship' | 'confirm_exchange' | 'agree_return' | 'merchant_reverses' | 'confirm_refund' | 'merchant_pays' | 'ship' | 'offer'
  | 'extend_receipt' | 'supplement' | 'report_lost' | 'goods_sent_back' | 'agree_goods_back' | 'reject' | 'reject_return' | 'refuse_parcel'

export interface ActionWords {
  label: string
  /** What will happen, one sentence each. {amount} is the amount of the case. */
  does: readonly string[]
}

export interface FormWords {
  actions: Record<ActionName, ActionWords>
  fields: Record<FieldName, string>
  hints: { text: string; reasons: string; amount: string; address: string; evidence: string; evidenceNeeded: string; colon: string; and: string; kinds: string; kindsBoth: string; amountAll: string; addressOwn: string; assignee: string; method: string }
  problems: Record<ProblemCode, string>
  parties: { buyer: string; merchant: string; both: string }
  types: { partial: string; reship: string; refund_only: string; return_refund: string; exchange: string }
  kindsOf: { buyer: string; merchant: string; both: string }
  payers: { '': string; buyer: string; merchant: string; insurance_first: string }
  methods: { original_route: string; balance: string }
  /** Stands after the name of a field that may be left out. */
  optional: string
  reasonsLabel: string
  choose: string
  count: string
  countTo: string
  willHappen: string
  confirmRuling: string
  confirmIrreversible: string
  toReview: string
  back: string
  cancel: string
  send: string
  sending: string
  changed: string
  kept: string
}

const zh: FormWords = {
  actions: {
    claim: { label: '受理案件', does: ['您成为本案的经办客服，双方会收到受理通知。'] },
    request_evidence: { label: '要求补充凭证', does: ['被要求的一方会收到通知和截止时间；逾期按现有凭证判断。'] },
    rule_refund: {
      label: '支持买家：退款',
      does: ['支持买家，退款 {amount}，买家不用退货。', '商家须在执行期限内退款；逾期由平台执行。', '双方凭证随裁定锁定，裁定理由发给双方。'],
    },
    rule_return_refund: {
      label: '支持买家：退货退款',
      does: ['支持买家，买家寄回商品后退款 {amount}。', '买家须在寄回期限内填写物流单号；逾期案件关闭。', '双方凭证随裁定锁定，裁定理由发给双方。'],
    },
    rule_merchant: {
      label: '支持商家',
      does: ['不支持买家的申请，案件关闭，不退款。', '买家可在申诉期内凭新凭证申诉一次。', '双方凭证随裁定锁定，裁定理由发给双方。'],
    },
    dismiss: {
      label: '驳回申请',
      does: ['驳回申请（例如凭证不足以判断），案件关闭，不退款。', '买家可在申诉期内凭新凭证申诉一次。', '双方凭证随裁定锁定，裁定理由发给双方。'],
    },
    settle: { label: '按协商结果结案', does: ['按双方同意的方案执行：退款、补发或换货。', '协商内容发给双方，之后不能再改。'] },
    uphold: { label: '维持原裁定', does: ['原裁定维持不变，成为平台的最终结果。', '复核理由发给双方。'] },
    overturn: { label: '改判支持买家', does: ['改为支持买家，按所选方式退款 {amount}。', '复核理由发给双方。'] },
    reopen: { label: '重新打开案件', does: ['案件回到平台待受理，双方会收到通知。'] },
    retry: { label: '重试退款', does: ['按所选方式重新发起退款 {amount}。'] },
    reassign: { label: '转交案件', does: ['案件转给您填写的客服，之后由他处理。', '转交理由记入案件。'] },
    agree_refund: { label: '同意退款', does: ['退款 {amount} 给买家，同意后不能撤回。'] },
    agree_reship: { label: '同意补发', does: ['您须在期限内补发商品，同意后不能撤回。'] },
    confirm_exchange: { label: '确认收货并换货', does: ['您须在期限内寄出换货商品，确认后不能撤回。'] },
    agree_return: { label: '同意退货', does: ['买家按您填写的地址（不填则按店铺默认地址）寄回，签收后您再验货退款。', '同意后不能撤回。'] },
    merchant_reverses: { label: '改为同意', does: ['撤回拒绝，按买家的申请处理，之后不能再拒绝。'] },
    confirm_refund: { label: '确认收货并退款', does: ['退款 {amount} 给买家，确认后不能撤回。'] },
    merchant_pays: { label: '按裁定退款', does: ['按平台裁定退款 {amount}。'] },
    ship: { label: '补发发货', does: ['买家会看到补发的物流单号。'] },
    offer: { label: '提出协商方案', does: ['买家在期限内选择接受或不接受；期间您的处理时限暂停。'] },
    extend_receipt: { label: '延长收货', does: ['收货期限延长一次，之后不能再延长。'] },
    supplement: { label: '补充凭证', does: ['说明提交后双方和平台客服都能看到；文件上传完成即已加入本案。'] },
    goods_sent_back: { label: '已把商品寄回买家', does: ['记录商品已寄回买家，您的寄回义务完成。'] },
    agree_goods_back: { label: '同意把商品寄回', does: ['买家撤销申请后，您须把商品寄回。同意后不能撤回。'] },
    report_lost: { label: '上报丢件', does: ['平台介入核实包裹去向。'] },
    reject: { label: '拒绝申请', does: ['买家会看到拒绝原因和说明，并可在期限内申请平台介入。'] },
    reject_return: { label: '拒绝退货', does: ['买家会看到验货凭证和说明，并可在期限内申请平台介入。'] },
    refuse_parcel: { label: '拒收包裹', does: ['买家会看到拒收原因和照片，并可在期限内申请平台介入。'] },
  },
  fields: {
    text: '说明', amount: '金额（元）', code: '拒绝原因', kinds: '凭证类型', party: '向谁要求', address: '退货地址',
    evidence: '凭证', told: '已告知买家：可以申请平台介入', carrier: '快递公司', waybill: '物流单号', type: '方式',
    buyer_ok: '买家已在会话中同意', shop_ok: '商家已同意', freight: '退货运费由谁承担', assignee: '转交给（客服账号）', method: '退款方式',
  },
  hints: {
    text: '写给对方看的话', reasons: '写明依据了哪些凭证和规则，双方都会看到', amount: '例如 99.00', address: '收件人、电话、省市区和详细地址',
    evidence: '图片或视频', evidenceNeeded: '这个原因必须附凭证', colon: '：', and: '、', kinds: '可以多选', kindsBoth: '可以多选，每一方至少一种；双方会同时收到通知', amountAll: '不填则按申请金额全额', addressOwn: '不填则用店铺默认退货地址',
    assignee: '填对方登录工作台的账号', method: '退到余额须买家已在案件中同意',
  },
  problems: {
    required: '必填', too_short: '至少写 10 个字', not_an_amount: '请填写金额，例如 99.00', amount_too_high: '金额超出上限',
    needs_evidence: '请先上传凭证', must_tick: '请勾选确认', both_sides: '买家和商家各至少选一种',
  },
  parties: { buyer: '买家', merchant: '商家', both: '双方' },
  types: { partial: '部分退款', reship: '补发', refund_only: '仅退款', return_refund: '退货退款', exchange: '换货' },
  kindsOf: { buyer: '向买家要', merchant: '向商家要', both: '双方都要' },
  payers: { '': '按规则判断', buyer: '买家', merchant: '商家', insurance_first: '先由运费险承担' },
  methods: { original_route: '原路退回', balance: '退到余额' },
  optional: '（选填）',
  reasonsLabel: '理由',
  choose: '请选择',
  count: '{n} 字',
  countTo: '{n} / 至少 {min} 字',
  willHappen: '提交后',
  confirmRuling: '我已核对双方凭证，知道裁定作出后不能撤回',
  confirmIrreversible: '我知道这一步不能撤回',
  toReview: '下一步：核对',
  back: '返回修改',
  cancel: '取消',
  send: '确认{action}',
  sending: '正在提交…',
  changed: '案件刚刚有变化，已更新到最新。您写的内容还在，请核对后再提交。',
  kept: '您写的内容还在。',
}

const en: FormWords = {
  actions: {
    claim: { label: 'Take the case', does: ['You become the agent of this case; both parties are told.'] },
    request_evidence: { label: 'Request evidence', does: ['The party is told what to add and until when; after that you decide on what is there.'] },
    rule_refund: {
      label: 'For the buyer: refund',
      does: ['The buyer is refunded {amount} and keeps the goods.', 'The merchant must pay within the execution period; otherwise the platform does.', 'The evidence of both sides is locked, and both receive your reasons.'],
    },
    rule_return_refund: {
      label: 'For the buyer: return and refund',
      does: ['The buyer sends the goods back and is refunded {amount}.', 'The buyer must enter a waybill within the return period, or the case closes.', 'The evidence of both sides is locked, and both receive your reasons.'],
    },
    rule_merchant: {
      label: 'For the merchant',
      does: ['The claim is not supported; the case closes without a refund.', 'The buyer may appeal once with new evidence.', 'The evidence of both sides is locked, and both receive your reasons.'],
    },
    dismiss: {
      label: 'Dismiss',
      does: ['The claim is dismissed, for example for lack of evidence; the case closes without a refund.', 'The buyer may appeal once with new evidence.', 'The evidence of both sides is locked, and both receive your reasons.'],
    },
    settle: { label: 'Settle as agreed', does: ['What both agreed to is carried out: money, a replacement or an exchange.', 'Both receive the settlement; it cannot be changed.'] },
    uphold: { label: 'Uphold the ruling', does: ['The ruling stands and is final on the platform.', 'Both receive your reasons.'] },
    overturn: { label: 'Overturn for the buyer', does: ['The buyer is supported and refunded {amount} in the way you choose.', 'Both receive your reasons.'] },
    reopen: { label: 'Reopen the case', does: ['The case returns to the platform queue; both parties are told.'] },
    retry: { label: 'Retry the refund', does: ['The refund of {amount} is ordered again in the way you choose.'] },
    reassign: { label: 'Reassign', does: ['The case goes to the agent you name, who decides it from now on.', 'Your reasons are kept in the case.'] },
    agree_refund: { label: 'Agree to refund', does: ['The buyer is refunded {amount}. This cannot be taken back.'] },
    agree_reship: { label: 'Agree to reship', does: ['You send a replacement in time. This cannot be taken back.'] },
    confirm_exchange: { label: 'Confirm receipt and exchange', does: ['You send the replacement in time. This cannot be taken back.'] },
    agree_return: { label: 'Agree to return', does: ['The buyer sends the goods to this address, or to your default one if you leave it empty; you inspect them and refund.', 'This cannot be taken back.'] },
    merchant_reverses: { label: 'Agree after all', does: ['Your refusal is withdrawn and the claim goes ahead. You cannot refuse again.'] },
    confirm_refund: { label: 'Confirm receipt and refund', does: ['The buyer is refunded {amount}. This cannot be taken back.'] },
    merchant_pays: { label: 'Pay as ruled', does: ['You pay {amount} as the platform ruled.'] },
    ship: { label: 'Ship the replacement', does: ['The buyer sees the waybill.'] },
    offer: { label: 'Make an offer', does: ['The buyer accepts or declines in time; your own clock is paused meanwhile.'] },
    extend_receipt: { label: 'Extend receipt', does: ['The period is extended once and cannot be extended again.'] },
    supplement: { label: 'Add evidence', does: ['Your text is added when you send it; a file is part of the case as soon as it is uploaded.'] },
    goods_sent_back: { label: 'Goods sent back', does: ['It is recorded that the goods are on their way back to the buyer.'] },
    agree_goods_back: { label: 'Agree to send the goods back', does: ['If the buyer withdraws, you send the goods back. This cannot be taken back.'] },
    report_lost: { label: 'Report the parcel lost', does: ['The platform steps in and looks for the parcel.'] },
    reject: { label: 'Reject the claim', does: ['The buyer sees your reason and may ask the platform to step in.'] },
    reject_return: { label: 'Reject the return', does: ['The buyer sees your inspection and may ask the platform to step in.'] },
    refuse_parcel: { label: 'Refuse the parcel', does: ['The buyer sees why, with photos, and may ask the platform to step in.'] },
  },
  fields: {
    text: 'Explanation', amount: 'Amount (yuan)', code: 'Reason for rejection', kinds: 'Kinds of evidence', party: 'From whom', address: 'Return address',
    evidence: 'Evidence', told: 'I told the buyer that the platform can be asked to step in', carrier: 'Carrier', waybill: 'Waybill number', type: 'How',
    buyer_ok: 'The buyer agreed in the conversation', shop_ok: 'The merchant agreed', freight: 'Who pays the return postage', assignee: 'Give it to (agent account)', method: 'How the money goes back',
  },
  hints: {
    text: 'The other side will read this', reasons: 'Name the evidence and rules you rely on; both parties will read this', amount: 'For example 99.00', address: 'Name, phone, and the full address',
    evidence: 'Pictures or a video', evidenceNeeded: 'This reason needs evidence', colon: ': ', and: ', ', kinds: 'Choose one or more', kindsBoth: 'One or more of each side; both are asked at once', amountAll: 'Empty: all that was asked for', addressOwn: 'Empty: the shop’s default return address',
    assignee: 'The account they log in to the console with', method: 'To the balance only if the buyer agreed to it in the case',
  },
  problems: {
    required: 'Required', too_short: 'At least 10 characters', not_an_amount: 'Enter an amount, for example 99.00', amount_too_high: 'Above the limit',
    needs_evidence: 'Upload evidence first', must_tick: 'Please confirm', both_sides: 'Choose at least one of each side',
  },
  parties: { buyer: 'Buyer', merchant: 'Merchant', both: 'Both' },
  types: { partial: 'Partial refund', reship: 'Reship', refund_only: 'Refund only', return_refund: 'Return and refund', exchange: 'Exchange' },
  kindsOf: { buyer: 'Of the buyer', merchant: 'Of the merchant', both: 'Of both' },
  payers: { '': 'As the policy says', buyer: 'Buyer', merchant: 'Merchant', insurance_first: 'Freight insurance first' },
  methods: { original_route: 'To the original payment', balance: 'To the balance' },
  optional: ' (optional)',
  reasonsLabel: 'Reasons',
  choose: 'Choose',
  count: '{n} characters',
  countTo: '{n} of at least {min} characters',
  willHappen: 'What will happen',
  confirmRuling: 'I have checked the evidence of both sides and know that a ruling cannot be taken back',
  confirmIrreversible: 'I know that this cannot be taken back',
  toReview: 'Next: review',
  back: 'Back to edit',
  cancel: 'Cancel',
  send: 'Confirm: {action}',
  sending: 'Sending…',
  changed: 'The case has just changed and is now up to date. Your text is still here: please check it and send again.',
  kept: 'Your text is still here.',
}

export const formWords = dictionary(zh, en)

/** actionWords finds the words of an action that came as a string from the server. */
export function actionWords(words: FormWords, action: string): ActionWords {
  return (words.actions as Partial<Record<string, ActionWords>>)[action] ?? { label: action, does: [] }
}
