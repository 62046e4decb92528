import { createHash } from 'node:crypto'
import { once } from 'node:events'
import type { AddressInfo } from 'node:net'
import t, { type Test } from 'tap'
import { seededEntropy } from 'proto/entropy'
import { limit } from 'proto/limits'
import { realClock, systemEntropy } from 'proto/system'
import { WebSocket } from 'ws'
import { makeServerCertificate, makeTestCa } from '../src/legacy-ca.ts'
import { openTlsDoor } from '../src/legacy-tls.ts'
import { call, tcpTo, tlsTo } from './tls-caller.ts'
import { createWorld, INIT, uploadRight } from './world.ts'

const ORIGIN = 'https://web.whatsapp.com'

async function opened(t: Test, handshakeMs?: number) {
  const world = await createWorld()
  const { app, counters } = world.server
  await app.listen({ host: '127.0.0.1', port: 0 })
  const seams = { clock: realClock, entropy: seededEntropy('tls door') } // TLS asks the machine's clock
  const ca = makeTestCa(seams)
  const parts = { app, port: 0, certified: makeServerCertificate(ca, seams), counters }
  const door = await openTlsDoor(handshakeMs === undefined ? parts : { ...parts, handshakeMs })
  t.teardown(async () => {
    const stopped = door.stop()
    await world.server.close()
    door.destroy()
    await stopped
  })
  const { port } = app.server.address() as AddressInfo
  return { world, counters, door, plainPort: port, ca: ca.certificate }
}

t.test('answers HTTP under the legacy names, with the same routes as the plain door', async (t) => {
  const { door, ca, counters } = await opened(t)
  for (const name of ['web.whatsapp.com', 'w3.web.whatsapp.com', 'mmg.whatsapp.net', 'localhost']) {
    const answer = await call(await tlsTo(door, name, ca), { path: '/healthz', headers: { host: name } })
    t.same(answer, { status: 200, body: '{"status":"ok"}' }, name)
  }
  t.equal(counters.value('legacy', 'tlsOpened'), 4)
})

t.test('lets in what legacy clients send and keeps pages of others out', async (t) => {
  const { door, ca } = await opened(t)
  const status = async (headers: Record<string, string>) =>
    (await call(await tlsTo(door, 'web.whatsapp.com', ca), { path: '/healthz', headers })).status
  t.equal(await status({ host: 'web.whatsapp.com', origin: ORIGIN }), 200)
  t.equal(await status({ host: `127.0.0.1:${door.port}` }), 200)
  t.equal(await status({ host: 'mmg.whatsapp.net', origin: 'https://evil.example' }), 403)
  t.equal(await status({ host: 'evil.example' }), 421)
})

t.test('leaves the plain door as it is: no legacy name, no legacy origin for HTTP', async (t) => {
  const { plainPort } = await opened(t)
  const url = `http://127.0.0.1:${plainPort}/healthz`
  t.equal((await fetch(url)).status, 200)
  t.equal((await fetch(url, { headers: { origin: ORIGIN } })).status, 403)
  const socket = await tcpTo(plainPort)
  socket.write('GET /healthz HTTP/1.1\r\nhost: web.whatsapp.com\r\n\r\n')
  t.match(String((await once(socket, 'data'))[0]), /^HTTP\/1\.1 421 /)
  socket.destroy()
})

t.test('opens /ws', async (t) => {
  const { door, ca } = await opened(t)
  const secure = await tlsTo(door, 'web.whatsapp.com', ca)
  const url = 'ws://web.whatsapp.com/ws'
  const socket = new WebSocket(url, { origin: ORIGIN, createConnection: () => secure })
  await once(socket, 'open')
  socket.send(INIT)
  t.match(String((await once(socket, 'message'))[0]), /^1\.--0,\{"status":200/)
  socket.terminate()
})

t.test('takes media, and gives addresses of this door whatever Host was named', async (t) => {
  const { door, ca, world, plainPort } = await opened(t)
  const auth = await uploadRight(world)
  const blob = Buffer.from(seededEntropy('blob').bytes(1_000))
  const token = createHash('sha256').update(blob).digest('base64url')
  const path = `/mms/image/${token}`
  for (const host of ['mmg.whatsapp.net', 'web.whatsapp.com:443', `127.0.0.1:${door.port}`]) {
    const socket = await tlsTo(door, 'mmg.whatsapp.net', ca)
    const headers = { host, origin: ORIGIN, 'content-length': blob.length }
    const { status, body } = await call(
      socket,
      { method: 'POST', path: `${path}?auth=${auth}`, headers },
      blob,
    )
    t.equal(status, 200, body)
    const url = `https://127.0.0.1:${door.port}${path}`
    t.same(JSON.parse(body), { url, direct_path: path }, host)
  }
  const down = await call(await tlsTo(door, 'localhost', ca), { path, headers: { host: 'mmg.whatsapp.net' } })
  t.equal(down.status, 200)
  t.equal(
    (await fetch(`http://127.0.0.1:${plainPort}${path}`)).status,
    200,
    'the same blob at the plain door',
  )
})

t.test(
  'ends and counts a caller that does not speak TLS, and one that does not trust the CA goes away',
  async (t) => {
    const { door, counters } = await opened(t)
    const plain = await tcpTo(door.port)
    plain.write('GET /healthz HTTP/1.1\r\n\r\n')
    await once(plain, 'close')
    t.equal(counters.value('errors', 'TETHER_ERR_TLS'), 1)
    const stranger = makeTestCa({ clock: realClock, entropy: systemEntropy }).certificate
    await t.rejects(tlsTo(door, 'web.whatsapp.com', stranger))
  },
)

t.test('ends a caller that does not finish the handshake in time, and counts it', async (t) => {
  const { door, counters } = await opened(t, 50)
  const silent = await tcpTo(door.port)
  await once(silent, 'close')
  t.equal(counters.value('limits', 'LEGACY_TLS_HANDSHAKE_MS'), 1)
  t.ok(limit('LEGACY_TLS_HANDSHAKE_MS') > 50)
})

t.test('speaks HTTP/1.1 to clients that would like HTTP/2', async (t) => {
  const { door, ca } = await opened(t)
  const socket = await tlsTo(door, 'web.whatsapp.com', ca, ['h2', 'http/1.1'])
  t.equal(socket.alpnProtocol, 'http/1.1')
  socket.destroy()
})

t.test('opens only when the HTTP server listens', async (t) => {
  const { server } = await createWorld()
  const seams = { clock: realClock, entropy: seededEntropy('tls door') }
  const certified = makeServerCertificate(makeTestCa(seams), seams)
  const parts = { app: server.app, port: 0, certified, counters: server.counters }
  await t.rejects(openTlsDoor(parts), { code: 'TETHER_ERR_STATE' })
  await server.close()
})
