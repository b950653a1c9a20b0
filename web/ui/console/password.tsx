// Choosing another password: whoever came in with a temporary one does nothing else before.

import { useState } from 'preact/hooks'
import { Api, ApiFailure, failureText } from '../shared/api'
import { dictionary } from '../shared/i18n'
import type { ChangePassword, LoginResult } from '../shared/wire'
import { LoginCard } from './login_card'
import { chosePassword, leave } from './session'

const zh = {
  heading: '设置新密码', why: '您使用的是临时密码，请先设置自己的密码。', old: '临时密码', fresh: '新密码', again: '再输入一次新密码', hint: '至少 8 个字符，不能与账号或临时密码相同。',
  differ: '两次输入的新密码不一致。', wrong: '临时密码不正确。', save: '保存并进入', saving: '正在保存…', leave: '退出',
}
const en: typeof zh = {
  heading: 'Choose a password', why: 'You came in with a temporary password; please choose your own first.', old: 'Temporary password', fresh: 'New password', again: 'New password again', hint: 'At least 8 characters; neither your login nor the temporary password.',
  differ: 'The two new passwords differ.', wrong: 'The temporary password is wrong.', save: 'Save and enter', saving: 'Saving…', leave: 'Sign out',
}
const words = dictionary(zh, en)

export function PasswordScreen({ login }: { login: LoginResult }) {
  const w = words()
  const [busy, setBusy] = useState(false)
  const [trouble, setTrouble] = useState('')

  async function submit(form: FormData): Promise<void> {
    const value = (name: string): string => String(form.get(name) ?? '')
    if (value('fresh') !== value('again')) {
      setTrouble(w.differ)
      return
    }
    setBusy(true)
    setTrouble('')
    const change: ChangePassword = { old: value('old'), password: value('fresh') }
    try {
      await new Api({ token: () => login.session }).post('/api/agent/password', change)
      chosePassword(login)
    } catch (err) {
      setTrouble(err instanceof ApiFailure && err.status === 401 ? words().wrong : failureText(err))
      setBusy(false)
    }
  }

  return (
    <LoginCard heading={w.heading} trouble={trouble} onSubmit={submit}>
      <>
        <p class="note note-warn" role="status">{w.why}</p>
        <input type="hidden" name="username" autocomplete="username" value={login.agent.login} />
        <div class="field">
          <label for="old">{w.old}</label>
          <input id="old" name="old" type="password" class="input" autocomplete="current-password" required autofocus />
        </div>
        <div class="field">
          <label for="fresh">{w.fresh}</label>
          <input id="fresh" name="fresh" type="password" class="input" autocomplete="new-password" minLength={8} required aria-describedby="fresh-hint" />
          <p class="small muted" id="fresh-hint">{w.hint}</p>
        </div>
        <div class="field">
          <label for="again">{w.again}</label>
          <input id="again" name="again" type="password" class="input" autocomplete="new-password" minLength={8} required />
        </div>
      </>
      <>
        <button type="submit" class="btn btn-primary btn-block" disabled={busy}>{busy ? w.saving : w.save}</button>
        <button type="button" class="btn btn-quiet btn-block" onClick={leave}>{w.leave}</button>
      </>
    </LoginCard>
  )
}
