// The words of the accounts and of their sessions.

import { dictionary } from '../shared/i18n'

const zh = {
  title: '账号', close: '回到会话', add: '添加账号', find: '查找账号', loading: '正在读取…', none: '没有符合的账号', pick: '选择一个账号查看和修改，或添加新账号。', back: '返回列表', stale: (text: string) => `未能刷新：${text}`,
  count: (n: number) => `共 ${n} 个账号`, roles: { agent: '客服', senior: '资深客服', supervisor: '主管', admin: '管理员' } as Record<string, string>,
  disabled: '已停用', temporary: '临时密码', sso: '单点登录', you: '您', online: (n: number) => `${n} 处登录`, seen: (at: string) => `最近使用 ${at}`, never: '从未登录',
  login: '账号', loginHint: '小写字母、数字和 . _ @ -，最多 64 个字符，以后不能更改。', name: '姓名（买家可见）', nameHint: '不填则显示账号。', role: '角色', roleOwn: '不能更改自己的角色。', roleEnds: '更改角色后，他的登录会立即失效。',
  languages: '语言', languagesHint: '都不选表示都会。', zh: '中文', en: '英文', skills: '技能', skillsHint: '用逗号隔开，只用小写字母、数字、_ 和 -，例如 fraud。', capacity: '同时接待', usual: '按角色默认', noChats: '不派会话', number: '指定数量', seats: '会话数（1–50）',
  ssoField: '使用单点登录（没有密码）', save: '保存', saving: '正在保存…', create: '创建账号', creating: '正在创建…', discard: '放弃修改', saved: '已保存', unsaved: '有未保存的修改', cancel: '取消',
  wrong: { login: '账号格式不对：小写字母、数字和 . _ @ -，以字母或数字开头。', skills: '技能只能用小写字母、数字、_ 和 -，每项最多 32 个字符，最多 32 项。', seats: '请填写 1 到 50 之间的整数。' },
  facts: '资料', createdAt: '创建时间', passwordAt: '密码设置', unknown: '未知', access: '登录与安全', reset: '重置密码', disable: '停用账号', enable: '启用账号', yourself: '这是您自己的账号，不能停用。',
  resetSure: (who: string) => `重置 ${who} 的密码？`, resetWhat: '会生成一个临时密码，旧密码立即失效，他的所有登录马上结束。',
  disableSure: (who: string) => `停用 ${who}？`, disableWhat: '他会马上被登出，不能再登录。之后可以重新启用。', enableSure: (who: string) => `启用 ${who}？`, enableWhat: '他可以用原来的密码登录。',
  roleSure: (who: string) => `更改 ${who} 的角色？`, roleWhat: (from: string, to: string) => `从${from}改为${to}，他的所有登录马上结束，需要重新登录。`,
  done: { disable: '已停用', enable: '已启用' }, working: '正在处理…',
  secret: '临时密码', secretFor: (who: string) => `${who} 的临时密码`, secretOnce: '只显示这一次。请安全地转交给本人，首次登录时须更换。', secretUntil: (at: string) => `有效期至 ${at}`, copy: '复制', copied: '已复制', copyFailed: '无法自动复制，已选中，请手动复制。', secretClose: '我已保存，关闭', madeSSO: (who: string) => `${who} 已创建，使用单点登录。`,
  sessions: '登录记录', mine: '我的登录', mineHint: '不认识的登录请结束，并修改密码。', noSessions: '现在没有登录', current: '当前', begun: '登录于', lastUsed: '最近使用', ends: (at: string) => `最晚 ${at} 失效`, via: { password: '密码', sso: '单点登录' } as Record<string, string>, device: '未知设备',
  end: '结束', endOne: (what: string) => `结束 ${what} 的登录`, endAll: '结束全部登录', endOthers: '结束其他登录', endSure: (who: string) => `结束 ${who} 的全部登录？`, endWhat: '他会马上被登出，可以重新登录。', endOthersWhat: '除了这里，所有地方都会马上被登出。', endOthersSure: '结束其他所有登录？', endThisSure: '结束当前登录？', endThisWhat: '您会马上退出工作台。', mark: '？',
}
const en: typeof zh = {
  title: 'Accounts', close: 'Chats', add: 'Add account', find: 'Find an account', loading: 'Loading…', none: 'No such account', pick: 'Choose an account to see and change it, or add one.', back: 'Back to the list', stale: (text) => `Not refreshed: ${text}`,
  count: (n) => (n === 1 ? '1 account' : `${n} accounts`), roles: { agent: 'Agent', senior: 'Senior agent', supervisor: 'Supervisor', admin: 'Admin' },
  disabled: 'Disabled', temporary: 'Temporary password', sso: 'Single sign-on', you: 'You', online: (n) => (n === 1 ? '1 session' : `${n} sessions`), seen: (at) => `last used ${at}`, never: 'never logged in',
  login: 'Login', loginHint: 'a–z, 0–9 and . _ @ -, at most 64. It never changes.', name: 'Name, for buyers', nameHint: 'Left empty: the login.', role: 'Role', roleOwn: 'You cannot change your own role.', roleEnds: 'Another role ends the account’s sessions at once.',
  languages: 'Languages', languagesHint: 'None chosen: all.', zh: 'Chinese', en: 'English', skills: 'Skills', skillsHint: 'Separated by commas; a–z, 0–9, _ and -, such as fraud.', capacity: 'Chats at a time', usual: 'usual for the role', noChats: 'none', number: 'a number', seats: 'Chats (1–50)',
  ssoField: 'Comes in by single sign-on (no password)', save: 'Save', saving: 'Saving…', create: 'Add the account', creating: 'Adding…', discard: 'Discard changes', saved: 'Saved', unsaved: 'Changes are not saved yet', cancel: 'Cancel',
  wrong: { login: 'A login is made of a–z, 0–9 and . _ @ -, and begins with a letter or digit.', skills: 'A skill is made of a–z, 0–9, _ and -, at most 32 characters; at most 32 skills.', seats: 'A whole number from 1 to 50, please.' },
  facts: 'Details', createdAt: 'Added', passwordAt: 'Password set', unknown: 'not known', access: 'Access', reset: 'Reset password', disable: 'Disable account', enable: 'Enable account', yourself: 'This is your own account; you cannot disable it.',
  resetSure: (who) => `Reset the password of ${who}?`, resetWhat: 'A temporary password is made. The old one is void, and all sessions end at once.',
  disableSure: (who) => `Disable ${who}?`, disableWhat: 'All sessions end at once, and nobody can log in with it. You can enable it again.', enableSure: (who) => `Enable ${who}?`, enableWhat: 'It lets in again, with the password that it had.',
  roleSure: (who) => `Change the role of ${who}?`, roleWhat: (from, to) => `From ${from} to ${to}. All sessions end at once, and a new login is needed.`,
  done: { disable: 'Disabled', enable: 'Enabled' }, working: 'Working…',
  secret: 'Temporary password', secretFor: (who) => `Temporary password of ${who}`, secretOnce: 'It is shown this once. Hand it over in private; it must be changed at the first login.', secretUntil: (at) => `It lets in until ${at}`, copy: 'Copy', copied: 'Copied', copyFailed: 'It could not be copied; it is selected for you to copy.', secretClose: 'I have kept it, close', madeSSO: (who) => `${who} is added and comes in by single sign-on.`,
  sessions: 'Sessions', mine: 'My sessions', mineHint: 'End what you do not know, and change your password.', noSessions: 'No session now', current: 'This one', begun: 'since', lastUsed: 'last used', ends: (at) => `ends ${at} at the latest`, via: { password: 'password', sso: 'single sign-on' }, device: 'Unknown device',
  end: 'End', endOne: (what) => `End the session of ${what}`, endAll: 'End all sessions', endOthers: 'End all others', endSure: (who) => `End all sessions of ${who}?`, endWhat: 'All are logged out at once, and may log in again.', endOthersWhat: 'You are logged out everywhere but here, at once.', endOthersSure: 'End all your other sessions?', endThisSure: 'End this session?', endThisWhat: 'You leave the console at once.', mark: '?',
}
export const accountWords = dictionary(zh, en)

/** roleName names a role; one unknown here by its key. */
export const roleName = (role: string): string => accountWords().roles[role] ?? role
