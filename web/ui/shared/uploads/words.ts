// Words for what can go wrong with a file, beside that file. What to do about it is said in the conversation.
import { dictionary } from '../i18n'
import type { TroubleCode } from './trouble'

const zh: Record<TroubleCode, string> = {
  camera_denied: '没有相机权限，打不开相机',
  camera_missing: '没有找到可用的相机',
  network: '网络不通，已传的部分保留着',
  timeout: '网络太慢，已传的部分保留着',
  session: '登录已过期，已传的部分保留着',
  server: '系统出了点问题，已传的部分保留着',
  device_full: '设备的存储空间满了',
  case_moved: '申请有变化，现在不能加这份凭证',
  deadline_passed: '补充凭证的时间已过',
  other: '没有传成功',
  empty: '这个文件是空的',
  too_large: '文件太大',
  wrong_type: '这种文件不能用作这项凭证',
  too_small: '图片太小，看不清楚',
  too_long: '视频太长',
  too_many: '数量已满，请先移除一些',
  unreadable: '读不出这个文件，请重新选择',
  undecodable: '文件打不开，可能已损坏',
}

const en: typeof zh = {
  camera_denied: 'No permission to use the camera',
  camera_missing: 'No camera was found',
  network: 'No connection; what was sent is kept',
  timeout: 'The network is too slow; what was sent is kept',
  session: 'Your sign-in expired; what was sent is kept',
  server: 'Our system had a problem; what was sent is kept',
  device_full: 'The device has no storage left',
  case_moved: 'The request has changed; this cannot be added now',
  deadline_passed: 'The time to add evidence is over',
  other: 'The upload failed',
  empty: 'This file is empty',
  too_large: 'The file is too big',
  wrong_type: 'This kind of file cannot be used here',
  too_small: 'The picture is too small to see anything',
  too_long: 'The video is too long',
  too_many: 'That is as many as can be added; remove some first',
  unreadable: 'This file could not be read; please choose it again',
  undecodable: 'The file cannot be opened; it may be damaged',
}

export const troubleWords = dictionary(zh, en)
