import { once } from 'node:events'
import type { Socket } from 'node:net'
import t, { type Test } from 'tap'
import { limit } from 'proto/limits'
import { leadsHere, openConnectProxy } from '../src/connect-proxy.ts'
import { Counters } from '../src/counters.ts'
import { ManualClock } from './manual-clock.ts'
import { ask, tcpTo } from './tls-caller.ts'

const TLS_PORT = 8443

/** A proxy whose far side says back what it hears. */
async function opened(t: Test) {
  const clock = new ManualClock()
  const counters = new Counters()
  const warned: object[] = []
  const log = {
    trace() {},
    debug() {},
    info() {},
    warn: (fields: object) => void warned.push(fields),
    error() {},
  }
  const entered: Socket[] = []
  const enter = (socket: Socket): void => {
    entered.push(socket)
    socket.on('data', (bytes) => socket.write(bytes))
  }
  const proxy = await openConnectProxy({ port: 0, tlsPort: TLS_PORT, enter, clock, counters, log })
  t.teardown(async () => {
    const stopped = proxy.stop()
    proxy.destroy()
    await stopped
  })
  return { proxy, clock, counters, entered, warned }
}

t.test(
  'leads here under every legacy name at any port, and under local names at the port of the door',
  async (t) => {
    for (const target of [
    'web.whatsapp.com:443', 'WEB.whatsapp.com:443', 'w8.web.whatsapp.com:443', 'dyn.web.whatsapp.com:80', 'mmg.whatsapp.net:443',
    'localhost:8443', '127.0.0.1:8443', '[::1]:8443',
  ]) t.ok(leadsHere(target, TLS_PORT), target) // prettier-ignore
  },
)

t.test('leads nowhere else', async (t) => {
  for (const target of [
    'example.com:443', 'whatsapp.com:443', 'web.whatsapp.com.example:443', 'example.com:443#web.whatsapp.com:443', 'web.whatsapp.com', 'web.whatsapp.com:', ':443', '',
    'localhost:22', '127.0.0.1:443', '127.0.0.2:8443', '10.0.0.1:8443', '[::2]:8443', 'user@web.whatsapp.com:443', '/ws', 'http://web.whatsapp.com:443',
  ]) t.notOk(leadsHere(target, TLS_PORT), target) // prettier-ignore
})

t.test('answers CONNECT and hands the socket on, as every kind of client asks for it', async (t) => {
  const requests = [
    'CONNECT web.whatsapp.com:443 HTTP/1.1\r\nHost: web.whatsapp.com:443\r\n\r\n',
    'CONNECT web.whatsapp.com:443 HTTP/1.1\r\nHost: web.whatsapp.com:443\r\nUser-Agent: Go-http-client/1.1\r\n\r\n',
    'CONNECT web.whatsapp.com:443 HTTP/1.0\r\n\r\n', // the Python library of the time
  ]
  const { proxy, counters, entered } = await opened(t)
  for (const request of requests) {
    const socket = await tcpTo(proxy.port)
    t.match(await ask(socket, request), /^HTTP\/1\.1 200 /)
    socket.write('through')
    t.equal(String((await once(socket, 'data'))[0]), 'through')
    socket.destroy()
  }
  t.equal(entered.length, requests.length)
  t.equal(counters.value('legacy', 'proxyLed'), requests.length)
})

t.test('keeps what a client sends together with its request', async (t) => {
  const { proxy } = await opened(t)
  const socket = await tcpTo(proxy.port)
  const heard = await ask(socket, 'CONNECT web.whatsapp.com:443 HTTP/1.1\r\nHost: x\r\n\r\nimpatient')
  t.match(heard, /^HTTP\/1\.1 200 /)
  const rest = heard.split('\r\n\r\n')[1]
  t.equal(rest === '' ? String((await once(socket, 'data'))[0]) : rest, 'impatient')
  socket.destroy()
})

t.test('refuses every other target and every other method with 403, says why, and counts it', async (t) => {
  const { proxy, counters, entered, warned } = await opened(t)
  const requests = [
    'CONNECT example.com:443 HTTP/1.1\r\nHost: example.com:443\r\n\r\n',
    'CONNECT 127.0.0.1:22 HTTP/1.1\r\nHost: 127.0.0.1:22\r\n\r\n',
    'CONNECT example.com:443 HTTP/1.0\r\n\r\n',
    'GET http://web.whatsapp.com/ws HTTP/1.1\r\nHost: web.whatsapp.com\r\n\r\n',
    'POST / HTTP/1.1\r\nHost: localhost\r\nContent-Length: 0\r\n\r\n',
    'GET /ws HTTP/1.1\r\nHost: x\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n',
  ]
  for (const request of requests) {
    const socket = await tcpTo(proxy.port)
    const ended = once(socket, 'close')
    const answer = await ask(socket, request)
    t.match(answer, /^HTTP\/1\.1 403 Forbidden\r\n/, request)
    t.match(answer, 'TETHER_ERR_PROXY_TARGET')
    await ended
  }
  t.equal(counters.value('errors', 'TETHER_ERR_PROXY_TARGET'), requests.length)
  t.equal(entered.length, 0)
  t.match(warned[0], { method: 'CONNECT', target: 'example.com:443' })
})

t.test('ends who does not say where to go within LEGACY_PROXY_REQUEST_MS, not who did', async (t) => {
  const { proxy, clock, counters } = await opened(t)
  const patient = await tcpTo(proxy.port)
  await ask(patient, 'CONNECT web.whatsapp.com:443 HTTP/1.1\r\nHost: x\r\n\r\n')
  const silent = await tcpTo(proxy.port)
  const slow = await tcpTo(proxy.port)
  slow.write('CONNECT web.')
  await ask(await tcpTo(proxy.port), 'GET / HTTP/1.1\r\nHost: x\r\n\r\n') // connections are taken in order
  await clock.pass(limit('LEGACY_PROXY_REQUEST_MS') - 1)
  t.notOk(silent.destroyed)
  t.equal(counters.value('limits', 'LEGACY_PROXY_REQUEST_MS'), 0)
  const ended = Promise.all([once(silent, 'close'), once(slow, 'close')])
  await clock.pass(1)
  await ended
  t.equal(counters.value('limits', 'LEGACY_PROXY_REQUEST_MS'), 2)
  patient.write('still there')
  t.equal(String((await once(patient, 'data'))[0]), 'still there')
  patient.destroy()
})

t.test('survives a client that goes away in the middle, before and after its request', async (t) => {
  const { proxy, entered } = await opened(t)
  const early = await tcpTo(proxy.port)
  early.resetAndDestroy()
  const late = await tcpTo(proxy.port)
  await ask(late, 'CONNECT web.whatsapp.com:443 HTTP/1.1\r\nHost: x\r\n\r\n')
  const ended = new Promise((resolve) => entered[0].once('close', resolve)) // `once` would reject on its reset
  late.resetAndDestroy()
  await ended
  const next = await tcpTo(proxy.port)
  t.match(await ask(next, 'CONNECT mmg.whatsapp.net:443 HTTP/1.1\r\nHost: x\r\n\r\n'), / 200 /)
  next.destroy()
})
