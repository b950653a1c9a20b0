// The words of the evidence viewer.

import { dictionary } from '../shared/i18n'

const zh = {
  title: '双方凭证', previous: '上一个', next: '下一个', zoomIn: '放大', zoomOut: '缩小', reset: '恢复原样', turnLeft: '向左转', turnRight: '向右转',
  compare: '并排对比', alone: '只看一个', linked: '同步缩放', details: '详情', choose: '选择要看的凭证', pane: (i: number) => `画面 ${i}`,
  place: (i: number, n: number, what: string) => `第 ${i} 个，共 ${n} 个：${what}`, look: (percent: number, degrees: number) => `${percent}%${degrees ? `，转 ${degrees}°` : ''}`,
  noPreview: '暂时无法预览，请稍后再打开。', noPlay: '这个视频在浏览器里播放不了，可以在详情里下载原件查看。', reload: '再试一次',
  keys: '← → 切换 · + − 缩放 · 0 复原 · Shift+方向键 移动 · R 旋转 · C 对比 · I 详情 · Esc 关闭',
  integrity: '完整性', hash: '文件指纹 SHA-256', receivedAt: '收到', stage: '状态', id: '凭证号', file: '文件', original: '下载原件', verify: '核对指纹', verifying: '正在核对…',
  same: '与收到时一致', differs: '与收到时不一致', unread: '没能读取原件，未核对',
  metadata: '文件自带信息', noMetadata: '文件没有自带信息', metadataFailed: '文件信息没有读到', size: '尺寸', lasts: '时长', seconds: (n: number) => `${n} 秒`, device: '设备', taken: '拍摄时间（文件自述）', software: '软件',
  placeKept: '原件含拍摄位置；展示的图片已去除位置', codes: '条码', waybill: '物流单号（机器读出，未确认）', noView: '对方看不到',
  flags: '需留意', noFlags: '没有需要留意的', hints: '给上传者的提示', proves: '这些只是提示，不能证明什么。',
  alike: '在别处见过', exact: '文件相同', near: '图片相似', thisCase: '本案', ownParty: '同一方提交', otherParty: '另一方提交',
}

const en: typeof zh = {
  title: 'Evidence of both sides', previous: 'Previous', next: 'Next', zoomIn: 'Zoom in', zoomOut: 'Zoom out', reset: 'As it was', turnLeft: 'Turn left', turnRight: 'Turn right',
  compare: 'Compare', alone: 'One only', linked: 'Move together', details: 'Details', choose: 'Choose the piece to look at', pane: (i) => `View ${i}`,
  place: (i, n, what) => `${i} of ${n}: ${what}`, look: (percent, degrees) => `${percent}%${degrees ? `, turned ${degrees}°` : ''}`,
  noPreview: 'No preview right now. Please open it again later.', noPlay: 'This video does not play in the browser. Download the original in the details to see it.', reload: 'Try again',
  keys: '← → walk · + − zoom · 0 as it was · Shift+arrows move · R turn · C compare · I details · Esc close',
  integrity: 'Integrity', hash: 'SHA-256', receivedAt: 'Received', stage: 'Stage', id: 'Piece', file: 'File', original: 'Download the original', verify: 'Check the hash', verifying: 'Checking…',
  same: 'As it was received', differs: 'Not as it was received', unread: 'The original could not be read; not checked',
  metadata: 'What the file says of itself', noMetadata: 'The file says nothing of itself', metadataFailed: 'It could not be read', size: 'Size', lasts: 'Length', seconds: (n) => `${n} s`, device: 'Device', taken: 'Taken (as the file says)', software: 'Software',
  placeKept: 'The original says where it was taken; the picture shown does not', codes: 'Bar codes', waybill: 'Waybill (read by a machine, not confirmed)', noView: 'The other party cannot see it',
  flags: 'To look at twice', noFlags: 'Nothing to look at twice', hints: 'Hints for the uploader', proves: 'These are hints. They prove nothing.',
  alike: 'Seen elsewhere', exact: 'same file', near: 'looks alike', thisCase: 'this case', ownParty: 'by the same party', otherParty: 'by another party',
}

export const evidenceWords = dictionary(zh, en)
