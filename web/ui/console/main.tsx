import { render } from 'preact'
import '../shared/style.css'
import { clock } from '../shared/format'
import { parseLocale, setLocale } from '../shared/i18n'
import { local } from '../shared/storage'
import { App } from './app'
import './case.css'
import './console.css'
import './inbox.css'
import './talk.css'

setLocale(parseLocale(local.read('recourse.locale') ?? navigator.language))
clock.start()
const root = document.getElementById('app')
if (root) render(<App />, root)
