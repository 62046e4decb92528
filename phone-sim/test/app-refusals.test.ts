/** Who is not let in, and what is not taken: each gets a code, and nothing is changed. */
import type { InjectOptions } from 'fastify'
import t from 'tap'
import { HOST, startApp } from './app-world.ts'
import { ALICE, BOB } from './phone-world.ts'

const routes: readonly (readonly [method: 'GET' | 'POST' | 'PATCH' | 'DELETE', url: string])[] = [
  ['GET', '/phones'],
  ['POST', '/phones'],
  ['POST', `/phones/${ALICE}/scan`],
  ['GET', `/phones/${ALICE}/scans`],
  ['POST', `/phones/${ALICE}/scans/1`],
  ['GET', `/phones/${ALICE}/companions`],
  ['DELETE', `/phones/${ALICE}/companions/1`],
  ['DELETE', `/phones/${ALICE}/companions`],
  ['PATCH', `/phones/${ALICE}/companions/1`],
  ['GET', `/phones/${ALICE}/contacts`],
  ['GET', `/phones/${ALICE}/keys`],
  ['GET', `/phones/${ALICE}/record`],
  ['GET', `/phones/${ALICE}/record.json`],
  ['GET', `/phones/${ALICE}/record.csv`],
  ['POST', `/phones/${ALICE}/chats/${BOB}@s.whatsapp.net/read`],
  ['GET', `/phones/${ALICE}/chats`],
  ['GET', `/phones/${ALICE}/chats/${BOB}@s.whatsapp.net/messages`],
  ['POST', `/phones/${ALICE}/messages`],
  ['POST', `/phones/${ALICE}/media`],
  ['GET', `/phones/${ALICE}/chats/${BOB}@s.whatsapp.net/messages/A1/media`],
  ['PATCH', `/phones/${ALICE}/device`],
  ['GET', `/phones/${ALICE}/groups`],
  ['POST', `/phones/${ALICE}/groups`],
  ['POST', `/phones/${ALICE}/groups/join`],
  ['PATCH', `/phones/${ALICE}/groups/${ALICE}-1@g.us`],
  ['DELETE', `/phones/${ALICE}/groups/${ALICE}-1@g.us`],
  ['GET', `/phones/${ALICE}/groups/${ALICE}-1@g.us/invitation`],
  ['DELETE', `/phones/${ALICE}/groups/${ALICE}-1@g.us/invitation`],
  ['GET', `/phones/${ALICE}/events`],
  ['GET', '/events'],
  ['GET', '/healthz'],
  ['GET', '/openapi.json'],
  ['GET', '/nowhere'],
]

t.test('it refuses a foreign Host and a foreign Origin at every route', async (t) => {
  const { app, ask } = await startApp(t)
  await ask('POST', '/phones', { number: ALICE, name: 'Alice' })
  const foreign: readonly (readonly [headers: Record<string, string>, status: number, code: string])[] = [
    [{ host: 'rebound.example:8081' }, 421, 'TETHER_ERR_HOST'],
    [{ host: 'localhost.evil.example' }, 421, 'TETHER_ERR_HOST'],
    [{ host: HOST, origin: 'https://evil.example' }, 403, 'TETHER_ERR_ORIGIN'],
    [{ host: HOST, origin: 'http://localhost:9999' }, 403, 'TETHER_ERR_ORIGIN'],
    [{ host: HOST, origin: 'null' }, 403, 'TETHER_ERR_ORIGIN'],
  ]
  for (const [method, url] of routes) {
    for (const [headers, status, code] of foreign) {
      const response = await app.inject({ method, url, headers })
      const answer = { status: response.statusCode, body: response.json<unknown>() }
      t.match(answer, { status, body: { code } }, `${method} ${url} with ${JSON.stringify(headers)}`)
    }
  }
})

t.test('it answers its own origin, addresses and allowed names', async (t) => {
  const { app } = await startApp(t)
  for (const host of [
    HOST,
    '127.0.0.1:8081',
    '192.168.1.20:8081',
    '[::1]:8081',
    'phones.example',
    'Phones.Example:80',
  ]) {
    const response = await app.inject({ url: '/phones', headers: { host, origin: `http://${host}` } })
    t.equal(response.statusCode, 200, host)
  }
})

