/**
 * Connections that are no WebSocket, or not yet: who says nothing, or drips, costs memory. Beyond HTTP_SOCKETS of them the
 * next one is closed.
 */
import type { EventEmitter } from 'node:events'
import type { Socket } from 'node:net'
import { limit } from 'proto/limits'
import type { Counters } from './counters.ts'

export class HttpSockets {
  readonly #open = new Set<Socket>()

  /** Looks at every connection of an HTTP server from now on, however it came in. */
  constructor(server: EventEmitter, counters: Counters) {
    server.on('connection', (socket: Socket) => {
      if (this.#open.size >= limit('HTTP_SOCKETS')) {
        counters.add('limits', 'HTTP_SOCKETS')
        socket.destroy()
        return
      }
      this.#open.add(socket)
      socket.once('close', () => this.#open.delete(socket))
    })
  }

  /** It is a WebSocket now, and counted among those. */
  upgraded(socket: Socket): void {
    this.#open.delete(socket)
  }
}
