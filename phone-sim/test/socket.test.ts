import { once } from 'node:events'
import { createServer, type AddressInfo, type Socket } from 'node:net'
import type { Frame, Link } from 'proto/link'
import { limit } from 'proto/limits'
import { realClock } from 'proto/system'
import t, { type Test } from 'tap'
import { WebSocketServer, type WebSocket } from 'ws'
import { connectSocket } from '../src/socket.ts'
import { TestClock } from './test-clock.ts'

interface Far {
  readonly url: string
  /** The server's end of the next connection. */
  readonly accepted: Promise<WebSocket>
}

async function far(t: Test, greet: (socket: WebSocket) => void = () => {}): Promise<Far> {
  const server = new WebSocketServer({ host: '127.0.0.1', port: 0, perMessageDeflate: true })
  await once(server, 'listening')
  t.teardown(() => {
    for (const client of server.clients) client.terminate()
    server.close()
  })
  const accepted = new Promise<WebSocket>((resolve) => {
    server.once('connection', (socket) => {
      greet(socket)
      resolve(socket)
    })
  })
  return { url: `ws://127.0.0.1:${(server.address() as AddressInfo).port}/phone`, accepted }
}

/** Keeps what arrives; `next` waits for it. */
function listen(link: Link) {
  const frames: Frame[] = []
  let closed: [number, string] | null = null
  let wake = (): void => {}
  link.open({
    frame(frame) {
      frames.push(typeof frame === 'string' ? frame : new Uint8Array(frame))
      wake()
    },
    close(code, reason) {
      closed = [code, reason]
      wake()
    },
  })
  return {
    frames,
    get closed() {
      return closed
    },
    async until(isSo: () => boolean): Promise<void> {
      while (!isSo()) await new Promise<void>((resolve) => (wake = resolve))
    },
  }
}

t.test('it carries text and bytes both ways and keeps them apart', async (t) => {
  const { url, accepted } = await far(t)
  const link = await connectSocket(url, realClock)
  const socket = await accepted
  const heard = listen(link)
  const there: [string, boolean][] = []
  socket.on('message', (data: Buffer, isBinary: boolean) => there.push([data.toString('utf8'), isBinary]))
  link.send('text')
  link.send(new TextEncoder().encode('bytes'))
  socket.send('answer')
  socket.send(new Uint8Array([1, 2, 3]))
  await heard.until(() => heard.frames.length === 2)
  while (there.length < 2) await once(socket, 'message')
  t.strictSame(heard.frames, ['answer', new Uint8Array([1, 2, 3])])
  t.strictSame(there, [
    ['text', false],
    ['bytes', true],
  ])
  t.equal(socket.extensions, '', 'no compression, which leaks lengths')
  link.close(1000, 'done')
  await heard.until(() => heard.closed !== null)
})

t.test('it keeps what the server says before the link is opened', async (t) => {
  const { url } = await far(t, (socket) => {
    socket.send('first')
    socket.send('second')
    socket.close(4401, 'no')
  })
  const link = await connectSocket(url, realClock)
  await new Promise((resolve) => setTimeout(resolve, 50))
  const heard = listen(link)
  await heard.until(() => heard.closed !== null)
  t.strictSame(heard.frames, ['first', 'second'])
  t.strictSame(heard.closed, [4401, 'no'])
})

t.test('it stops reading while paused', async (t) => {
  const { url, accepted } = await far(t)
  const link = await connectSocket(url, realClock)
  const socket = await accepted
  const heard = listen(link)
  link.pause()
  socket.send('waits')
  await new Promise((resolve) => setTimeout(resolve, 50))
  t.strictSame(heard.frames, [])
  link.resume()
  await heard.until(() => heard.frames.length === 1)
  t.strictSame(heard.frames, ['waits'])
  link.close(1000, '')
  await heard.until(() => heard.closed !== null)
})

t.test('it tells how much waits to be sent', async (t) => {
  const { url, accepted } = await far(t)
  const link = await connectSocket(url, realClock)
  const socket = await accepted
  socket.pause()
  const heard = listen(link)
  t.equal(link.queuedBytes, 0)
  for (let i = 0; i < 64; i++) link.send(new Uint8Array(262_144))
  t.ok(link.queuedBytes > 1_000_000)
  socket.terminate()
  await heard.until(() => heard.closed !== null)
  t.equal(heard.closed?.[0], 1006)
  link.send('after the end')
  link.close(1000, 'after the end')
  t.equal(heard.closed?.[0], 1006, 'close is told once')
})

t.test('it closes on a message above the limit', async (t) => {
  const { url, accepted } = await far(t)
  const link = await connectSocket(url, realClock)
  const socket = await accepted
  const heard = listen(link)
  socket.send(new Uint8Array(limit('PHONE_FRAME_BYTES')))
  await heard.until(() => heard.frames.length === 1)
  const ended = once(socket, 'close')
  socket.send(new Uint8Array(limit('PHONE_FRAME_BYTES') + 1))
  await heard.until(() => heard.closed !== null)
  t.equal(heard.frames.length, 1)
  t.equal((await ended)[0], 1009)
})

t.test('it ends a connection whose far end never answers the close', async (t) => {
  const { url, accepted } = await far(t)
  const clock = new TestClock()
  const link = await connectSocket(url, clock)
  const socket = await accepted
  socket.pause()
  const heard = listen(link)
  link.close(1000, 'bye')
  await clock.advance(1_999)
  t.equal(heard.closed, null, 'the far end has its time')
  await clock.advance(1)
  await heard.until(() => heard.closed !== null)
  t.equal(heard.closed?.[0], 1006)
})

t.test('it leaves no timer behind when the far end answers the close', async (t) => {
  const { url } = await far(t)
  const clock = new TestClock()
  const link = await connectSocket(url, clock)
  const heard = listen(link)
  link.close(1000, 'bye')
  await heard.until(() => heard.closed !== null)
  t.equal(heard.closed?.[0], 1000)
  t.equal(clock.planned, 0)
})

t.test('it refuses when nobody listens, or what listens is no WebSocket server', async (t) => {
  const sockets: Socket[] = []
  const deaf = createServer((socket) => {
    sockets.push(socket)
    socket.end('HTTP/1.1 403 Forbidden\r\ncontent-length: 0\r\n\r\n')
  })
  deaf.listen(0, '127.0.0.1')
  await once(deaf, 'listening')
  const url = `ws://127.0.0.1:${(deaf.address() as AddressInfo).port}/phone`
  await t.rejects(connectSocket(url, realClock), { code: 'TETHER_ERR_PHONE_AWAY' })
  for (const socket of sockets) socket.destroy()
  deaf.close()
  await once(deaf, 'close')
  await t.rejects(connectSocket(url, realClock), { code: 'TETHER_ERR_PHONE_AWAY' })
})
