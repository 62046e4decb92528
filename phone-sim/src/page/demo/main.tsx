/** Starts the demo: the one place here that takes the machine's own clock. */
import { render } from 'preact'
import { openTheme } from 'look/theme'
import { realClock } from 'proto/system'
import { nearUrl } from '../near-url.ts'
import { openNow } from '../now.ts'
import { PhonesApi } from '../phones-api.ts'
import { PhonesModel } from '../phones-model.ts'
import { DEMO_SCREEN, DemoModel } from './demo-model.ts'
import { Demo } from './demo.tsx'
import { BrowserFrame } from './frame.ts'
import { RelayFeed } from './relay-feed.ts'

const PLAYERS = { alice: '15550001111', bob: '15550002222' }

const theme = openTheme(document.documentElement, localStorage)
const api = new PhonesApi((path, init) => fetch(path, init))
const browserUrl = nearUrl((await api.facts()).browserUrl, location.hostname)
const phones = new PhonesModel(api, DEMO_SCREEN, realClock)
await phones.refresh()
phones.follow(new EventSource('/events'))
const relay = new RelayFeed()
relay.follow(new EventSource(`${browserUrl}/relay-view`))
const browser = new BrowserFrame(window, new URL(browserUrl).origin)
const demo = new DemoModel({ phones, relay, browser, players: PLAYERS, clock: realClock })

const place = document.getElementById('app')
if (place !== null)
  render(<Demo demo={demo} browserUrl={browserUrl} theme={theme} now={openNow(realClock)} />, place)
