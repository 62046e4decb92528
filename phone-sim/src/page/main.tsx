/** Starts the page of the phones: the one place here that takes the machine's own clock. */
import { render } from 'preact'
import { openTheme } from 'look/theme'
import { realClock } from 'proto/system'
import { App } from './app.tsx'
import { openNow } from './now.ts'
import { PhonesApi } from './phones-api.ts'
import { PhonesModel } from './phones-model.ts'
import { nearUrl } from './near-url.ts'

const theme = openTheme(document.documentElement, localStorage)
const api = new PhonesApi((path, init) => fetch(path, init))
const { browserUrl, hasCast } = await api.facts()
const phones = new PhonesModel(api, 'screen of the phone', realClock)
await phones.refresh()
phones.follow(new EventSource('/events'))

const facts = { browserUrl: nearUrl(browserUrl, location.hostname), hasCast }
const place = document.getElementById('app')
if (place !== null)
  render(<App phones={phones} facts={facts} theme={theme} now={openNow(realClock)} />, place)
