/** `npm start -- --legacy-tls` as a person runs it: what is printed and kept, what listens, and what is refused. */
import { once } from 'node:events'
import { readFileSync, statSync } from 'node:fs'
import { connect, createServer, type AddressInfo } from 'node:net'
import { dirname, join } from 'node:path'
import { CA_FILE } from 'server/legacy-ca-folder'
import t from 'tap'
import { askProxy, throughProxy } from '../src/legacy-way-in.ts'
import { waitUntil } from '../src/real-wait.ts'
import { serverProcess } from '../src/server-process.ts'
import { ready, start } from '../src/started.ts'
import { upgradeOver } from '../src/upgrade.ts'

const ANY = { TETHER_LEGACY_TLS_PORT: '0', TETHER_LEGACY_PROXY_PORT: '0', TETHER_CAST: 'off' }
const CONNECT = 'CONNECT web.whatsapp.com:443 HTTP/1.1\r\nHost: web.whatsapp.com:443\r\n\r\n'
const HANDSHAKE = ['Host: web.whatsapp.com', 'Origin: https://web.whatsapp.com']

async function listens(port: number, host = '127.0.0.1'): Promise<boolean> {
  const socket = connect(port, host)
  const open = await once(socket, 'connect').then(
    () => true,
    () => false,
  )
  socket.destroy()
  return open
}

/** Ports that nobody had a moment ago. */
async function freePorts(count: number): Promise<number[]> {
  const servers = Array.from({ length: count }, () => createServer().listen(0, '127.0.0.1'))
  await Promise.all(servers.map((server) => once(server, 'listening')))
  const ports = servers.map((server) => (server.address() as AddressInfo).port)
  await Promise.all(servers.map((server) => once(server.close(), 'close')))
  return ports
}

t.test('without the option nothing listens for legacy clients, and no CA is made', async (t) => {
  const folder = t.testdir({})
  const [tlsPort, proxyPort] = await freePorts(2)
  const started = start(t, folder, {
    ...ANY,
    TETHER_LEGACY_TLS_PORT: String(tlsPort),
    TETHER_LEGACY_PROXY_PORT: String(proxyPort),
  })
  const urls = await ready(folder, started)
  t.notOk('legacyTls' in urls)
  t.notOk(await listens(tlsPort))
  t.notOk(await listens(proxyPort))
  t.throws(() => statSync(join(folder, 'data', 'legacy-tls')), { code: 'ENOENT' })
  await waitUntil(() => started.output().includes('Ctrl+C')) // printed after the file is there
  t.notMatch(started.output(), 'legacy')
})

t.test('with it a client gets in by what is printed, and the CA is the same at the next start', async (t) => {
  const folder = t.testdir({})
  const first = start(t, folder, ANY, ['--legacy-tls'])
  const { legacyTls } = await ready(folder, first)
  const { caFile, tlsPort, proxyUrl } = legacyTls!
  await waitUntil(() => first.output().includes('Ctrl+C')) // printed after the file is there
  t.match(first.output(), `https_proxy=${proxyUrl}`)
  t.match(first.output(), `NODE_EXTRA_CA_CERTS=${caFile}`)
  t.match(first.output(), /SSL_CERT_FILE.*WEBSOCKET_CLIENT_CA_BUNDLE/)
  t.match(first.output(), 'never add it to a system or browser store')
  t.equal(dirname(caFile), join(folder, 'data', 'legacy-tls'))

  const ca = readFileSync(caFile, 'utf8')
  const socket = await throughProxy({ caFile, tlsPort, proxyUrl, ca }, 'web.whatsapp.com', CONNECT)
  t.equal((await upgradeOver(socket, '/ws', HANDSHAKE)).status, 101)
  t.equal((await askProxy(proxyUrl, CONNECT.replaceAll('web.whatsapp.com', 'example.com'))).status, 403)

  first.process.kill('SIGTERM')
  t.equal(await first.exit, 0, first.output())
  t.notOk(await listens(tlsPort))
  t.notOk(await listens(Number(new URL(proxyUrl).port)))

  const second = start(t, folder, ANY, ['--legacy-tls'])
  await ready(folder, second)
  t.equal(readFileSync(caFile, 'utf8'), ca)
})

t.test('a known seed does not give away the keys of the CA', async (t) => {
  const folder = t.testdir({ one: {}, other: {} })
  const keyOf = async (name: string) => {
    const server = await serverProcess(join(folder, name), { ...ANY, TETHER_SEED: 'known' }, ['--legacy-tls'])
    t.equal(await server.stop(), 0, server.log())
    return readFileSync(join(folder, name, 'data', 'legacy-tls', `${CA_FILE}.key.pem`), 'utf8')
  }
  t.not(await keyOf('one'), await keyOf('other'))
})

t.test('it ends cleanly with clients connected and others in the middle of knocking', async (t) => {
  const folder = t.testdir({})
  const started = start(t, folder, ANY, ['--legacy-tls'])
  const facts = (await ready(folder, started)).legacyTls!
  const ca = readFileSync(facts.caFile, 'utf8')
  const inside = await throughProxy({ ...facts, ca }, 'web.whatsapp.com', CONNECT)
  inside.write(
    `GET /ws HTTP/1.1\r\n${HANDSHAKE.join('\r\n')}\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n` +
      'Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\n\r\n',
  )
  t.match(String((await once(inside, 'data'))[0]), /^HTTP\/1\.1 101/)
  inside.on('error', () => undefined)
  const knocking = connect(facts.tlsPort, '127.0.0.1').on('error', () => undefined)
  await once(knocking, 'connect')
  started.process.kill('SIGTERM')
  t.equal(await started.exit, 0, started.output())
})

t.test('it does not start where networks could reach it', async (t) => {
  const started = start(t, t.testdir({}), { ...ANY, TETHER_HOST: '0.0.0.0' }, ['--legacy-tls'])
  t.equal(await started.exit, 1)
  t.match(started.output(), /TETHER_ERR_CONFIG.*TETHER_HOST must be a loopback address with --legacy-tls/)
})

t.test('it names the setting of a port that is taken', async (t) => {
  const taken = createServer().listen(0, '127.0.0.1')
  await once(taken, 'listening')
  t.teardown(() => taken.close())
  const { port } = taken.address() as AddressInfo
  const env = { ...ANY, TETHER_LEGACY_PROXY_PORT: String(port) }
  const started = start(t, t.testdir({}), env, ['--legacy-tls'])
  t.equal(await started.exit, 1)
  t.match(started.output(), /TETHER_ERR_PORT.*TETHER_LEGACY_PROXY_PORT/)
})

t.test('it says so when an option is misspelt, instead of starting without it', async (t) => {
  const started = start(t, t.testdir({}), ANY, ['--legacytls'])
  t.equal(await started.exit, 1)
  t.match(started.output(), 'unknown option --legacytls')
})
