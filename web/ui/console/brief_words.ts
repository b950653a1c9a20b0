// The words of the brief. It comes as facts with keys: the server decides what is known, this only names it.

import { dictionary } from '../shared/i18n'

type Names = Readonly<Record<string, string>>

const zh = {
  title: '交接简报', made: '由系统根据会话和案件生成', loading: '正在读取简报…', failed: '简报没有读到', retry: '重试',
  since: (span: string) => `已等 ${span}`, from: (n: number) => `只读了第 ${n} 条以后的记录`,
  lastWords: '买家最后说的', nobody: '买家还没有写过话', open: '还没有回复',
  verdict: '规则判断', clauses: (n: number) => `依据 ${n} 条规则`, basis: '事实编号',
  facts: '已知的事实', allFacts: (n: number) => `全部 ${n} 项`, noFacts: '还没有可核实的事实',
  evidence: '凭证', have: '已有', missing: '还缺', none: '没有', or: ' 或 ', required: '必需', optional: '可选', asked: '平台要求', flagged: (n: number) => `${n} 处需留意`,
  deadlines: '时限', noDeadlines: '没有在走的时限',
  promises: '对买家说过的', noPromises: '没有承诺过金额、日期或动作',
  mood: '情绪', calm: '没有发现激动', tried: '机器人做过的', nothing: '机器人还没有做什么', answered: '回答过', stuck: '没有顺利的地方', stands: '停在', missed: (n: number) => `连续 ${n} 次没听懂`,
  times: (n: number) => (n > 1 ? ` ×${n}` : ''),
  moods: { anger: '生气', distress: '可能轻生', threat: '说要伤人' } as Names,
  binds: { amount: '金额', date: '日期', time: '时间', action: '动作' } as Names,
  by: { bot: '机器人', agent: '客服', system: '系统' } as Names,
  sources: { order: '订单', buyer: '买家说', merchant: '商家说', platform: '平台', logistics: '物流', payment: '支付渠道' } as Names,
  parties: { buyer: '买家', merchant: '商家' } as Names,
  repairs: {
    not_understood: '没听懂', asked_which: '反问是哪种情况', refused: '操作被拒绝', stale_card: '按了过期的卡片', upload_trouble: '上传出问题', corrected: '买家改口', left_out: '买家没有提供',
  } as Names,
  steps: {
    order: '选择商品', reason: '选择原因', confirm: '确认原因', answer: '回答问题', claim: '选择要求', evidence: '上传凭证', summary: '确认提交', closed: '选择别的办法',
    twice: '再次确认', cancel: '是否放弃', trouble: '上传哪里出错',
  } as Names,
  keys: {
    item: '商品', order: '订单号', shop: '店铺', paid: '实付', order_status: '订单状态', shipped: '发货', signed: '签收', reason: '申请原因', type: '要求', asked: '申请金额',
    story: '买家描述', statement: '给平台的说明', returned: '寄回', return_signed: '退货签收', attempt: '第几次申请', rejection: '商家拒绝', 'offer.partial': '商家提出部分退款', 'offer.reship': '商家提出补发',
    merchant_overdue: '商家超时', escalated: '申请平台介入', ruling: '裁定', goods_back: '商家须寄回商品',
    'refund.pending': '退款已发起', 'refund.succeeded': '退款已受理', 'refund.failed': '退款失败',
    'answer.received': '收到商品', 'answer.intact': '商品完好', 'answer.spec_diff': '与下单规格不同', 'answer.pickup_checked': '取件处都找过', 'answer.in_chat': '在平台聊天里约定',
    'answer.promised': '缺的东西有承诺', 'answer.refused': '当面拒收', 'answer.wants_refund': '想退款', 'answer.paid_postage': '自付退货运费', 'answer.unlisted': '不属于所列原因', 'answer.harm': '有人受伤或不适',
  } as Names,
  answers: { yes: '是', no: '否' } as Names,
}

