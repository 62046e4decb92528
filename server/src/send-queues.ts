/**
 * QUEUES_BYTES: what waits for all far ends together. Each socket has a bound of its own, and many that do not read would
 * still take all memory. Beyond it those end that have taken nothing for longest, of these the fullest first. Queues of
 * less than COUNTED_BYTES are not looked at: nobody is slow because of them.
 */
import type { WebSocket } from 'ws'
import type { Clock } from 'proto/clock'
import { limit } from 'proto/limits'
import { endSlow, takenBytes } from './socket.ts'

export const COUNTED_BYTES = 65_536

interface Queue {
  bytes: number
  /** What the network had taken when it was last looked at, and since when that is so. */
  taken: number
  since: number
}

export class SendQueues {
  readonly #clock: Clock
  readonly #queues = new Map<WebSocket, Queue>()
  /** Too high at times: queues go down without a word. */
  #all = 0
  #isRelieving = false

  constructor(clock: Clock) {
    this.#clock = clock
  }

  /** To be called behind what was sent, with what waits. */
  sent(socket: WebSocket, bytes: number): void {
    if (bytes < COUNTED_BYTES) return
    this.#look(socket, bytes)
    if (this.#all <= limit('QUEUES_BYTES') || this.#isRelieving) return
    this.#isRelieving = true
    // not amid the work of whoever sends
    queueMicrotask(() => {
      this.#isRelieving = false
      this.#relieve()
    })
  }

  #look(socket: WebSocket, bytes: number): void {
    const taken = takenBytes(socket)
    const queue = this.#queues.get(socket)
    if (!queue) this.#queues.set(socket, { bytes, taken, since: this.#clock.now() })
    else {
      this.#all -= queue.bytes
      if (queue.taken !== taken) queue.since = this.#clock.now()
      Object.assign(queue, { bytes, taken })
    }
    this.#all += bytes
  }

  #relieve(): void {
    for (const socket of this.#queues.keys()) {
      if (socket.readyState !== socket.CLOSED && socket.bufferedAmount >= COUNTED_BYTES)
        this.#look(socket, socket.bufferedAmount)
      else this.#forget(socket)
    }
    if (this.#all <= limit('QUEUES_BYTES')) return
    const order = [...this.#queues].sort(([, a], [, b]) => a.since - b.since || b.bytes - a.bytes)
    for (const [socket] of order) {
      if (this.#all <= limit('QUEUES_BYTES')) return
      this.#forget(socket)
      endSlow(socket, 'QUEUES_BYTES')
    }
  }

  #forget(socket: WebSocket): void {
    this.#all -= this.#queues.get(socket)!.bytes
    this.#queues.delete(socket)
  }
}
