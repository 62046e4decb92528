/** A relay that listens on loopback, with stores in memory and a clock that leaps: what raw sockets talk to. */
import type { AddressInfo } from 'node:net'
import { seededEntropy, type Entropy } from 'proto/entropy'
import { buildServer, readConfig, type Server } from 'server'
import { openStores } from 'server/store-sqlite'
import { LeapingClock } from './leaping-clock.ts'

export interface RawRelay {
  readonly server: Server
  readonly port: number
  readonly clock: LeapingClock
  /** For who talks to it. */
  readonly entropy: Entropy
}

/** Started; settings are those of the environment. Whoever starts it closes `server`. */
export async function rawRelay(settings: Readonly<Record<string, string>> = {}): Promise<RawRelay> {
  const clock = new LeapingClock()
  const entropy = seededEntropy('raw sockets')
  const stores = await openStores(':memory:', { clock, entropy: entropy.fork('stores') })
  const config = readConfig({ TETHER_SERVER_PORT: '0', ...settings })
  const log = { trace() {}, debug() {}, info() {}, warn() {}, error: console.error }
  const server = await buildServer({ clock, entropy: entropy.fork('server'), stores, config, log })
  await server.app.listen({ host: '127.0.0.1', port: 0 })
  const { port } = server.app.server.address() as AddressInfo
  return { server, port, clock, entropy: entropy.fork('talkers') }
}
