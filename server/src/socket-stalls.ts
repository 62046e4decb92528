/**
 * WRITE_STALL_MS: finds the sockets of whose queue the network has taken nothing for so long. One look over all of them
 * a few times in that time, while there are any; nothing is kept for a socket whose queue is empty.
 */
import type { WebSocket } from 'ws'
import { every, type Clock, type Timer } from 'proto/clock'
import { limit } from 'proto/limits'
import { endSlow, takenBytes } from './socket.ts'

const LOOKS = 4

/** Since when nothing of a queue was taken. */
interface Waiting {
  readonly taken: number
  readonly since: number
}

export class SocketStalls {
  readonly #clock: Clock
  readonly #sockets: ReadonlySet<WebSocket>
  /** Those with a queue. */
  #waiting = new Map<WebSocket, Waiting>()
  #looking: Timer | null = null

  /** `sockets` are those that are open now. */
  constructor(clock: Clock, sockets: ReadonlySet<WebSocket>) {
    this.#clock = clock
    this.#sockets = sockets
  }

  /** A socket was opened: somebody has to look from now on. */
  opened(): void {
    this.#looking ??= every(this.#clock, limit('WRITE_STALL_MS') / LOOKS, () => this.#look())
  }

  stop(): void {
    this.#looking?.cancel()
    this.#looking = null
  }

  #look(): void {
    if (this.#sockets.size === 0) this.stop()
    const now = this.#clock.now()
    const waiting = new Map<WebSocket, Waiting>()
    for (const socket of this.#sockets) {
      if (socket.bufferedAmount === 0 || socket.readyState !== socket.OPEN) continue
      const taken = takenBytes(socket)
      const known = this.#waiting.get(socket)
      const since = known?.taken === taken ? known.since : now
      if (now - since >= limit('WRITE_STALL_MS')) endSlow(socket, 'WRITE_STALL_MS')
      else waiting.set(socket, { taken, since })
    }
    this.#waiting = waiting
  }
}
