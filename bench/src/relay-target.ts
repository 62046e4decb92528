/**
 * The server under load, in a process of its own: `tether` is the relay, `bare` two sockets joined with `ws` and
 * nothing else. Says its port, then its CPU time (µs) or its memory (bytes) whenever it is asked.
 */
import { once } from 'node:events'
import type { AddressInfo } from 'node:net'
import { WebSocketServer, type WebSocket } from 'ws'
import { limits } from 'proto/limits'
import { realClock, systemEntropy } from 'proto/system'
import { buildServer, readConfig } from 'server'
import { openStores } from 'server/store-sqlite'

/** One browser sends more frames here than any may, and ends that only listen say nothing for as long as a run takes. */
const HOUR_MS = 3_600_000
Object.assign(limits.BROWSER_FRAMES_BURST, { value: Number.MAX_SAFE_INTEGER })
for (const silence of ['BROWSER_IDLE_MS', 'PHONE_HEARTBEAT_MS'] as const)
  Object.assign(limits[silence], { value: HOUR_MS })

async function listenTether(): Promise<number> {
  const stores = await openStores(':memory:', { clock: realClock, entropy: systemEntropy })
  const config = readConfig({ TETHER_SERVER_PORT: '0' })
  const log = { trace() {}, debug() {}, info() {}, warn() {}, error: console.error }
  const { app } = await buildServer({ clock: realClock, entropy: systemEntropy, stores, config, log })
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
