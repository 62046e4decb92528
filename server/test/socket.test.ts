import { once } from 'node:events'
import { connect, type AddressInfo, type Socket } from 'node:net'
import t from 'tap'
import { limit } from 'proto/limits'
import type { Frame } from 'proto/link'
import { WebSocket, WebSocketServer } from 'ws'
import type { Server } from '../src/index.ts'
import { CLOSE_MS, endSlow, socketLink } from '../src/socket.ts'
import { ManualClock } from './manual-clock.ts'
import { createWorld, INIT } from './world.ts'

const ORIGIN = 'https://web.whatsapp.com'

async function listening() {
  const world = await createWorld()
  await world.server.app.listen({ host: '127.0.0.1', port: 0 })
  const { port } = world.server.app.server.address() as AddressInfo
  const open = async (path: string): Promise<WebSocket> => {
    const socket = new WebSocket(`ws://127.0.0.1:${port}${path}`, path === '/ws' ? { origin: ORIGIN } : {})
    socket.on('error', () => undefined)
    await new Promise((resolve) => socket.once('open', resolve))
    return socket
  }
  return { world, open }
}

const closed = (socket: WebSocket): Promise<number> =>
  new Promise((resolve) => socket.once('close', (code) => resolve(code)))
const answer = (socket: WebSocket): Promise<string> =>
  new Promise((resolve) => socket.once('message', (data: Buffer) => resolve(data.toString())))

t.test('carries text as text, and survives a close without a handshake', async (t) => {
  const { world, open } = await listening()
  const socket = await open('/ws')
  socket.send('?,,')
  t.match(await answer(socket), /^!\d+$/)
  socket.terminate()
  const next = await open('/ws')
  next.send('?,,')
  t.match(await answer(next), /^!\d+$/)
  next.terminate()
  await world.server.close()
})

t.test('sends two pieces as one message, among others and in order', async (t) => {
  const server = new WebSocketServer({ host: '127.0.0.1', port: 0, perMessageDeflate: false })
  await once(server, 'listening')
  server.on('connection', (socket) => {
    const link = socketLink(socket, {
      after: () => undefined,
      broken: () => undefined,
      sent: () => undefined,
    })
    link.open({ frame: () => undefined, close: () => undefined })
    link.send('before')
    link.sendTwo!(new Uint8Array([1, 2]), new Uint8Array(70_000).fill(3))
    link.ping!(() => undefined)
    link.sendTwo!(new Uint8Array([4]), new Uint8Array([5]))
    link.send('after')
  })
  const client = new WebSocket(`ws://127.0.0.1:${(server.address() as AddressInfo).port}`)
  const heard: Buffer[] = []
  await new Promise<void>((resolve) =>
    client.on('message', (data: Buffer) => {
      if (heard.push(data) === 4) resolve()
    }),
  )
  t.same(
    [0, 3].map((at) => heard[at].toString()),
    ['before', 'after'],
  )
  t.same(heard[1], Buffer.concat([Buffer.from([1, 2]), Buffer.alloc(70_000, 3)]))
  t.same([...heard[2]], [4, 5])
  client.terminate()
  server.close()
})

t.test('asks for a pong behind an answer that a push may follow', async (t) => {
  const { world, open } = await listening()
  const socket = await open('/ws')
  const heard: string[] = []
  socket.on('message', () => heard.push('answer'))
  const asked = new Promise((resolve) => socket.once('ping', resolve))
  socket.on('ping', () => heard.push('ping'))
  socket.send(INIT)
  await asked
  t.strictSame(heard, ['answer', 'ping'])
  socket.terminate()
  await world.server.close()
})

t.test('takes SOCKET_FRAGMENTS fragments of a message, not one more, and counts the refusal', async (t) => {
  const { world, open } = await listening()
  const socket = await open('/ws')
  const fragments = (count: number): void => {
    for (let n = 1; n < count; n++) socket.send(n === 1 ? '?,,' : '', { fin: false })
    socket.send('', { fin: true })
  }
  fragments(limit('SOCKET_FRAGMENTS'))
  t.match(await answer(socket), /^!\d+$/)
  const end = closed(socket)
  fragments(limit('SOCKET_FRAGMENTS') + 1)
  t.equal(await end, 1008)
  t.equal(world.server.counters.value('limits', 'SOCKET_FRAGMENTS'), 1)
  await world.server.close()
})

t.test('refuses what no connection of this kind may send, with a code and a counter', async (t) => {
  const { world, open } = await listening()
  const { counters } = world.server
  for (const [path, bound] of [
    ['/phone', 'PHONE_EARLY_BYTES'],
    ['/ws', 'BROWSER_EARLY_BYTES'],
  ] as const) {
    const socket = await open(path)
    const end = closed(socket)
    socket.send('x'.repeat(limit(bound) + 1))
    t.equal(await end, 1009)
    t.equal(counters.value('limits', bound), 1)
  }
  const broken = await open('/ws')
  const end = closed(broken)
  broken.send(Buffer.from([0xff, 0xfe]), { binary: false })
  t.equal(await end, 1007, 'text that is not UTF-8')
  t.equal(counters.value('errors', 'TETHER_ERR_BODY'), 1)
  await world.server.close()
})

