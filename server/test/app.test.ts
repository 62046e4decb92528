import { once } from 'node:events'
import t from 'tap'
import { TetherError } from 'proto/errors'
import { limit } from 'proto/limits'
import { directLinks } from 'proto/link'
import type { WebSocket, WebSocketServer } from 'ws'
import { createPair, createWorld, PEER, ScriptedLink } from './world.ts'

const LOCAL = { host: 'localhost:8080' }

t.test('refuses a page elsewhere and a name that is not ours at every HTTP door', async (t) => {
  const world = await createWorld()
  const doors: [string, 'GET' | 'POST'][] = [
    ['/', 'GET'], ['/healthz', 'GET'], ['/readyz', 'GET'], ['/metrics', 'GET'], ['/sim/sms/15550001111', 'GET'],
    ['/v1/register', 'POST'], ['/v1/register/confirm', 'POST'], ['/phone', 'GET'], ['/nothing', 'GET'],
  ] // prettier-ignore
  for (const [url, method] of doors) {
    const rebound = await world.server.app.inject({ url, method, headers: { host: 'evil.example:8080' } })
    t.match(
      [rebound.statusCode, rebound.json()],
      [421, { code: 'TETHER_ERR_HOST' }],
      `${url} with a foreign Host`,
    )
    const foreign = await world.server.app.inject({
      url,
      method,
      headers: { ...LOCAL, origin: 'http://evil.example' },
    })
    t.match(
      [foreign.statusCode, foreign.json()],
      [403, { code: 'TETHER_ERR_ORIGIN' }],
      `${url} with a foreign Origin`,
    )
  }
  t.equal((await world.server.app.inject({ url: '/healthz', headers: { ...LOCAL, origin: 'http://localhost:8080' } })).statusCode, 200) // prettier-ignore
  await world.server.close()
})

t.test(
  'opens /ws for the legacy origin among several and for its own page, whatever the Host; for nobody else',
  async (t) => {
    const world = await createWorld()
    const { app } = world.server
    const passes: Record<string, string>[] = [
      { host: 'web.whatsapp.com', origin: 'https://web.whatsapp.com' },
      { host: 'web.whatsapp.com', origin: 'http://web.whatsapp.com, https://web.whatsapp.com' },
      { ...LOCAL, origin: 'http://localhost:8080' },
      { host: '192.168.1.5:8080', origin: 'http://192.168.1.5:8080' },
    ]
    for (const headers of passes) {
      for (const url of ['/ws', '/ws/', '/ws?x=1']) {
        const socket = await app.injectWS(url, { headers })
        t.equal(socket.protocol, '', 'no sub-protocol is selected')
        socket.terminate()
      }
    }
    const refused: Record<string, string>[] = [
      LOCAL,
      { ...LOCAL, origin: 'null' },
      { ...LOCAL, origin: 'http://localhost:8081' },
      { host: 'evil.example', origin: 'http://evil.example' },
      { host: 'web.whatsapp.com', origin: 'https://web.whatsapp.com.evil.example' },
    ]
    for (const headers of refused) await t.rejects(app.injectWS('/ws', { headers }), JSON.stringify(headers))
    t.ok(world.server.counters.value('errors', 'TETHER_ERR_ORIGIN') >= refused.length)
    await world.server.close()
  },
)

t.test(
  'registers by a code from the outbox; wrong codes are limited; codes have the configured length',
  async (t) => {
    const world = await createWorld({ TETHER_SMS_DIGITS: '4' })
    const post = (url: string, payload: object) =>
      world.server.app.inject({ method: 'POST', url, payload, headers: LOCAL })
    const asked = await post('/v1/register', { number: '15550001111' })
    t.match(
      [asked.statusCode, asked.json()],
      [202, { number: '15550001111', digits: 4, expiresInMs: 600_000 }],
    )
    const [sms] = (await world.server.app.inject({ url: '/sim/sms/15550001111', headers: LOCAL })).json<{ code: string; text: string }[]>() // prettier-ignore
    t.match(sms, { code: /^\d{4}$/, text: /code is \d{4}/ })
    const confirm = (code: string) =>
    post('/v1/register/confirm', {
      number: '15550001111', code, identityKey: Buffer.from([5, ...Buffer.alloc(32, 1)]).toString('base64'), registrationId: 1, name: 'Alice',
    }) // prettier-ignore
    const wrong = sms.code === '0000' ? '0001' : '0000'
    for (let i = 0; i < limit('SMS_ATTEMPTS'); i++) {
      t.match((await confirm(wrong)).json(), { code: 'TETHER_ERR_SMS_CODE' })
    }
    const late = await confirm(sms.code)
    t.match(
      [late.statusCode, late.json()],
      [429, { code: 'TETHER_ERR_LIMIT' }],
      'even the right one is too late now',
    )
    t.equal(world.server.counters.value('limits', 'SMS_ATTEMPTS'), 1)
    await post('/v1/register', { number: '15550001111' })
    const fresh = (await world.server.app.inject({ url: '/sim/sms/15550001111', headers: LOCAL })).json<{ code: string }[]>() // prettier-ignore
    const done = await confirm(fresh[0].code)
    t.match(
      [done.statusCode, done.json()],
      [201, { jid: '15550001111@c.us', relayKey: /^[A-Za-z0-9+/]{43}=$/ }],
    )
    t.match((await confirm(fresh[0].code)).json(), { code: 'TETHER_ERR_SMS_CODE' }, 'a code is used once')
    await world.server.close()
  },
)

