import { useState } from 'preact/hooks'
import { ApiFailure, failureText } from '../shared/api'
import { LoginCard } from './login_card'
import { ended, logIn } from './session'
import { text } from './text'

export function LoginScreen() {
  const t = text()
  const [busy, setBusy] = useState(false)
  const [wrong, setWrong] = useState<string>()
  const reason = ended.value

  async function submit(form: FormData): Promise<void> {
    setBusy(true)
    setWrong(undefined)
    try {
      await logIn({ login: String(form.get('login') ?? '').trim(), password: String(form.get('password') ?? '') })
    } catch (err) {
      setWrong(err instanceof ApiFailure && err.status === 401 ? text().login.wrong : failureText(err))
      setBusy(false)
    }
  }

  return (
    <LoginCard heading={t.login.heading} trouble={wrong} onSubmit={submit}>
      <>
        {reason && !wrong && <p class="note note-warn" role="status">{t.login[reason]}</p>}
        <div class="field">
          <label for="login">{t.login.name}</label>
          <input id="login" name="login" class="input" autocomplete="username" autocapitalize="none" spellcheck={false} required autofocus />
        </div>
        <div class="field">
          <label for="password">{t.login.password}</label>
          <input id="password" name="password" type="password" class="input" autocomplete="current-password" required />
        </div>
      </>
      <button type="submit" class="btn btn-primary btn-block" disabled={busy}>{busy ? t.login.entering : t.login.enter}</button>
    </LoginCard>
  )
}