/** Both ends of a socket without a relay behind: the server's end as a Link, the other as `ws` has it. */
async function ends(t: { teardown(task: () => void): void }) {
  const server = new WebSocketServer({ port: 0, host: '127.0.0.1', autoPong: false })
  const clock = new ManualClock()
  const met: string[] = []
  const heard: Frame[] = []
  await once(server, 'listening')
  const caller = new WebSocket(`ws://127.0.0.1:${(server.address() as AddressInfo).port}`)
  caller.on('error', () => undefined)
  const [called] = (await once(server, 'connection')) as [WebSocket]
  const link = socketLink(called, {
    after: (delayMs, task) => void clock.after(delayMs, task),
    broken: (code, name) => void met.push([code, name].filter(Boolean).join(' ')),
    sent: () => undefined,
  })
  let controls = 0
  const full: boolean[] = []
  const over: unknown[] = []
  link.open({
    frame: (frame) => heard.push(frame),
    control: () => (controls += 1),
    full: (isFull) => full.push(isFull),
    close: (code, reason) => over.push(code, reason),
  })
  if (caller.readyState !== caller.OPEN) await once(caller, 'open')
  t.teardown(() => {
    caller.terminate()
    called.terminate()
    server.close()
  })
  return { server, clock, link, called, caller, met, heard, over, full, controls: () => controls }
}

/** Real time, until it holds. */
async function until(holds: () => boolean): Promise<void> {
  while (!holds()) await new Promise((resolve) => setImmediate(resolve))
}

t.test('takes messages up to the limit that holds now, and refuses a longer one by its header', async (t) => {
  const { link, caller, met, heard } = await ends(t)
  link.largest!('BROWSER_EARLY_BYTES', 'SOCKET_EARLY_CHUNKS')
  caller.send('x'.repeat(limit('BROWSER_EARLY_BYTES')))
  await until(() => heard.length === 1)
  link.largest!('BROWSER_FRAME_BYTES', 'SOCKET_CHUNKS')
  caller.send('x'.repeat(limit('BROWSER_FRAME_BYTES')))
  await until(() => heard.length === 2)
  const end = closed(caller)
  const raw = (caller as unknown as { _socket: Socket })._socket
  const length = Buffer.alloc(8)
  length.writeBigUInt64BE(BigInt(limit('BROWSER_FRAME_BYTES') + 1))
  raw.write(Buffer.concat([Buffer.of(0x82, 0xff), length])) // not one byte of the message itself
  t.equal(await end, 1009)
  t.strictSame(met, ['TETHER_ERR_TOO_LARGE BROWSER_FRAME_BYTES'])
})

t.test('answers pings, and tells of them and of pongs nobody asked for', async (t) => {
  const { link, caller, controls } = await ends(t)
  caller.ping('one')
  t.equal(String((await once(caller, 'pong'))[0]), 'one')
  caller.pong('by itself')
  await until(() => controls() === 2)
  let isRead = false
  link.ping!(() => (isRead = true))
  await until(() => isRead)
  t.equal(controls(), 2, 'a pong that was asked for is none of them')
})

t.test('reads no more from who does not take its pongs, and goes on when they are taken', async (t) => {
  const { clock, called, caller, met, heard, full, controls } = await ends(t)
  const bound = limit('READ_QUEUE_BYTES')
  const payload = Buffer.alloc(125)
  caller.pause()
  const pings = 200_000 // 26 MB: more than the kernel keeps for both
  let sent = 0
  while (sent < pings && !(met.length > 0 && called.isPaused)) {
    for (let n = 0; n < 1_000; n++, sent++) caller.ping(payload)
    await new Promise((resolve) => setImmediate(resolve))
  }
  t.strictSame(met, ['READ_QUEUE_BYTES'], `after ${sent} pings`)
  t.ok(called.bufferedAmount < bound + 256 * 1_024, `${called.bufferedAmount} bytes wait`)
  await clock.pass(1_000)
  t.equal(called.isPaused, true, 'as long as they are not taken')
  t.strictSame(full, [true])
  caller.send('now I read')
  caller.resume()
  while (heard.length === 0) {
    await new Promise((resolve) => setImmediate(resolve))
    await clock.pass(50)
  }
  t.equal(controls(), sent, 'and every ping was read in the end')
  t.equal(full.at(-1), false)
})

t.test('calls nobody any more once it has said that it is over', async (t) => {
  const { called, caller, heard, over, controls } = await ends(t)
  endSlow(called, 'WRITE_STALL_MS')
  t.strictSame(over, [4408, 'TETHER_ERR_SLOW'])
  caller.send('late')
  caller.ping()
  caller.pong('by itself')
  await once(caller, 'close')
  t.strictSame(heard, [])
  t.equal(controls(), 0)
  t.equal(over.length, 2)
})

