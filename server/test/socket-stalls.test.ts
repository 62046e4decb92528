import { once } from 'node:events'
import type { AddressInfo } from 'node:net'
import t from 'tap'
import { limit } from 'proto/limits'
import { WebSocket, WebSocketServer } from 'ws'
import { SocketStalls } from '../src/socket-stalls.ts'
import { ManualClock } from './manual-clock.ts'

const STALL_MS = limit('WRITE_STALL_MS')
const MANY = 8 * 1_048_576 // more than the kernel takes for a far end that does not read

async function watched(t: { teardown(task: () => void): void }) {
  const server = new WebSocketServer({ port: 0, host: '127.0.0.1' })
  await once(server, 'listening')
  const caller = new WebSocket(`ws://127.0.0.1:${(server.address() as AddressInfo).port}`)
  const [called] = (await once(server, 'connection')) as [WebSocket]
  if (caller.readyState !== caller.OPEN) await once(caller, 'open')
  const clock = new ManualClock()
  const stalls = new SocketStalls(clock, server.clients)
  const errors: string[] = []
  called.on('error', ({ message }) => errors.push(message))
  stalls.opened()
  t.teardown(() => {
    stalls.stop()
    caller.terminate()
    called.terminate()
    server.close()
  })
  return { caller, called, clock, stalls, errors }
}

const turns = async (count: number): Promise<void> => {
  for (let turn = 0; turn < count; turn++) await new Promise((resolve) => setImmediate(resolve))
}

t.test('ends a socket whose queue nobody took anything of for WRITE_STALL_MS, not before', async (t) => {
  const { caller, called, clock, errors } = await watched(t)
  caller.pause()
  called.send(Buffer.alloc(MANY))
  await turns(20)
  const seenAt = STALL_MS / 4 // the first look
  await clock.pass(seenAt + STALL_MS - 1)
  t.strictSame(errors, [])
  await clock.pass(1)
  t.strictSame(errors, ['the far end does not read fast enough'])
})

t.test('sees one large write shrink, so that a slow reader is none that stalls', async (t) => {
  const { caller, called, clock, errors } = await watched(t)
  let read = 0
  caller.on('message', (data: Buffer) => (read = data.length))
  const raw = (caller as unknown as { _socket: NodeJS.ReadableStream })._socket
  caller.pause()
  called.send(Buffer.alloc(4 * MANY))
  for (let looks = 0; looks < 12; looks++) {
    await turns(20)
    t.ok(called.bufferedAmount > 0, 'the write is not over')
    await clock.pass(STALL_MS / 2)
    // TCP tells of room by large steps only
    for (let taken = 0; taken < 1_048_576;) {
      const next = once(raw, 'data')
      caller.resume()
      taken += ((await next) as [Buffer])[0].length
    }
    caller.pause()
    await turns(20)
  }
  t.strictSame(errors, [], `after ${12 * (STALL_MS / 2)} ms`)
  caller.resume()
  while (read === 0) await turns(1)
  t.equal(read, 4 * MANY)
})

t.test('does not mind one whose queue is empty, and looks at nothing while there is nobody', async (t) => {
  const { caller, called, clock, errors } = await watched(t)
  called.send('here')
  await turns(20)
  await clock.pass(10 * STALL_MS)
  t.strictSame(errors, [])
  t.equal(clock.planned, 1)
  caller.terminate()
  await once(called, 'close')
  await clock.pass(STALL_MS)
  t.equal(clock.planned, 0)
})
