/** Starts the page: the one place here that takes the machine's own clock and randomness. */
import { effect } from '@preact/signals'
import { openTheme } from 'look/theme'
import { realClock, systemEntropy } from 'proto/system'
import { render } from 'preact'
import { Client } from '../client.ts'
import { openSocketLink } from '../socket.ts'
import { App } from './app.tsx'
import { browserName } from './browser-name.ts'
import { showOnDesktop } from './desktop.ts'
import { notify } from './notifier.ts'
import { openPreferences } from './preferences.ts'
import { openFrameDoor } from './frame-door.ts'
import { openPageStore } from './store.ts'
import { titleOf } from './title.ts'
import { uploadFetch } from './upload-fetch.ts'
import { createView } from './view.ts'

const storage = localStorageOrNull()
const theme = openTheme(document.documentElement, storage)
const preferences = openPreferences(storage)
const address = new URL('/ws', location.href)
address.protocol = location.protocol === 'https:' ? 'wss:' : 'ws:'
const isVisible = (): boolean => document.visibilityState === 'visible'

const store = await openPageStore(sessionStorage)
const client = new Client({
  clock: realClock,
  entropy: systemEntropy,
  fetch: uploadFetch,
  connect: () => openSocketLink(new WebSocket(address)),
  keys: store.keys,
  outbox: store.outbox,
  cache: store.cache,
  browserOnline: () => navigator.onLine,
  browserName: browserName(navigator.userAgent),
})
const view = createView({ client, store, clock: realClock, theme, preferences, isVisible })
view.online.value = navigator.onLine

addEventListener('online', () => {
  view.online.value = true
  client.retryNow()
})
addEventListener('offline', () => {
  view.online.value = false
})
addEventListener('beforeunload', (event) => {
  if (view.uploads.all.peek().length > 0) event.preventDefault()
})
// A page that is hidden may be closed without another word.
addEventListener('pagehide', () => void client.flush())
document.addEventListener('visibilitychange', () => {
  if (document.visibilityState === 'hidden') void client.flush()
  view.seen()
  client.showPresence(isVisible() ? 'available' : 'unavailable')
})
notify({
  client,
  preferences,
  now: () => realClock.now(),
  lookedAt: () => (isVisible() && document.hasFocus() ? view.openJid.peek() : null),
  show: (title, body, jid) => showOnDesktop(title, body, jid, () => view.open(jid)),
})
effect(() => {
  document.title = view.me.value === null ? 'Tether' : titleOf(view.chats.value, view.today.value)
})

openFrameDoor(window, {
  ...view,
  follow: (chosen) => theme.follow(chosen),
  write(jid, text) {
    view.open(jid)
    client.send(jid, text)
  },
  async forget() {
    client.stop()
    await Promise.all([store.keys.clear(), store.outbox.clear(), store.cache.clear()])
    location.reload()
  },
})

const place = document.getElementById('app')
if (place !== null) render(<App view={view} />, place)
await client.start()

/** A browser may forbid a page its storage. */
function localStorageOrNull(): Storage | null {
  try {
    return localStorage
  } catch {
    return null
  }
}