const en: typeof zh = {
  title: 'Handoff brief', made: 'Made by the system from the conversation and the case', loading: 'Loading the brief…', failed: 'The brief could not be read', retry: 'Try again',
  since: (span) => `waiting for ${span}`, from: (n) => `Read from entry ${n} on only`,
  lastWords: 'The buyer’s last words', nobody: 'The buyer has written nothing yet', open: 'not answered yet',
  verdict: 'Policy verdict', clauses: (n) => (n === 1 ? 'Based on 1 rule' : `Based on ${n} rules`), basis: 'Facts',
  facts: 'What is known', allFacts: (n) => `All ${n}`, noFacts: 'Nothing can be checked yet',
  evidence: 'Evidence', have: 'There', missing: 'Missing', none: 'none', or: ' or ', required: 'required', optional: 'optional', asked: 'asked for', flagged: (n) => `${n} to look at`,
  deadlines: 'Deadlines', noDeadlines: 'No clock is running',
  promises: 'What the buyer was told', noPromises: 'No amount, date or action was promised',
  mood: 'Mood', calm: 'No distress noticed', tried: 'What the bot did', nothing: 'The bot has done nothing yet', answered: 'Answered', stuck: 'Where it did not get on', stands: 'Stopped at', missed: (n) => `not understood ${n} times in a row`,
  times: (n) => (n > 1 ? ` ×${n}` : ''),
  moods: { anger: 'angry', distress: 'may hurt himself', threat: 'may hurt others' },
  binds: { amount: 'amount', date: 'date', time: 'time', action: 'action' },
  by: { bot: 'Bot', agent: 'Agent', system: 'System' },
  sources: { order: 'order', buyer: 'buyer says', merchant: 'merchant says', platform: 'platform', logistics: 'carrier', payment: 'payment channel' },
  parties: { buyer: 'Buyer', merchant: 'Merchant' },
  repairs: {
    not_understood: 'Did not understand', asked_which: 'Asked which of several was meant', refused: 'An action was refused', stale_card: 'An old card was pressed', upload_trouble: 'An upload failed', corrected: 'The buyer corrected himself', left_out: 'The buyer left something out',
  },
  steps: {
    order: 'choosing the item', reason: 'choosing the reason', confirm: 'confirming the reason', answer: 'answering a question', claim: 'choosing what to ask for', evidence: 'uploading evidence', summary: 'confirming the application', closed: 'choosing another way',
    twice: 'confirming again', cancel: 'whether to give up', trouble: 'what went wrong with the upload',
  },
  keys: {
    item: 'Item', order: 'Order', shop: 'Shop', paid: 'Paid', order_status: 'Order status', shipped: 'Shipped', signed: 'Signed for', reason: 'Reason', type: 'Asks for', asked: 'Amount asked for',
    story: 'The buyer’s account', statement: 'Told the platform', returned: 'Sent back', return_signed: 'Return signed for', attempt: 'Application no.', rejection: 'The merchant refused', 'offer.partial': 'Merchant offers a part', 'offer.reship': 'Merchant offers to reship',
    merchant_overdue: 'Merchant overdue since', escalated: 'Platform asked', ruling: 'Ruling', goods_back: 'Merchant owes the goods',
    'refund.pending': 'Refund ordered', 'refund.succeeded': 'Refund accepted', 'refund.failed': 'Refund failed',
    'answer.received': 'Received the goods', 'answer.intact': 'Goods intact', 'answer.spec_diff': 'Other than ordered', 'answer.pickup_checked': 'Looked where couriers leave it', 'answer.in_chat': 'Agreed in the platform’s chat',
    'answer.promised': 'What is missing was promised', 'answer.refused': 'Refused at the door', 'answer.wants_refund': 'Wants a refund', 'answer.paid_postage': 'Paid the return postage', 'answer.unlisted': 'None of the listed reasons', 'answer.harm': 'Somebody was hurt or ill',
  },
  answers: { yes: 'yes', no: 'no' },
}

export const briefWords = dictionary(zh, en)
