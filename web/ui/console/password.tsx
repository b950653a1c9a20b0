// Choosing another password: whoever came in with a temporary one does nothing else before; others do it among their sessions.

import { useState } from 'preact/hooks'
import { Api, ApiFailure, failureText } from '../shared/api'
import { dictionary } from '../shared/i18n'
import type { ChangePassword, LoginResult } from '../shared/wire'
import { LoginCard } from './login_card'
import { chosePassword, leave } from './session'

const zh = {
  heading: '设置新密码', why: '您使用的是临时密码，请先设置自己的密码。', old: '临时密码', fresh: '新密码', again: '再输入一次新密码', hint: '至少 8 个字符，不能与账号或临时密码相同。',
  differ: '两次输入的新密码不一致。', wrong: '临时密码不正确。', ownOld: '现在的密码', ownHint: '至少 8 个字符，不能与账号或现在的密码相同。修改后，其他地方的登录会立即结束。', ownWrong: '现在的密码不正确。', ownHeading: '修改密码', ownSave: '修改密码', ownDone: '密码已修改，其他登录已结束。', save: '保存并进入', saving: '正在保存…', leave: '退出',
}
const en: typeof zh = {
  heading: 'Choose a password', why: 'You came in with a temporary password; please choose your own first.', old: 'Temporary password', fresh: 'New password', again: 'New password again', hint: 'At least 8 characters; neither your login nor the temporary password.',
  differ: 'The two new passwords differ.', wrong: 'The temporary password is wrong.', ownOld: 'Present password', ownHint: 'At least 8 characters; neither your login nor the present password. All your other sessions end at once.', ownWrong: 'The present password is wrong.', ownHeading: 'Change password', ownSave: 'Change password', ownDone: 'Changed; all your other sessions have ended.', save: 'Save and enter', saving: 'Saving…', leave: 'Sign out',
}
const words = dictionary(zh, en)

/** choose asks for another password, and answers what is wrong; '' when it is done. */
async function choose(session: string, form: FormData, temporary: boolean): Promise<string> {
  const w = words()
  const value = (name: string): string => String(form.get(name) ?? '')
  if (value('fresh') !== value('again')) return w.differ
  const change: ChangePassword = { old: value('old'), password: value('fresh') }
  try {
    await new Api({ token: () => session }).post('/api/agent/password', change)
    return ''
  } catch (err) {
    return err instanceof ApiFailure && err.code === 'LOGIN_FAILED' ? (temporary ? w.wrong : w.ownWrong) : failureText(err)
  }
}

function Fields({ login, temporary }: { login: string; temporary: boolean }) {
  const w = words()
  return (
    <>
      <input type="hidden" name="username" autocomplete="username" value={login} />
      <div class="field">
        <label for="old">{temporary ? w.old : w.ownOld}</label>
        <input id="old" name="old" type="password" class="input" autocomplete="current-password" required autofocus={temporary} />
      </div>
      <div class="field">
        <label for="fresh">{w.fresh}</label>
        <input id="fresh" name="fresh" type="password" class="input" autocomplete="new-password" minLength={8} required aria-describedby="fresh-hint" />
        <p class="small muted" id="fresh-hint">{temporary ? w.hint : w.ownHint}</p>
      </div>
      <div class="field">
        <label for="again">{w.again}</label>
        <input id="again" name="again" type="password" class="input" autocomplete="new-password" minLength={8} required />
      </div>
    </>
  )
}

export function PasswordScreen({ login }: { login: LoginResult }) {
  const w = words()
  const [busy, setBusy] = useState(false)
  const [trouble, setTrouble] = useState('')

  async function submit(form: FormData): Promise<void> {
    setBusy(true)
    setTrouble('')
    const wrong = await choose(login.session, form, true)
    if (wrong === '') chosePassword(login)
    setTrouble(wrong)
    setBusy(false)
  }

  return (
    <LoginCard heading={w.heading} trouble={trouble} onSubmit={submit}>
      <>
        <p class="note note-warn" role="status">{w.why}</p>
        <Fields login={login.agent.login} temporary />
      </>
      <>
        <button type="submit" class="btn btn-primary btn-block" disabled={busy}>{busy ? w.saving : w.save}</button>
        <button type="button" class="btn btn-quiet btn-block" onClick={leave}>{w.leave}</button>
      </>
    </LoginCard>
  )
}

/** Changing one's own password, folded away. */
export function OwnPassword({ login, onDone }: { login: LoginResult; onDone(): void }) {
  const w = words()
  const [busy, setBusy] = useState(false)
  const [said, setSaid] = useState<{ good: boolean; text: string }>()
  const submit = (e: SubmitEvent): void => {
    e.preventDefault()
    const form = e.currentTarget as HTMLFormElement
    setBusy(true)
    setSaid(undefined)
    void choose(login.session, new FormData(form), false).then((wrong) => {
      setBusy(false)
      setSaid({ good: wrong === '', text: wrong || w.ownDone })
      if (wrong !== '') return
      form.reset()
      onDone()
    })
  }
  return (
    <details class="own-password">
      <summary>{w.ownHeading}</summary>
      <form class="stack" onSubmit={submit}>
        <Fields login={login.agent.login} temporary={false} />
        {said && <p class={`note ${said.good ? 'note-good' : 'note-bad'}`} role={said.good ? 'status' : 'alert'}>{said.text}</p>}
        <div class="row"><span class="grow" /><button type="submit" class="btn btn-primary" disabled={busy}>{busy ? w.saving : w.ownSave}</button></div>
      </form>
    </details>
  )
}
