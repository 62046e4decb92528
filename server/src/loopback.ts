/** Listening where only programs of this machine can connect. */
import { once } from 'node:events'
import type { AddressInfo, Server, Socket } from 'node:net'
import { limit, type LimitName } from 'proto/limits'
import type { Counters } from './counters.ts'

export const LOOPBACK = '127.0.0.1'

export interface LoopbackListener {
  readonly port: number
  /** Takes nobody in from now on; resolves when the last connection has ended. */
  stop(): Promise<void>
  /** Ends every connection that is still there. */
  destroy(): void
}

interface LoopbackParts {
  /** 0 = any free one. */
  readonly port: number
  /** How many connections at once; further ones are closed and counted. */
  readonly sockets: LimitName
  readonly counters: Counters
}

/** Whether a `TETHER_HOST` means this machine only. */
export function isLoopback(host: string): boolean {
  return host === 'localhost' || host === '::1' || /^127(\.\d{1,3}){3}$/.test(host)
}

/** Rejects as `listen` does. Connections that are emitted by hand are ended with the others. */
export async function listenOnLoopback(server: Server, parts: LoopbackParts): Promise<LoopbackListener> {
  const open = new Set<Socket>()
  server.maxConnections = limit(parts.sockets)
  server.on('drop', () => parts.counters.add('limits', parts.sockets))
  server.on('connection', (socket) => {
    open.add(socket)
    socket.once('close', () => open.delete(socket))
  })
  server.listen(parts.port, LOOPBACK)
  await once(server, 'listening') // rejects on `error`
  return {
    port: (server.address() as AddressInfo).port,
    stop: () =>
      new Promise((resolve) => {
        server.close(() => resolve())
      }),
    destroy() {
      for (const socket of open) socket.destroy()
    },
  }
}
