import { dictionary } from '../shared/i18n'

const zh = {
  title: '回放报告', overview: '概览', changes: '变化', cases: '用例', topics: '主题', calibration: '置信度', coverage: '覆盖', slowest: '最慢', trend: '趋势', views: '报告的各部分',
  policy: '规则', faq: '答案', stage: '运行于', seed: '种子', repeat: '每例次数', started: '开始', took: '用时', ms: (n: number) => (n >= 1000 ? `${(n / 1000).toFixed(1)} 秒` : `${n} 毫秒`),
  us: (n: number) => (n >= 1000 ? `${(n / 1000).toFixed(1)} 毫秒` : `${n} 微秒`), incomplete: '这次运行没有跑完，下面只是已有的部分。', filter: '筛选', shard: '分片', model: '模型',
  status: { passed: '通过', failed: '失败', flaky: '不稳定', broken: '用例有误', error: '出错', skipped: '跳过' } as Record<string, string>,
  questions: '问题', conversations: '对话', right: '答对', askedRight: '反问，选项里有正确的', askedWrong: '反问，选项里没有', wrong: '答错', refused: '该答没答', macro: '宏平均 F1',
  failuresFirst: '先看失败的', search: '搜索编号、文字、主题、标签', all: '全部', more: (n: number) => `再显示 ${n} 条`, none: '没有符合的用例', found: (n: number) => `${n} 条`,
  wanted: '应为', got: '实际', where: '位置', asked: '问', answered: '答', likely: '最可能的主题', confidence: '置信度', trials: (p: number, n: number) => `${n} 次中通过 ${p} 次`,
  topic: '主题', precision: '精确率', recall: '召回率', n: '应答', given: '给出', confusions: '混淆最多的', matrix: '混淆矩阵', matrixHint: '行是应为的主题，列是实际给出的。点一格看是哪些问题。', pick: '点一格，这里列出问题',
  calibrationHint: '点在对角线上，说明给出的置信度可信。柱高是问题数。', ece: '期望校准误差', meanConfidence: '平均置信度', share: '答对的比例',
  steps: '流程步骤', states: '售后单状态', transitions: '状态转换', touched: (a: number, b: number) => `${a} / ${b}`, missed: '没有触及', allTouched: '全部触及', noSlow: '没有记录用时',
  broken: '新坏的', fixed: '修好的', before: '之前', now: '现在', noChanges: '没有变化', chance: (p: string) => `只凭运气出现的概率 p = ${p}`, byGroup: '各组的变化会不会只是偶然',
  step: (n: number) => `第 ${n} 步`, whole: '整个对话', back: '返回列表', buyer: '买家', bot: '机器人', agent: '客服', system: '系统', required: '必需', done: '已有', silent: '（没有回应）', holder: { bot: '机器人在答', waiting_human: '等待客服', human: '客服在答' } as Record<string, string>,
  rightShare: '答对比例', passShare: '通过比例', runs: '运行', nothing: '这次运行里没有问题用例。', open: '打开', deadline: '截止',
  special: { '(asks back)': '（反问）', '(flow)': '（进入流程）', '(human)': '（转人工）', none: '（不该回答）' } as Record<string, string>,
  kinds: {
    broken: '新坏的', worse: '比运气能解释的更差', newly_flaky: '新近不稳定', fails_otherwise: '坏在别处', new_failing: '新增且不通过', unplayed: '没能运行', vanished: '消失了', unverifiable: '无法判断',
    moved: '换了主题', reworded: '换了说法', acts: '说法相同，行为不同', drifted: '置信度变了', fixed: '修好的', better: '变好', still_flaky: '仍不稳定', still_failing: '仍不通过', new: '新增',
  } as Record<string, string>,
}

const en: typeof zh = {
  title: 'Replay report', overview: 'Overview', changes: 'Changes', cases: 'Cases', topics: 'Topics', calibration: 'Confidence', coverage: 'Coverage', slowest: 'Slowest', trend: 'Trend', views: 'Parts of the report',
  policy: 'Policy', faq: 'Answers', stage: 'Played on', seed: 'Seed', repeat: 'Times each', started: 'Started', took: 'Took', ms: (n) => (n >= 1000 ? `${(n / 1000).toFixed(1)} s` : `${n} ms`),
  us: (n) => (n >= 1000 ? `${(n / 1000).toFixed(1)} ms` : `${n} µs`), incomplete: 'This run did not finish; what follows is only what there is.', filter: 'Filter', shard: 'Shard', model: 'Model',
  status: { passed: 'Passed', failed: 'Failed', flaky: 'Flaky', broken: 'Broken case', error: 'Error', skipped: 'Skipped' },
  questions: 'Questions', conversations: 'Conversations', right: 'Answered right', askedRight: 'Asked back, the right one among the choices', askedWrong: 'Asked back without it', wrong: 'Answered wrong', refused: 'Not answered', macro: 'Macro F1',
  failuresFirst: 'Failures first', search: 'Search id, text, topic, tag', all: 'All', more: (n) => `Show ${n} more`, none: 'No case fits', found: (n) => (n === 1 ? '1 case' : `${n} cases`),
  wanted: 'Wanted', got: 'Got', where: 'Where', asked: 'Asked', answered: 'Answered', likely: 'Likeliest topics', confidence: 'Confidence', trials: (p, n) => `${p} of ${n} passed`,
  topic: 'Topic', precision: 'Precision', recall: 'Recall', n: 'Wanted', given: 'Given', confusions: 'Most confused', matrix: 'Confusion matrix', matrixHint: 'A row is the topic that was wanted, a column what was given. Press a cell to see which questions.', pick: 'Press a cell to list its questions here',
  calibrationHint: 'Points on the diagonal: the confidence can be believed. Bars are numbers of questions.', ece: 'Expected calibration error', meanConfidence: 'Mean confidence', share: 'Share right',
  steps: 'Steps of the flows', states: 'States of the case', transitions: 'Transitions', touched: (a, b) => `${a} of ${b}`, missed: 'Not touched', allTouched: 'All touched', noSlow: 'No times were kept',
  broken: 'Broken', fixed: 'Fixed', before: 'Before', now: 'Now', noChanges: 'Nothing changed', chance: (p) => `p = ${p} by chance alone`, byGroup: 'Could chance alone do this, group by group',
  step: (n) => `Step ${n}`, whole: 'Whole conversation', back: 'Back to the list', buyer: 'Buyer', bot: 'Bot', agent: 'Agent', system: 'System', required: 'required', done: 'given', silent: '(no answer)', holder: { bot: 'bot answers', waiting_human: 'waits for a person', human: 'a person answers' },
  rightShare: 'Share right', passShare: 'Share passed', runs: 'Runs', nothing: 'This run has no questions.', open: 'Open', deadline: 'By',
  special: { '(asks back)': '(asks back)', '(flow)': '(flow)', '(human)': '(human)', none: '(not to be answered)' },
  kinds: {
    broken: 'Broken', worse: 'Worse than chance explains', newly_flaky: 'Newly flaky', fails_otherwise: 'Fails elsewhere now', new_failing: 'New and failing', unplayed: 'Could not be played', vanished: 'Vanished', unverifiable: 'Cannot be judged',
    moved: 'Another topic', reworded: 'Other words', acts: 'Same words, acts otherwise', drifted: 'Confidence drifted', fixed: 'Fixed', better: 'Better', still_flaky: 'Still flaky', still_failing: 'Still failing', new: 'New',
  },
}

export const words = dictionary(zh, en)