t.test('counts no pings and pongs of a socket that it is closing', async (t) => {
  const { link, called, caller, controls } = await ends(t)
  link.close(1008, 'enough')
  caller.ping()
  caller.pong('by itself')
  await once(called, 'close')
  t.equal(controls(), 0)
})

/** The relay's end of the socket that was opened last, whose writes stay in its queue. */
function corked({ app }: Server): WebSocket {
  const called = [...(app as unknown as { websocketServer: WebSocketServer }).websocketServer.clients].at(-1)!
  ;(called as unknown as { _socket: Socket })._socket.cork()
  return called
}

t.test('pauses a socket for whom more than READ_QUEUE_BYTES wait, and counts it', async (t) => {
  const { world, open } = await listening()
  for (const more of [0, 1]) {
    const caller = await open('/ws')
    const called = corked(world.server)
    const [header, pong] = [10, 2]
    called.send(Buffer.alloc(limit('READ_QUEUE_BYTES') - header - pong + more))
    const pinged = once(called, 'ping')
    caller.ping()
    await pinged
    t.equal(called.bufferedAmount, limit('READ_QUEUE_BYTES') + more)
    t.equal(called.isPaused, more > 0)
    t.equal(world.server.counters.value('limits', 'READ_QUEUE_BYTES'), more)
    called.terminate()
  }
  await world.server.close()
})

t.test('ends a socket that takes nothing for WRITE_STALL_MS, with a code and a counter', async (t) => {
  const { world, open } = await listening()
  const caller = await open('/ws')
  const called = corked(world.server)
  called.send('stays here')
  const seenAt = limit('WRITE_STALL_MS') / 4 // the first look
  await world.clock.pass(seenAt + limit('WRITE_STALL_MS') - 1)
  t.equal(called.readyState, called.OPEN)
  await world.clock.pass(1)
  t.equal(called.readyState, called.CLOSING)
  t.equal(world.server.counters.value('limits', 'WRITE_STALL_MS'), 1)
  t.equal(world.server.counters.value('errors', 'TETHER_ERR_SLOW'), 1)
  caller.terminate()
  called.terminate()
  await world.server.close()
})

t.test('forgets within CLOSE_MS who has said that it closes, and keeps its connection open', async (t) => {
  const { world } = await listening()
  const { port } = world.server.app.server.address() as AddressInfo
  const raw = connect({ port, host: '127.0.0.1', allowHalfOpen: true })
  raw.write(
    'GET /ws HTTP/1.1\r\nHost: localhost\r\nOrigin: https://web.whatsapp.com\r\nConnection: Upgrade\r\n' +
      'Upgrade: websocket\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\n\r\n',
  )
  await once(raw, 'data')
  const { clients } = world.server.app.websocketServer
  t.equal(clients.size, 1)
  const before = performance.now()
  raw.write(Buffer.of(0x88, 0x82, 0, 0, 0, 0, 0x03, 0xe8))
  await until(() => clients.size === 0)
  t.ok(performance.now() - before < 10 * CLOSE_MS, 'Node would wait for half a minute')
  raw.destroy()
  await world.server.close()
})

t.test('stays paused for whoever reads when there is room again', async (t) => {
  const { clock, link, called, caller } = await ends(t)
  caller.pause()
  link.pause()
  for (let n = 0; n < 64 && called.bufferedAmount <= limit('READ_QUEUE_BYTES'); n++) {
    link.send(Buffer.alloc(1_048_576))
    await new Promise((resolve) => setImmediate(resolve))
  }
  t.ok(called.bufferedAmount > limit('READ_QUEUE_BYTES'))
  caller.resume()
  await until(() => called.bufferedAmount === 0)
  await clock.pass(50)
  t.equal(called.isPaused, true)
  link.resume()
  t.equal(called.isPaused, false)
})

t.test(
  'buffers so many pieces of an unfinished message as hold now, then refuses and counts it',
  async (t) => {
    for (const pieces of ['SOCKET_EARLY_CHUNKS', 'SOCKET_CHUNKS'] as const) {
      const { link, caller, met } = await ends(t)
      link.largest!('BROWSER_FRAME_BYTES', pieces)
      const raw = (caller as unknown as { _socket: Socket })._socket
      raw.setNoDelay(true)
      const end = closed(caller)
      // a masked text frame of 64 KiB - 1 is announced; its bytes come one at a time
      raw.write(Buffer.from([0x81, 0xfe, 0xff, 0xff, 0, 0, 0, 0]))
      let sent = 0
      while (met.length === 0 && sent < 3 * limit(pieces)) {
        raw.write(Buffer.of(0x61))
        sent += 1
        await new Promise((resolve) => setImmediate(resolve))
        await new Promise((resolve) => setImmediate(resolve))
      }
      t.equal(await end, 1008)
      t.ok(sent > limit(pieces), `${sent} bytes went out before the refusal`)
      t.strictSame(met, [`TETHER_ERR_LIMIT ${pieces}`])
    }
  },
)
