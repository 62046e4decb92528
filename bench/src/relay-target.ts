/**
 * The server under load, in a process of its own: `tether` is the relay, `bare` two sockets joined with `ws` and
 * nothing else. Says its port, then its CPU time (µs) or its memory (bytes) whenever it is asked.
 */
import { once } from 'node:events'
import type { AddressInfo } from 'node:net'
import { WebSocketServer, type WebSocket } from 'ws'
import type { Clock } from 'proto/clock'
import { realClock, systemEntropy } from 'proto/system'
import { buildServer, readConfig } from 'server'
import { openStores } from 'server/store-sqlite'

/**
 * Once it is hasty, the limit on a browser's frames refills so fast that it does not stand in the way of the
 * measurement; until then codes live as long as they should.
 */
let pace = 1
const startedAt = realClock.now()
const clock: Clock = { ...realClock, now: () => startedAt + (realClock.now() - startedAt) * pace }

async function listenTether(): Promise<number> {
  const stores = await openStores(':memory:', { clock, entropy: systemEntropy })
  const config = readConfig({ TETHER_SERVER_PORT: '0' })
  const log = { trace() {}, debug() {}, info() {}, warn() {}, error: console.error }
  const { app } = await buildServer({ clock, entropy: systemEntropy, stores, config, log })
  await app.listen({ host: '127.0.0.1', port: 0 })
  return (app.server.address() as AddressInfo).port
}

async function listenBare(): Promise<number> {
  const ends = new Map<string, WebSocket>()
  const server = new WebSocketServer({ host: '127.0.0.1', port: 0, perMessageDeflate: false })
  server.on('connection', (socket, request) => {
    const own = request.url!
    const other = own.startsWith('/phone/') ? own.replace('phone', 'ws') : own.replace('ws', 'phone')
    ends.set(own, socket)
    socket.on('message', (data: Buffer, binary) => ends.get(other)?.send(data, { binary }))
  })
  await once(server, 'listening')
  return (server.address() as AddressInfo).port
}

const port = await (process.argv[2] === 'tether' ? listenTether() : listenBare())
process.on('message', (message) => {
  if (message === 'hasty') {
    pace = 1_000
    return
  }
  if (message === 'memory') {
    gc!()
    const { rss, heapUsed, external } = process.memoryUsage()
    process.send!({ rss, used: heapUsed + external })
    return
  }
  const { user, system } = process.cpuUsage()
  process.send!({ cpuUs: user + system })
})
process.on('disconnect', () => process.exit(0))
process.send!({ port })