const badBodies: readonly (readonly [what: string, method: 'POST' | 'PATCH', path: string, body: unknown])[] =
  [
    ['a number with a plus', 'POST', '/phones', { number: '+15550001111' }],
    ['a number that is no text', 'POST', '/phones', { number: 15550003333 }],
    ['a number that is too long', 'POST', '/phones', { number: '1'.repeat(16) }],
    ['an empty name', 'POST', '/phones', { number: '15550003333', name: '' }],
    ['an unknown field', 'POST', '/phones', { number: '15550003333', admin: true }],
    ['an array', 'POST', '/phones', []],
    ['no text', 'POST', `/phones/${ALICE}/messages`, { to: BOB }],
    ['an empty text', 'POST', `/phones/${ALICE}/messages`, { to: BOB, text: '' }],
    ['a text that is too long', 'POST', `/phones/${ALICE}/messages`, { to: BOB, text: 'x'.repeat(16_385) }],
    ['a QR text that is too long', 'POST', `/phones/${ALICE}/scan`, { qr: 'x'.repeat(513) }],
    ['consent without a decision', 'POST', `/phones/${ALICE}/scan`, { qr: 'x', consent: {} }],
    [
      'consent that ends before it begins',
      'POST',
      `/phones/${ALICE}/scan`,
      { qr: 'x', consent: { grant: true, expiresInMs: 0 } },
    ],
    ['an unknown network', 'PATCH', `/phones/${ALICE}/device`, { network: 'satellite' }],
    ['a battery above 100', 'PATCH', `/phones/${ALICE}/device`, { batteryPercent: 101 }],
    ['half a percent', 'PATCH', `/phones/${ALICE}/device`, { batteryPercent: 0.5 }],
    ['no change', 'PATCH', `/phones/${ALICE}/device`, {}],
    ['a power that is neither on nor off', 'PATCH', `/phones/${ALICE}/device`, { power: 'maybe' }],
    ['a browser without a name', 'PATCH', `/phones/${ALICE}/companions/1`, { name: '' }],
    ['chats that are no list', 'PATCH', `/phones/${ALICE}/companions/1`, { chats: BOB }],
  ]

t.test('it refuses bodies that are not as documented', async (t) => {
  const { ask, phones } = await startApp(t)
  await ask('POST', '/phones', { number: ALICE, name: 'Alice' })
  for (const [what, method, url, body] of badBodies) {
    const { status, body: answer } = await ask(method, url, body as object)
    t.match({ status, answer }, { status: 400, answer: { code: 'TETHER_ERR_BODY', message: String } }, what)
  }
  t.equal(phones.list().length, 1)
})

t.test('it answers every other bad request with a code, counts it and lives on', async (t) => {
  const { app, ask, phones } = await startApp(t)
  await ask('POST', '/phones', { number: ALICE, name: 'Alice' })
  const json = { host: HOST, 'content-type': 'application/json' }
  const cases: readonly (readonly [InjectOptions, number, string])[] = [
    [{ method: 'POST', url: '/phones', headers: json, payload: '{' }, 400, 'TETHER_ERR_BODY'],
    [{ method: 'POST', url: '/phones', headers: json, payload: '' }, 400, 'TETHER_ERR_BODY'],
    [
      { method: 'POST', url: '/phones', headers: json, payload: `{"__proto__":{"number":"15550003333"}}` },
      400,
      'TETHER_ERR_BODY',
    ],
    [
      {
        method: 'POST',
        url: '/phones',
        headers: { ...json, 'content-type': 'text/plain' },
        payload: '{"number":"15550003333"}',
      },
      415,
      'TETHER_ERR_BODY',
    ],
    [
      {
        method: 'POST',
        url: '/phones',
        headers: { ...json, 'content-type': 'application/x-www-form-urlencoded' },
        payload: 'number=15550003333',
      },
      415,
      'TETHER_ERR_BODY',
    ],
    [
      {
        method: 'POST',
        url: '/phones',
        headers: json,
        payload: JSON.stringify({ number: ALICE, name: 'x'.repeat(70_000) }),
      },
      413,
      'TETHER_ERR_TOO_LARGE',
    ],
    [{ method: 'GET', url: '/phones/15559999999/chats', headers: json }, 404, 'TETHER_ERR_NOT_FOUND'],
    [{ method: 'GET', url: `/phones/${'9'.repeat(33)}/chats`, headers: json }, 400, 'TETHER_ERR_BODY'],
    [{ method: 'GET', url: `/phones/${ALICE}/chats/%zz/messages`, headers: json }, 400, 'TETHER_ERR_BODY'],
    [{ method: 'GET', url: `/phones/${ALICE}/chats/nobody/messages`, headers: json }, 400, 'TETHER_ERR_JID'],
    [
      { method: 'GET', url: `/phones/${ALICE}/chats/${BOB}@c.us/messages?limit=0`, headers: json },
      400,
      'TETHER_ERR_BODY',
    ],
    [
      { method: 'GET', url: `/phones/${ALICE}/chats/${BOB}@c.us/messages?limit=1e9`, headers: json },
      400,
      'TETHER_ERR_BODY',
    ],
    [
      { method: 'POST', url: `/phones/${ALICE}/scan`, headers: json, payload: { qr: 'no code' } },
      400,
      'TETHER_ERR_QR',
    ],
    [
      { method: 'POST', url: `/phones/${ALICE}/scans/none`, headers: json, payload: { grant: true } },
      404,
      'TETHER_ERR_NOT_FOUND',
    ],
    [{ method: 'PUT', url: '/phones', headers: json, payload: {} }, 404, 'TETHER_ERR_NOT_FOUND'],
  ]
  for (const [request, status, code] of cases) {
    const response = await app.inject(request)
    const what = `${String(request.method)} ${JSON.stringify(request.url)}`
    t.match(
      { status: response.statusCode, body: response.json<unknown>() },
      { status, body: { code, message: String } },
      what,
    )
  }
  const health = (await ask('GET', '/healthz')).body as { refused: Record<string, number> }
  t.equal(
    Object.values(health.refused).reduce((sum, count) => sum + count, 0),
    cases.length,
  )
  t.strictSame(
    phones.list().map(({ number }) => number),
    [ALICE],
  )
})