t.test('limits the codes sent to one number', async (t) => {
  const world = await createWorld()
  const ask = () =>
    world.server.app.inject({ method: 'POST', url: '/v1/register', payload: { number: '15550001111' } })
  for (let i = 0; i < limit('SMS_PER_HOUR'); i++) t.equal((await ask()).statusCode, 202)
  t.match([(await ask()).statusCode, (await ask()).json()], [429, { code: 'TETHER_ERR_LIMIT' }])
  t.equal(world.server.counters.value('limits', 'SMS_PER_HOUR'), 2)
  await world.server.close()
})

t.test('answers bad bodies with a code, and counts them', async (t) => {
  const world = await createWorld()
  const bodies: (string | object)[] = [
    {}, { number: 15550001111 }, { number: '+15550001111' }, { number: '1' }, { number: '15550001111', more: 1 }, [], 'null', '{broken', '',
  ] // prettier-ignore
  for (const payload of bodies) {
    const answer = await world.server.app.inject({
      method: 'POST', url: '/v1/register', payload, headers: { ...LOCAL, 'content-type': 'application/json' },
    }) // prettier-ignore
    t.match(
      [answer.statusCode, answer.json()],
      [400, { code: 'TETHER_ERR_BODY', message: String }],
      JSON.stringify(payload),
    )
  }
  t.equal(world.server.counters.value('errors', 'TETHER_ERR_BODY'), bodies.length)
  const statusOf = async (bytes: number) => {
    const payload = { number: 'x'.repeat(bytes - '{"number":""}'.length) }
    const answer = await world.server.app.inject({
      method: 'POST',
      url: '/v1/register',
      payload,
      headers: LOCAL,
    })
    return [answer.statusCode, answer.json<{ code: string }>().code]
  }
  t.same(await statusOf(limit('HTTP_BODY_BYTES')), [400, 'TETHER_ERR_BODY'])
  t.same(await statusOf(limit('HTTP_BODY_BYTES') + 1), [413, 'TETHER_ERR_TOO_LARGE'])
  t.equal(world.server.counters.value('limits', 'HTTP_BODY_BYTES'), 1)
  const missing = await world.server.app.inject({ url: '/nothing', headers: LOCAL })
  t.match([missing.statusCode, missing.json()], [404, { code: 'TETHER_ERR_NOT_FOUND' }])
  await world.server.close()
})

t.test('says that it is alive and ready, and shows its counters', async (t) => {
  const world = await createWorld()
  t.same((await world.server.app.inject({ url: '/healthz', headers: LOCAL })).json(), { status: 'ok' })
  t.same((await world.server.app.inject({ url: '/readyz', headers: LOCAL })).json(), { status: 'ready' })
  world.server.counters.drop('staleEpoch')
  const metrics = await world.server.app.inject({ url: '/metrics', headers: LOCAL })
  t.match(metrics.body, /tether_drops_total\{reason="staleEpoch"\} 1/)
  t.match(metrics.body, /tether_browsers 0/)
  await world.server.close()
  t.match(metrics.headers['content-security-policy'], /default-src 'none'/)
})

