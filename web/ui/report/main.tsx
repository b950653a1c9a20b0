import { render } from 'preact'
import '../shared/style.css'
import '../widget/log.css'
import '../widget/cards.css'
import { parseLocale, setLocale } from '../shared/i18n'
import { App } from './app'
import type { Page } from './data'
import './report.css'

declare global { interface Window { report: Page | null } }

setLocale(parseLocale(new URLSearchParams(location.search).get('lang') ?? navigator.language))
const root = document.getElementById('app')
if (root && window.report) render(<App page={window.report} />, root)
