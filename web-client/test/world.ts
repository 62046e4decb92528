/** A client with everything around it played: clock, relay, phone, stores. */
import { seededEntropy } from 'proto/entropy'
import { Client, type ClientEvent } from '../src/client.ts'
import { type Credentials, type KeyStore, memoryKeyStore } from '../src/keys.ts'
import type { Fetch } from '../src/media-http.ts'
import { memoryOutbox, type Outbox } from '../src/outbox.ts'
import { ScriptedRelay } from './scripted-relay.ts'
import { VirtualClock } from './virtual-clock.ts'

export interface World {
  readonly clock: VirtualClock
  readonly relay: ScriptedRelay
  readonly keys: KeyStore
  readonly outbox: Outbox
  client: Client
  events: ClientEvent[]
  /** Goes through pairing to open, with the sync over. */
  pair(): Promise<void>
  /** Ends the client as a closed window does, and makes another on the same stores. */
  reload(): Promise<void>
}

let made = 0

export function newWorld(kept: Credentials | null = null, fetch?: Fetch): World {
  const clock = new VirtualClock()
  const relay = new ScriptedRelay(clock)
  const keys = memoryKeyStore(kept)
  const outbox = memoryOutbox()
  const events: ClientEvent[] = []
  const world: World = {
    clock,
    relay,
    keys,
    outbox,
    client: newClient(),
    events,
    async pair() {
      await world.client.start()
      await clock.run()
      relay.scan(world.client.qr?.text ?? '')
      await clock.run(3000)
    },
    async reload() {
      world.client.stop()
      await clock.run()
      world.client = newClient()
      await world.client.start()
      await clock.run(3000)
    },
  }
  function newClient(): Client {
    const client = new Client({
      clock,
      entropy: seededEntropy(`client ${made++}`),
      connect: relay.connect,
      keys,
      outbox,
      ...(fetch && { fetch }),
    })
    client.subscribe((event) => events.push(event))
    return client
  }
  return world
}
