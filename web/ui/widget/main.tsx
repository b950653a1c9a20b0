// The page in the widget's iframe.
import { signal } from '@preact/signals'
import { render } from 'preact'
import { clock } from '../shared/format'
import { parseLocale, setLocale } from '../shared/i18n'
import '../shared/style.css'
import { Panel } from './app'
import { Chat } from './chat'
import { applyAccent } from './color'
import { connectHost, type Boot } from './host'
import './widget.css'

const shown = signal(false)
const booted = signal(false)

const host = connectHost((message) => {
  switch (message.type) {
    case 'boot':
      boot(message)
      break
    case 'shown':
      shown.value = message.on
      break
    case 'clock':
      clock.sync(message.now, message.speed)
      break
  }
})

const chat = new Chat({
  url: `${location.protocol === 'https:' ? 'wss' : 'ws'}://${location.host}/ws`,
  token: (refused) => host.token(refused),
})
const parts = { chat, host }

function boot(options: Boot): void {
  if (options.locale) setLocale(parseLocale(options.locale))
  else setLocale(parseLocale(navigator.language))
  if (options.theme === 'light' || options.theme === 'dark') document.documentElement.dataset['theme'] = options.theme
  if (options.color) applyAccent(options.color, document.documentElement.style)
  if (booted.value) return
  booted.value = true
  clock.start()
  chat.connection.start()
}

function Root() {
  return <Panel parts={parts} shown={shown.value} />
}

const root = document.getElementById('app')
if (root) render(<Root />, root)
if (host.embedded) host.post({ type: 'ready' })
else {
  shown.value = true
  const params = new URLSearchParams(location.search)
  boot({ locale: params.get('locale') ?? navigator.language, theme: params.get('theme') ?? 'auto' })
}
