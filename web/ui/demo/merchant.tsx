import { render } from 'preact'
import '../shared/style.css'
import { clock } from '../shared/format'
import { parseLocale, setLocale } from '../shared/i18n'
import { local } from '../shared/storage'
import './merchant/merchant.css'
import './merchant/requests.css'
import './merchant/webhooks.css'
import { MerchantPage } from './merchant/page'

setLocale(parseLocale(local.read('recourse.locale') ?? navigator.language))
clock.start()
const root = document.getElementById('app')
if (root) render(<MerchantPage />, root)
