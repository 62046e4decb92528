import type { AddressInfo, Socket } from 'node:net'
import t from 'tap'
import { limit } from 'proto/limits'
import { WebSocket } from 'ws'
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
  const phone = await open('/phone')
  let end = closed(phone)
  phone.send('x'.repeat(limit('PHONE_FRAME_BYTES') + 1))
  t.equal(await end, 1009)
  t.equal(counters.value('limits', 'PHONE_FRAME_BYTES'), 1)
  const browser = await open('/ws')
  end = closed(browser)
  browser.send('x'.repeat(limit('PHONE_FRAME_BYTES') + 1))
  t.equal(await end, 1009)
  t.equal(counters.value('limits', 'BROWSER_FRAME_BYTES'), 1)
  const broken = await open('/ws')
  end = closed(broken)
  broken.send(Buffer.from([0xff, 0xfe]), { binary: false })
  t.equal(await end, 1007, 'text that is not UTF-8')
  t.equal(counters.value('errors', 'TETHER_ERR_BODY'), 1)
  await world.server.close()
})

t.test('buffers SOCKET_CHUNKS pieces of an unfinished message, then refuses and counts it', async (t) => {
  const { world, open } = await listening()
  const socket = await open('/ws')
  const raw = (socket as unknown as { _socket: Socket })._socket
  raw.setNoDelay(true)
  const end = closed(socket)
  // a masked text frame of 64 KiB - 1 is announced; its bytes come one at a time
  raw.write(Buffer.from([0x81, 0xfe, 0xff, 0xff, 0, 0, 0, 0]))
  let refused = false
  void end.then(() => (refused = true))
  let sent = 0
  while (!refused && sent < 3 * limit('SOCKET_CHUNKS')) {
    raw.write(Buffer.of(0x61))
    sent += 1
    await new Promise((resolve) => setImmediate(resolve))
    await new Promise((resolve) => setImmediate(resolve))
  }
  t.equal(await end, 1008)
  t.ok(sent > limit('SOCKET_CHUNKS'), `${sent} bytes went out before the refusal`)
  t.equal(world.server.counters.value('limits', 'SOCKET_CHUNKS'), 1)
  await world.server.close()
})

const FOREIGN_ORIGINS: readonly string[] = [
  '', 'null', 'NULL', 'undefined', '*', 'file://', 'about:blank', 'data:text/html,x', 'blob:https://web.whatsapp.com/1',
  'http://web.whatsapp.com', 'HTTPS://web.whatsapp.com', 'https://WEB.whatsapp.com', 'https://Web.WhatsApp.Com',
  'wss://web.whatsapp.com', 'ftp://web.whatsapp.com', 'https:web.whatsapp.com', 'https:/web.whatsapp.com',
  'https:///web.whatsapp.com', '//web.whatsapp.com', 'web.whatsapp.com', 'https://web.whatsapp.com.',
  'https://web.whatsapp.com:443', 'https://web.whatsapp.com:80', 'https://web.whatsapp.com:8443',
  'https://web.whatsapp.com/', 'https://web.whatsapp.com/x', 'https://web.whatsapp.com?x', 'https://web.whatsapp.com#x',
  'https://user@web.whatsapp.com', 'https://web.whatsapp.com@evil.example', 'https://a:b@web.whatsapp.com',
  'https://evil.example', 'https://evil.web.whatsapp.com', 'https://web.whatsapp.com.evil.example',
  'https://webXwhatsapp.com', 'https://whatsapp.com', 'https://xn--eb-iia.whatsapp.com', 'https://web.whats%61pp.com',
  'https://web\\.whatsapp.com', 'https://evil.example?https://web.whatsapp.com', 'http://localhost:1', 'http://127.0.0.1',
] // prettier-ignore

t.test('lets no page in whose Origin only looks like an allowed one', async (t) => {
  t.ok(FOREIGN_ORIGINS.length >= 40)
  const world = await createWorld()
  await world.server.app.listen({ host: '127.0.0.1', port: 0 })
  const { port } = world.server.app.server.address() as AddressInfo
  const knock = (origin: string): Promise<string> => {
    const socket = new WebSocket(`ws://127.0.0.1:${port}/ws`, { headers: { origin } })
    return new Promise((resolve) => {
      socket.once('open', () => {
        socket.terminate()
        resolve('open')
      })
      socket.once('error', ({ message }) => resolve(message))
    })
  }
  for (const origin of FOREIGN_ORIGINS)
    t.equal(await knock(origin), 'Unexpected server response: 403', JSON.stringify(origin))
  t.equal(await knock(ORIGIN), 'open')
  t.equal(await knock(`http://127.0.0.1:${port}`), 'open', 'its own page')
  await world.server.close()
})
