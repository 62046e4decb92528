/** A linked browser over a real socket that can be killed and opened again with what it had kept: keys, outbox, cache. */
import { WebSocket } from 'ws'
import { systemEntropy, realClock } from 'proto/system'
import { Client, openSocketLink } from 'web-client'
import { browserPlace, LEGACY_ORIGIN } from './browser.ts'

export interface KilledBrowser {
  /** Shows a code to whoever scans, and waits until the browser is open. */
  pair(scan: (qr: string) => Promise<unknown>): Promise<void>
  send(jid: string, text: string): void
  /** How many of its messages no phone has answered. */
  waiting(): number
  /** Its sockets are torn and nothing of it goes on. */
  kill(): void
  /** The same browser again. */
  open(): void
}

const LOOK_MS = 20
const pause = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms))

export function killedBrowser(serverUrl: string, name: string): KilledBrowser {
  const place = browserPlace(name)
  const jids = new Set<string>()
  let socket: WebSocket | null = null
  let client = make()

  function make(): Client {
    return new Client({
      clock: realClock,
      entropy: systemEntropy,
      connect: () => {
        socket = new WebSocket(`${serverUrl.replace('http', 'ws')}/ws`, { origin: LEGACY_ORIGIN })
        return openSocketLink(socket)
      },
      fetch: (path, init) => fetch(serverUrl + path, init),
      keys: place.keys,
      outbox: place.outbox,
      cache: place.cache,
      name,
    })
  }

  const start = (): void => void client.start().catch(() => {})
  return {
    async pair(scan) {
      start()
      while (client.qr === null) await pause(LOOK_MS)
      await scan(client.qr.text)
      while (client.state !== 'open') await pause(LOOK_MS)
    },
    send(jid, text) {
      jids.add(jid)
      client.send(jid, text)
    },
    waiting: () =>
      [...jids]
        .flatMap((jid) => client.messages(jid))
        .filter(({ fromMe, status }) => fromMe && (status === 'pending' || status === null)).length,
    kill() {
      socket?.terminate()
      client.stop()
    },
    open() {
      client = make()
      start()
    },
  }
}
