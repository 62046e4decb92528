import { EventEmitter } from 'node:events'
import type { ServerResponse } from 'node:http'
import t from 'tap'
import { limit } from 'proto/limits'
import { streamEvents } from '../src/event-stream.ts'
import { startApp } from './app-world.ts'
import { ALICE } from './phone-world.ts'
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

t.test('it streams events, one JSON object in each data line', async (t) => {
  const { app, ask, clock, phones } = await startApp(t)
  await ask('POST', '/phones', { number: ALICE, name: 'Alice' })
  const url = await app.listen({ host: '127.0.0.1', port: 0 })
  const ended = new AbortController()
  const response = await fetch(`${url}/phones/${ALICE}/events`, { signal: ended.signal })
  t.equal(response.headers.get('content-type'), 'text/event-stream')
  const reader = response.body!.pipeThrough(new TextDecoderStream()).getReader()
  let text = ''
  const read = async (end: string): Promise<void> => {
    while (!text.includes(end)) text += (await reader.read()).value ?? ''
  }
  await read(': events follow\n\n')
  phones.find(ALICE)!.setDevice({ batteryPercent: 41 })
  await read('"batteryPercent":41')
  const line = text.split('\n').find((one) => one.startsWith('data: '))!
  t.match(JSON.parse(line.slice('data: '.length)), {
    type: 'device',
    at: clock.now(),
    device: { batteryPercent: 41 },
  })
  text = ''
  await clock.advance(25_000)
  await read(':\n\n')
  t.pass('a quiet stream is kept alive')
  ended.abort()
  await reader.closed.catch(() => null)
})

t.test('it ends event streams when it closes', async (t) => {
  const { app, ask } = await startApp(t)
  await ask('POST', '/phones', { number: ALICE, name: 'Alice' })
  const url = await app.listen({ host: '127.0.0.1', port: 0 })
  const response = await fetch(`${url}/phones/${ALICE}/events`)
  const ended = response.text().then(
    () => 'ended',
    () => 'ended',
  )
  await app.close()
  t.equal(await ended, 'ended')
})
