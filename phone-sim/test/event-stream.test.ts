import { EventEmitter } from 'node:events'
import type { ServerResponse } from 'node:http'
import t from 'tap'
import { limit } from 'proto/limits'
import { streamEvents } from '../src/event-stream.ts'
import { TestClock } from './test-clock.ts'

/** A response that nobody reads: what is written stays. */
class StuckResponse extends EventEmitter {
  written = ''
  destroyed = false
  get writableLength(): number {
    return this.written.length
  }
  writeHead(): this {
    return this
  }
  write(text: string): boolean {
    this.written += text
    return false
  }
  destroy(): void {
    if (this.destroyed) return
    this.destroyed = true
    this.emit('close')
  }
}

t.test('it cuts off a reader that does not read, and stops its heartbeat', async (t) => {
  const clock = new TestClock()
  const response = new StuckResponse()
  let listener: ((event: object) => void) | null = null
  streamEvents(response as unknown as ServerResponse, clock, (given) => {
    listener = given
    return () => (listener = null)
  })
  await clock.advance(25_000)
  t.ok(response.written.endsWith('\n\n:\n\n'))
  const room = limit('SEND_QUEUE_BYTES')
  for (let left = room; left > 0; left -= 100_000) {
    t.notOk(response.destroyed)
    listener!({ text: 'x'.repeat(100_000) })
  }
  t.ok(response.destroyed)
  t.ok(response.written.length < room + 200_000)
  t.equal(listener, null)
  const { length } = response.written
  await clock.advance(100_000)
  t.equal(response.written.length, length)
})
