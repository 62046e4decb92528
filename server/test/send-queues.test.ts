import { EventEmitter } from 'node:events'
import t from 'tap'
import type { WebSocket } from 'ws'
import { limit } from 'proto/limits'
import { Counters } from '../src/counters.ts'
import { COUNTED_BYTES, SendQueues } from '../src/send-queues.ts'
import { socketLink } from '../src/socket.ts'
import { ManualClock } from './manual-clock.ts'

/** What a socket of `ws` is to its link, with a queue and a far end that a test moves. */
class FakeSocket extends EventEmitter {
  readonly OPEN = 1
  readonly CLOSED = 3
  readyState = 1
  bufferedAmount = 0
  readonly _socket = { bytesWritten: 0, writableLength: 0 }
  closedWith: number | null = null

  send({ length }: Uint8Array): void {
    this.bufferedAmount += length
  }

  /** The network takes so much. */
  take(bytes: number): void {
    this.bufferedAmount -= bytes
    this._socket.bytesWritten += bytes
  }

  close(code: number): void {
    this.closedWith = code
  }

  terminate(): void {
    this.readyState = this.CLOSED
    this.bufferedAmount = 0
  }

  pause(): void {}
  resume(): void {}
}

function relay() {
  const clock = new ManualClock()
  const counters = new Counters()
  const queues = new SendQueues(clock)
  const open = () => {
    const socket = new FakeSocket()
    const link = socketLink(socket as unknown as WebSocket, {
      after: (delayMs, task) => void clock.after(delayMs, task),
      broken: (code, name) => {
        if (code !== null) counters.add('errors', code)
        if (name !== undefined) counters.add('limits', name)
      },
      sent: (bytes) => queues.sent(socket as unknown as WebSocket, bytes),
    })
    link.open({ frame: () => undefined, close: () => undefined })
    const send = async (bytes: number): Promise<void> => {
      link.send(new Uint8Array(bytes))
      await Promise.resolve()
    }
    return { socket, send }
  }
  return { clock, counters, open }
}

const QUARTER = limit('QUEUES_BYTES') / 4

t.test('ends nobody at QUEUES_BYTES, and one byte further who has taken nothing for longest', async (t) => {
  const { clock, counters, open } = relay()
  const [first, second, third] = [open(), open(), open()]
  await first.send(QUARTER)
  await clock.pass(1)
  await second.send(QUARTER)
  await clock.pass(1)
  first.socket.take(1)
  await first.send(1)
  await third.send(2 * QUARTER)
  t.equal(counters.value('limits', 'QUEUES_BYTES'), 0)
  await third.send(1)
  t.strictSame(
    [first, second, third].map(({ socket }) => [socket.closedWith, socket.readyState]),
    [[null, 1], [4408, 3], [null, 1]], // prettier-ignore
  )
  t.equal(counters.value('limits', 'QUEUES_BYTES'), 1)
  t.equal(counters.value('errors', 'TETHER_ERR_SLOW'), 1)
})

t.test('ends the fullest of those that came to a halt together, and no more than needed', async (t) => {
  const { counters, open } = relay()
  const sockets = Array.from({ length: 8 }, open)
  for (const [at, { send }] of sockets.entries()) await send(QUARTER / 2 + (at === 3 ? 1 : 0))
  t.strictSame(
    sockets.map(({ socket }) => socket.closedWith),
    sockets.map((_, at) => (at === 3 ? 4408 : null)),
  )
  t.equal(counters.value('limits', 'QUEUES_BYTES'), 1)
})

t.test('knows of queues that went down without a word, and does not look at small ones', async (t) => {
  const { counters, open } = relay()
  const large = open()
  await large.send(3 * QUARTER)
  large.socket.take(3 * QUARTER)
  await open().send(3 * QUARTER)
  for (let n = 0; n < 600; n++) await open().send(COUNTED_BYTES - 1)
  t.equal(counters.value('limits', 'QUEUES_BYTES'), 0)
})