t.test('says that it is not ready when its disk takes nothing, and that this is its own fault', async (t) => {
  const world = await createWorld()
  const { app, counters } = world.server
  const full = () => Promise.reject(new TetherError('TETHER_ERR_STORE_WRITE', 'SQLITE_FULL'))
  Object.assign(world.stores, { check: full })
  Object.assign(world.stores.accounts, { requestCode: full })
  const ready = await app.inject({ url: '/readyz', headers: LOCAL })
  t.match([ready.statusCode, ready.json()], [503, { status: 'not ready' }])
  const payload = { number: '15550001111' }
  const refused = await app.inject({ method: 'POST', url: '/v1/register', headers: LOCAL, payload })
  t.match([refused.statusCode, refused.json()], [500, { code: 'TETHER_ERR_STORE_WRITE' }])
  t.equal(counters.value('errors', 'TETHER_ERR_STORE_WRITE'), 1)
  t.equal((await app.inject({ url: '/healthz', headers: LOCAL })).statusCode, 200)
  await world.server.close()
})

t.test(
  'opens BROWSER_SOCKETS unpaired sockets and no more; phones and their browsers are not counted',
  async (t) => {
    const world = await createWorld()
    await createPair(world)
    const { app, counters } = world.server
    const headers = { host: 'web.whatsapp.com', origin: 'https://web.whatsapp.com' }
    for (let n = 1; n < limit('BROWSER_SOCKETS'); n++) world.browser()
    const last = await app.injectWS('/ws', { headers })
    await t.rejects(app.injectWS('/ws', { headers }), /429/)
    t.equal(counters.value('limits', 'BROWSER_SOCKETS'), 1)
    const phone = await app.injectWS('/phone', { headers: LOCAL })
    phone.terminate()
    last.terminate()
    await world.server.close()
  },
)

t.test(
  'opens PHONE_SOCKETS links that are not attached and no more; attached ones are not counted',
  async (t) => {
    const world = await createWorld()
    await createPair(world)
    const { app, counters } = world.server
    const links = Array.from({ length: limit('PHONE_SOCKETS') - 1 }, () => new ScriptedLink(world.clock))
    for (const link of links) world.server.acceptPhone(link, PEER)
    const last = await app.injectWS('/phone', { headers: LOCAL })
    await t.rejects(app.injectWS('/phone', { headers: LOCAL }), /429/)
    t.equal(counters.value('limits', 'PHONE_SOCKETS'), 1)
    const browser = await app.injectWS('/ws', { headers: { ...LOCAL, origin: 'http://localhost:8080' } })
    browser.terminate()
    await links[0].hangUp()
    const next = await app.injectWS('/phone', { headers: LOCAL })
    for (const socket of [last, next]) socket.terminate()
    await world.server.close()
  },
)

t.test('ends a socket that nobody takes, counts it, says why in its log, and goes on', async (t) => {
  const logged: unknown[] = []
  const world = await createWorld({}, undefined, undefined, {
    links: { ...directLinks, join: () => { throw new TypeError('no such link') } }, // prettier-ignore
    log: { trace() {}, debug() {}, info() {}, warn() {}, error: (fields) => void logged.push(fields) },
  })
  const { app, counters } = world.server
  const taken: WebSocket[] = []
  ;(app as unknown as { websocketServer: WebSocketServer }).websocketServer.on('connection', (socket) =>
    taken.push(socket),
  )
  for (const url of ['/ws', '/phone']) {
    const headers = url === '/ws' ? { host: 'web.whatsapp.com', origin: 'https://web.whatsapp.com' } : LOCAL
    const socket = await app.injectWS(url, { headers })
    if (socket.readyState !== socket.CLOSED) await once(socket, 'close')
  }
  t.equal(counters.value('errors', 'TETHER_ERR_INTERNAL'), 2)
  t.match(logged, [{ err: { message: 'no such link' } }, { err: { message: 'no such link' } }])
  for (const socket of taken) socket.emit('error', new Error('ECONNRESET')) // would end the process
  await world.server.close()
})

t.test('hands its time limits to the HTTP server', async (t) => {
  const world = await createWorld()
  const { server } = world.server.app
  t.equal(server.requestTimeout, limit('MEDIA_REQUEST_MS'))
  t.equal(server.headersTimeout, limit('HTTP_REQUEST_MS'))
  t.equal(server.timeout, limit('HTTP_CONNECTION_MS'))
  const { connectionsCheckingInterval } = server as unknown as Record<string, unknown>
  t.equal(connectionsCheckingInterval, limit('HTTP_LOOK_MS'))
  await world.server.close()
})
