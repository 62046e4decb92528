/** Starts the page that is asked for, the phones or the demo: the one place here that takes the machine's own clock. */
import { render } from 'preact'
import type { JSX } from 'preact'
import { openTheme } from 'look/theme'
import { realClock } from 'proto/system'
import { App } from './app.tsx'
import { DemoElsewhere } from './demo/demo-elsewhere.tsx'
import { DEMO_SCREEN, DemoModel } from './demo/demo-model.ts'
import { Demo } from './demo/demo.tsx'
import { BrowserFrame } from './demo/frame.ts'
import { RelayFeed } from './demo/relay-feed.ts'
import { isElsewhere, nearUrl } from './near-url.ts'
import { openNow } from './now.ts'
import { PhonesApi } from './phones-api.ts'
import { PhonesModel } from './phones-model.ts'

const PLAYERS = { alice: '15550001111', bob: '15550002222' }

const theme = openTheme(document.documentElement, localStorage)
const api = new PhonesApi((path, init) => fetch(path, init))
const facts = await api.facts()
const browserUrl = nearUrl(facts.browserUrl, location.hostname)
const now = openNow(realClock)
const page = location.pathname === '/demo' ? demoPage : phonesPage
const place = document.getElementById('app')
if (place !== null) render(await page(), place)

async function phonesPage(): Promise<JSX.Element> {
  const phones = await openPhones('screen of the phone')
  return <App phones={phones} facts={{ ...facts, browserUrl }} theme={theme} now={now} />
}

async function demoPage(): Promise<JSX.Element> {
  document.title = 'Demo · Tether'
  if (isElsewhere(facts.browserUrl, location.hostname)) return <DemoElsewhere port={location.port} />
  const phones = await openPhones(DEMO_SCREEN)
  const relay = new RelayFeed()
  relay.follow(new EventSource(`${browserUrl}/relay-view`))
  const browser = new BrowserFrame(window, new URL(browserUrl).origin, theme.theme)
  const demo = new DemoModel({ phones, relay, browser, players: PLAYERS, clock: realClock })
  return <Demo demo={demo} browserUrl={browserUrl} theme={theme} now={now} />
}

async function openPhones(screenName: string): Promise<PhonesModel> {
  const phones = new PhonesModel(api, screenName, realClock)
  await phones.refresh()
  phones.follow(new EventSource('/events'))
  return phones
}
