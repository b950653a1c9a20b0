import { useEffect, useState } from 'preact/hooks'
import { Api, ApiFailure, failureText } from '../shared/api'
import { Icon } from '../shared/icon'
import type { LoginWays, SSOBegun, SSOReturn } from '../shared/wire'
import { LoginCard } from './login_card'
import { ended, entered, logIn, who } from './session'
import { ssoWords, takeReturn } from './sso'
import { text } from './text'

/** What goes on: a password is looked at, the browser leaves for the provider, or has come back from it. */
type Busy = 'password' | 'leaving' | 'finishing'

/** Taken out of the address when the page is loaded; who is in already does not need it. */
const returned = takeReturn()
let back: SSOReturn | undefined = who.value ? undefined : returned

export function LoginScreen() {
  const t = text()
  const w = ssoWords()
  const [busy, setBusy] = useState<Busy | undefined>(back ? 'finishing' : undefined)
  const [trouble, setTrouble] = useState<unknown>()
  const [sso, setSSO] = useState(back !== undefined)
  const reason = ended.value

  const attempt = async (what: Busy, f: (api: Api) => Promise<void>): Promise<void> => {
    setBusy(what)
    setTrouble(undefined)
    try {
      await f(new Api())
    } catch (err) {
      setTrouble(err)
      setBusy(undefined)
    }
  }

  useEffect(() => {
    const answer = back
    back = undefined
    if (answer) void attempt('finishing', async (api) => entered(await api.post('/api/agent/sso/login', answer)))
    // Where this cannot be asked, passwords cannot be tried either, and that will be told.
    new Api().get<LoginWays>('/api/agent/login').then((ways) => setSSO(ways.sso)).catch(() => undefined)
    // The back button brings the page as it was when it was left.
    const shown = (e: PageTransitionEvent): void => { if (e.persisted) setBusy(undefined) }
    addEventListener('pageshow', shown)
    return () => removeEventListener('pageshow', shown)
  }, [])

  const submit = (form: FormData): Promise<void> =>
    attempt('password', () => logIn({ login: String(form.get('login') ?? '').trim(), password: String(form.get('password') ?? '') }))
  const leave = (): void => void attempt('leaving', async (api) => location.assign((await api.post<SSOBegun>('/api/agent/sso', {})).url))

  const wrong = trouble === undefined ? undefined : trouble instanceof ApiFailure && trouble.code === 'LOGIN_FAILED' ? t.login.wrong : failureText(trouble)
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
      <>
        <button type="submit" class="btn btn-primary btn-block" disabled={busy !== undefined}>{busy === 'password' ? t.login.entering : t.login.enter}</button>
        {sso && (
          <>
            <p class="login-or small muted">{w.or}</p>
            <button type="button" class="btn btn-block login-sso" disabled={busy !== undefined} onClick={leave}>
              <Icon name="lock" class="icon-sm" />
              <span role="status">{busy === 'leaving' ? w.leaving : busy === 'finishing' ? w.finishing : w.enter}</span>
            </button>
          </>
        )}
      </>
    </LoginCard>
  )
}
