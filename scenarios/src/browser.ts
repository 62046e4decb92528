/** Our own client core in a story: over memory links in virtual time, over a real socket in real time. */
import { WebSocket } from 'ws'
import type { Phone } from 'phone-sim/phone'
import type { World } from 'harness'
import type { Trace } from 'proto/trace'
import type { Link } from 'proto/link'
import {
  type Cache,
  Client,
  type KeyStore,
  memoryCache,
  memoryKeyStore,
  memoryOutbox,
  openSocketLink,
  type Outbox,
} from 'web-client'

import { type LosableLink, losableLink } from './lost-link.ts'
import { virtualFetch } from './virtual-fetch.ts'

export const LEGACY_ORIGIN = 'https://web.whatsapp.com'

/** What a browser keeps when its page is closed and opened again. */
export interface BrowserPlace {
  readonly name: string
  readonly keys: KeyStore
  readonly outbox: Outbox
  readonly cache: Cache
}

/** Browsers of one world, stopped together. */
export interface Browsers {
  /** A page in a place that may have been used before; not started. */
  open(place: BrowserPlace | string): Client
  /** Opens a page, shows its code to `phone` and waits until it is open. */
  pair(place: BrowserPlace | string, phone: Phone): Promise<Client>
  /** Tears the newest connection of every page, without a word. */
  loseSockets(): void
  /** Takes the network of every page away without a word to the server; the page hears of it at once, or must find out. */
  loseNetwork(options: { readonly isNoticed: boolean }): void
  stop(): void
}

export function browserPlace(name: string): BrowserPlace {
  return { name, keys: memoryKeyStore(), outbox: memoryOutbox(), cache: memoryCache() }
}

/** What browsers need of a world. */
export interface BrowserWorld extends Pick<
  World,
  'clock' | 'virtual' | 'entropy' | 'serverUrl' | 'faults' | 'server' | 'dial' | 'sever' | 'finish' | 'until'
> {
  readonly trace: Pick<Trace, 'party'>
}

export function browsersOf(world: BrowserWorld): Browsers {
  const clients: Client[] = []
  const sockets: WebSocket[] = []
  const links: LosableLink[] = []
  let opened = 0

  async function connect(): Promise<Link> {
    const losable = losableLink(await dial())
    links.push(losable)
    return losable.link
  }

  function dial(): Promise<Link> {
    if (world.serverUrl === null) return world.dial()
    const socket = new WebSocket(`${world.serverUrl.replace('http', 'ws')}/ws`, { origin: LEGACY_ORIGIN })
    sockets.push(socket)
    return openSocketLink(socket)
  }

  function open(where: BrowserPlace | string): Client {
    const place = typeof where === 'string' ? browserPlace(where) : where
    const client = new Client({
      clock: world.clock,
      entropy: world.entropy.fork(`browser:${place.name}:${++opened}`),
      connect,
      fetch: (path, init) =>
        world.serverUrl === null ? virtualFetch(world, path, init) : fetch(world.serverUrl + path, init),
      keys: place.keys,
      outbox: place.outbox,
      cache: place.cache,
      links: world.faults,
      trace: world.trace.party(`browser:${place.name}`),
      name: place.name,
    })
    clients.push(client)
    return client
  }

  return {
    open,
    async pair(place, phone) {
      const client = open(place)
      await world.finish(client.start())
      await world.until(() => client.qr !== null)
      await world.finish(phone.scan(client.qr!.text, { grant: true }))
      await world.until(() => client.state === 'open')
      return client
    },
    loseSockets() {
      if (world.serverUrl === null) world.sever()
      for (const socket of sockets) socket.terminate()
    },
    loseNetwork({ isNoticed }) {
      for (const { link, lose } of links.splice(0)) {
        lose()
        if (isNoticed) link.close(0, '')
      }
    },
    stop() {
      for (const client of clients) client.stop()
      for (const socket of sockets) socket.terminate()
    },
  }
}
