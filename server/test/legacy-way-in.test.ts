import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { once } from 'node:events'
import type { AddressInfo } from 'node:net'
import { createServer } from 'node:net'
import { dirname, join } from 'node:path'
import t, { type Test } from 'tap'
import { realClock, systemEntropy } from 'proto/system'
import { WebSocket } from 'ws'
import { readConfig } from '../src/config.ts'
import { assertClosedNetwork, openLegacyWayIn } from '../src/legacy-way-in.ts'
import { ask, call, tcpTo, tlsTo } from './tls-caller.ts'
import { createWorld, INIT } from './world.ts'

const log = { trace() {}, debug() {}, info() {}, warn() {}, error() {} }
const FREE = { TETHER_LEGACY_TLS_PORT: '0', TETHER_LEGACY_PROXY_PORT: '0' }

async function opened(t: Test, env: Record<string, string>) {
  const { server } = await createWorld()
  await server.app.listen({ host: '127.0.0.1', port: 0 })
  t.teardown(() => server.close())
  const config = readConfig({ ...FREE, ...env })
  const parts = { server, config, clock: realClock, entropy: systemEntropy, log }
  return { wayIn: await openLegacyWayIn(parts) }
}

/** Through the proxy to `name`, trusting the file that clients are told of. */
async function through({ caFile, proxyUrl }: { caFile: string; proxyUrl: string }, name: string) {
  const socket = await tcpTo(Number(new URL(proxyUrl).port))
  const answer = await ask(socket, `CONNECT ${name}:443 HTTP/1.1\r\nHost: ${name}:443\r\n\r\n`)
  t.match(answer, / 200 /)
  return tlsTo({ socket }, name, readFileSync(caFile, 'utf8'))
}

t.test('tells a client all it needs to get from the proxy to /ws and back', async (t) => {
  const { wayIn } = await opened(t, { TETHER_DATA_DIR: t.testdir({}) })
  const { facts } = wayIn
  const health = await call(await through(facts, 'mmg.whatsapp.net'), {
    path: '/healthz',
    headers: { host: 'mmg.whatsapp.net' },
  })
  t.equal(health.status, 200)
  const secure = await through(facts, 'web.whatsapp.com')
  const socket = new WebSocket('ws://web.whatsapp.com/ws', {
    origin: 'https://web.whatsapp.com',
    createConnection: () => secure,
  })
  await once(socket, 'open')
  socket.send(INIT)
  t.match(String((await once(socket, 'message'))[0]), /"status":200/)

  const ended = once(socket, 'close')
  await wayIn.close()
  t.equal((await ended)[0], 1001, 'the browser was told')
  await t.rejects(tcpTo(facts.tlsPort), { code: 'ECONNREFUSED' })
  await t.rejects(tcpTo(Number(new URL(facts.proxyUrl).port)), { code: 'ECONNREFUSED' })
})

t.test('closes although somebody is still in the middle of knocking', async (t) => {
  const { wayIn } = await opened(t, { TETHER_DATA_DIR: t.testdir({}) })
  const knocking = [await tcpTo(wayIn.facts.tlsPort), await tcpTo(Number(new URL(wayIn.facts.proxyUrl).port))]
  const ended = Promise.all(knocking.map((socket) => once(socket, 'close')))
  await wayIn.close()
  await ended
})

t.test('keeps its files in the data folder, and none where nothing is kept', async (t) => {
  const folder = t.testdir({})
  const kept = await opened(t, { TETHER_DATA_DIR: folder })
  t.equal(dirname(kept.wayIn.facts.caFile), join(folder, 'legacy-tls'))
  await kept.wayIn.close()
  t.equal(readdirSync(join(folder, 'legacy-tls')).length, 4)
  const passing = await opened(t, { TETHER_DATA_DIR: ':memory:' })
  t.ok(existsSync(passing.wayIn.facts.caFile))
  await passing.wayIn.close()
  t.notOk(existsSync(dirname(passing.wayIn.facts.caFile)))
})

t.test('does not open beside a server that networks can reach', async (t) => {
  for (const host of ['0.0.0.0', '::', '192.168.1.5'])
    t.throws(() => assertClosedNetwork(readConfig({ TETHER_HOST: host })), {
      code: 'TETHER_ERR_CONFIG',
      message: /TETHER_HOST must be a loopback address with --legacy-tls/,
    })
  for (const host of ['127.0.0.1', '::1', 'localhost']) assertClosedNetwork(readConfig({ TETHER_HOST: host }))
  await t.rejects(opened(t, { TETHER_HOST: '0.0.0.0' }), { code: 'TETHER_ERR_CONFIG' })
})

t.test('names the setting of a port that is taken, and leaves nothing open', async (t) => {
  const taken = createServer()
  taken.listen(0, '127.0.0.1')
  await once(taken, 'listening')
  t.teardown(() => taken.close())
  const port = String((taken.address() as AddressInfo).port)
  for (const name of ['TETHER_LEGACY_TLS_PORT', 'TETHER_LEGACY_PROXY_PORT']) {
    const env = { TETHER_DATA_DIR: ':memory:', [name]: port }
    await t.rejects(opened(t, env), { code: 'TETHER_ERR_PORT', message: new RegExp(name) })
  }
})
