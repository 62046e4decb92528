/** Starts the page: the one place here that takes the machine's own clock and randomness. */
import { realClock, systemEntropy } from 'proto/system'
import { render } from 'preact'
import { Client } from '../client.ts'
import { openSocketLink } from '../socket.ts'
import { App } from './app.tsx'
import { browserName } from './browser-name.ts'
import { openPageStore } from './store.ts'
import { createView } from './view.ts'

const address = new URL('/ws', location.href)
address.protocol = location.protocol === 'https:' ? 'wss:' : 'ws:'

const store = await openPageStore(sessionStorage)
const client = new Client({
  clock: realClock,
  entropy: systemEntropy,
  fetch: (path, init) => fetch(path, init),
  connect: () => openSocketLink(new WebSocket(address)),
  keys: store.keys,
  outbox: store.outbox,
  browserName: browserName(navigator.userAgent),
})
const view = createView(client, store, realClock, () => document.visibilityState === 'visible')

addEventListener('online', () => client.retryNow())
document.addEventListener('visibilitychange', () => {
  view.seen()
  client.showPresence(document.visibilityState === 'visible' ? 'available' : 'unavailable')
})

const place = document.getElementById('app')
if (place !== null) render(<App view={view} />, place)
await client.start()
