import type { FastifyInstance, InjectOptions } from 'fastify'
import { seededEntropy } from 'proto/entropy'
import t, { type Test } from 'tap'
import { buildApp } from '../src/app.ts'
import type { ChatSummary, Companion, MessageView, PhoneStatus } from '../src/phone-views.ts'
import { Phones } from '../src/phones.ts'
import { BrowserDouble } from './browser-double.ts'
import { RelayDouble } from './relay-double.ts'
import { TestClock, turns, until } from './test-clock.ts'

const ALICE = '15550001111'
const BOB = '15550002222'
const HOST = 'localhost:8081'

interface Here {
  readonly app: FastifyInstance
  readonly clock: TestClock
  readonly phones: Phones
  readonly relay: RelayDouble
  ask(
    method: 'GET' | 'POST' | 'PATCH' | 'DELETE',
    url: string,
    body?: object,
  ): Promise<{ status: number; body: unknown }>
}

/** The app over real phones whose server is the double. */
async function start(t: Test): Promise<Here> {
  const clock = new TestClock()
  const relay = new RelayDouble(clock)
  const phones = new Phones({
    folder: null,
    passphrase: 'test',
    clock,
    entropy: seededEntropy('app test'),
    connect: relay.connect,
    server: relay.http,
  })
  const app = await buildApp({ phones, clock, allowedHosts: ['phones.example'] })
  t.teardown(async () => {
    await app.close()
    await phones.close()
  })
  return {
    app,
    clock,
    phones,
    relay,
    async ask(method, url, body) {
      const response = await app.inject({ method, url, headers: { host: HOST }, ...(body && { body }) })
      return { status: response.statusCode, body: response.json<unknown>() }
    },
  }
}

/** Asks until the answer is as wanted; input flows in between. */
async function eventually<T>(ask: () => Promise<{ body: unknown }>, isSo: (body: T) => boolean): Promise<T> {
  for (let turn = 0; turn < 1_000; turn++) {
    const body = (await ask()).body as T
    if (isSo(body)) return body
    await turns(1)
  }
  throw new Error('did not come about')
}

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

t.test('it registers a phone and shows it', async (t) => {
  const { ask } = await start(t)
  const made = await ask('POST', '/phones', { number: ALICE, name: 'Alice' })
  t.equal(made.status, 200)
  const status = {
    number: ALICE,
    jid: `${ALICE}@s.whatsapp.net`,
    name: 'Alice',
    state: 'online',
    companions: [],
  }
  t.match(made.body, status)
  t.match(await ask('GET', '/phones'), { status: 200, body: [status] })
  t.match((await ask('POST', '/phones', { number: ALICE })).body, status, 'asking again gives the same phone')
  t.strictSame(await ask('GET', '/healthz'), { status: 200, body: { ok: true, phones: 1, refused: {} } })
})

t.test('it makes one phone of two requests at once', async (t) => {
  const { ask, phones } = await start(t)
  const bodies = await Promise.all([1, 2].map(() => ask('POST', '/phones', { number: ALICE, name: 'Alice' })))
  t.strictSame(
    bodies.map(({ status }) => status),
    [200, 200],
  )
  t.equal(phones.list().length, 1)
})

t.test('it sends a text from one phone to another and lists it on both', async (t) => {
  const { ask } = await start(t)
  await ask('POST', '/phones', { number: ALICE, name: 'Alice' })
  await ask('POST', '/phones', { number: BOB, name: 'Bob' })
  const sent = await ask('POST', `/phones/${ALICE}/messages`, { to: BOB, text: 'Good morning' })
  t.equal(sent.status, 200)
  const { id } = sent.body as { id: string }
  const there = await eventually<MessageView[]>(
    () => ask('GET', `/phones/${BOB}/chats/${ALICE}@s.whatsapp.net/messages`),
    (messages) => messages.length > 0,
  )
  t.match(there, [
    { id, fromMe: false, author: `${ALICE}@s.whatsapp.net`, text: 'Good morning', status: 'received' },
  ])
  const [chat] = (await ask('GET', `/phones/${BOB}/chats`)).body as ChatSummary[]
  t.match(chat, {
    jid: `${ALICE}@s.whatsapp.net`,
    unread: 1,
    lastMessage: { text: 'Good morning', fromMe: false },
  })
  await ask('POST', `/phones/${ALICE}/messages`, { to: `${BOB}@c.us`, text: 'Still there?' })
  const newest = await ask('GET', `/phones/${ALICE}/chats/${BOB}@c.us/messages?limit=1`)
  t.match(newest.body, [{ text: 'Still there?', fromMe: true }])
  t.equal((newest.body as MessageView[]).length, 1)
})

t.test('it pairs with a browser, lists it and unpairs it', async (t) => {
  const { ask, relay } = await start(t)
  await ask('POST', '/phones', { number: ALICE, name: 'Alice' })
  const browser = new BrowserDouble(relay, seededEntropy('browser'))
  const scanned = await ask('POST', `/phones/${ALICE}/scan`, { qr: browser.qr, consent: { grant: true } })
  t.equal(scanned.status, 200)
  const companion = scanned.body as Companion
  t.match(companion, { id: browser.login, expiresAt: null })
  await eventually<Companion[]>(
    () => ask('GET', `/phones/${ALICE}/companions`),
    ([one]) => one?.state === 'online',
  )
  t.match((await ask('GET', `/phones/${ALICE}/companions`)).body, [
    { id: companion.id, name: companion.name },
  ])
  t.strictSame(await ask('DELETE', `/phones/${ALICE}/companions/${companion.id}`), { status: 200, body: {} })
  t.strictSame((await ask('GET', `/phones/${ALICE}/companions`)).body, [])
  t.match(await ask('DELETE', `/phones/${ALICE}/companions/${companion.id}`), {
    status: 404,
    body: { code: 'TETHER_ERR_NOT_FOUND' },
  })
})

t.test('it lets a scan without consent wait for a person', async (t) => {
  const { ask, relay } = await start(t)
  await ask('POST', '/phones', { number: ALICE, name: 'Alice' })
  const browser = new BrowserDouble(relay, seededEntropy('browser'))
  const scan = ask('POST', `/phones/${ALICE}/scan`, { qr: browser.qr })
  const waiting = await eventually<{ id: string }[]>(
    () => ask('GET', `/phones/${ALICE}/scans`),
    (scans) => scans.length > 0,
  )
  t.match(waiting, [{ requester: { browser: ['Double', 'Test', '1'], address: '10.0.0.9' } }])
  const decided = await ask('POST', `/phones/${ALICE}/scans/${waiting[0].id}`, {
    grant: true,
    scope: 'read',
  })
  t.match(decided, { status: 200, body: { id: browser.login, scope: 'read' } })
  t.match(await scan, { status: 200, body: { id: browser.login } })
})

t.test('it refuses a scan that the person denies', async (t) => {
  const { ask, relay } = await start(t)
  await ask('POST', '/phones', { number: ALICE, name: 'Alice' })
  const browser = new BrowserDouble(relay, seededEntropy('browser'))
  t.match(await ask('POST', `/phones/${ALICE}/scan`, { qr: browser.qr, consent: { grant: false } }), {
    status: 403,
    body: { code: 'TETHER_ERR_CONSENT_DENIED' },
  })
})

t.test('it changes the device and tells the state', async (t) => {
  const { ask } = await start(t)
  await ask('POST', '/phones', { number: ALICE, name: 'Alice' })
  const away = await ask('PATCH', `/phones/${ALICE}/device`, {
    network: 'none',
    batteryPercent: 5,
    plugged: true,
  })
  t.match(away, {
    status: 200,
    body: { state: 'offline', device: { network: 'none', batteryPercent: 5, plugged: true } },
  })
  await ask('PATCH', `/phones/${ALICE}/device`, { network: 'cell' })
  await eventually<PhoneStatus[]>(
    () => ask('GET', '/phones'),
    ([phone]) => phone?.state === 'online',
  )
  t.match((await ask('PATCH', `/phones/${ALICE}/device`, { app: 'killed' })).body, { state: 'killed' })
})

t.test('it streams events, one JSON object in each data line', async (t) => {
  const { app, ask, clock, phones } = await start(t)
  await ask('POST', '/phones', { number: ALICE, name: 'Alice' })
  const url = await app.listen({ host: '127.0.0.1', port: 0 })
  const ended = new AbortController()
  const response = await fetch(`${url}/phones/${ALICE}/events`, { signal: ended.signal })
  t.equal(response.headers.get('content-type'), 'text/event-stream')
  const reader = response.body!.pipeThrough(new TextDecoderStream()).getReader()
  let text = ''
  const read = async (end: string): Promise<void> => {
    while (!text.includes(end)) text += (await reader.read()).value ?? ''
  }
  await read(': events follow\n\n')
  phones.find(ALICE)!.setDevice({ batteryPercent: 41 })
  await read('"batteryPercent":41')
  const line = text.split('\n').find((one) => one.startsWith('data: '))!
  t.match(JSON.parse(line.slice('data: '.length)), {
    type: 'device',
    at: clock.now(),
    device: { batteryPercent: 41 },
  })
  text = ''
  await clock.advance(25_000)
  await read(':\n\n')
  t.pass('a quiet stream is kept alive')
  ended.abort()
  await reader.closed.catch(() => null)
})

t.test('it ends event streams when it closes', async (t) => {
  const { app, ask } = await start(t)
  await ask('POST', '/phones', { number: ALICE, name: 'Alice' })
  const url = await app.listen({ host: '127.0.0.1', port: 0 })
  const response = await fetch(`${url}/phones/${ALICE}/events`)
  const ended = response.text().then(
    () => 'ended',
    () => 'ended',
  )
  await app.close()
  t.equal(await ended, 'ended')
})

t.test('it refuses a foreign Host and a foreign Origin at every route', async (t) => {
  const { app, ask } = await start(t)
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
  const { app } = await start(t)
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
  const { ask, phones } = await start(t)
  await ask('POST', '/phones', { number: ALICE, name: 'Alice' })
  for (const [what, method, url, body] of badBodies) {
    const { status, body: answer } = await ask(method, url, body as object)
    t.match({ status, answer }, { status: 400, answer: { code: 'TETHER_ERR_BODY', message: String } }, what)
  }
  t.equal(phones.list().length, 1)
})

t.test('it answers every other bad request with a code, counts it and lives on', async (t) => {
  const { app, ask, phones } = await start(t)
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

t.test('it tells when the server cannot be reached, and registers later', async (t) => {
  const { ask, relay, phones } = await start(t)
  relay.reachable = false
  t.match(await ask('POST', '/phones', { number: ALICE }), {
    status: 503,
    body: { code: 'TETHER_ERR_PHONE_AWAY' },
  })
  t.equal(phones.list().length, 0)
  relay.reachable = true
  t.match(await ask('POST', '/phones', { number: ALICE }), { status: 200, body: { number: ALICE } })
  await until(() => phones.find(ALICE)!.status().state === 'online', 'online')
})

t.test('it describes every route at /openapi.json', async (t) => {
  const { ask } = await start(t)
  const document = (await ask('GET', '/openapi.json')).body as {
    paths: Record<string, Record<string, unknown>>
  }
  const described = Object.entries(document.paths).flatMap(([path, methods]) =>
    Object.keys(methods).map((method) => `${method.toUpperCase()} ${path}`),
  )
  t.strictSame(described.sort(), [
    'DELETE /phones/{number}/blocks/{other}',
    'DELETE /phones/{number}/calls/{id}',
    'DELETE /phones/{number}/chats/{jid}',
    'DELETE /phones/{number}/chats/{jid}/messages',
    'DELETE /phones/{number}/chats/{jid}/messages/{id}',
    'DELETE /phones/{number}/companions',
    'DELETE /phones/{number}/companions/{id}',
    'DELETE /phones/{number}/contacts/{other}',
    'DELETE /phones/{number}/groups/{jid}',
    'DELETE /phones/{number}/groups/{jid}/invitation',
    'DELETE /phones/{number}/picture',
    'GET /events',
    'GET /healthz',
    'GET /phones',
    'GET /phones/{number}/blocks',
    'GET /phones/{number}/chats',
    'GET /phones/{number}/chats/{jid}/messages',
    'GET /phones/{number}/chats/{jid}/messages/{id}/media',
    'GET /phones/{number}/companions',
    'GET /phones/{number}/contacts',
    'GET /phones/{number}/events',
    'GET /phones/{number}/groups',
    'GET /phones/{number}/groups/{jid}/invitation',
    'GET /phones/{number}/keys',
    'GET /phones/{number}/lists',
    'GET /phones/{number}/record',
    'GET /phones/{number}/record.csv',
    'GET /phones/{number}/record.json',
    'GET /phones/{number}/scans',
    'GET /phones/{number}/stories',
    'PATCH /phones/{number}/chats/{jid}',
    'PATCH /phones/{number}/chats/{jid}/messages/{id}',
    'PATCH /phones/{number}/companions/{id}',
    'PATCH /phones/{number}/device',
    'PATCH /phones/{number}/groups/{jid}',
    'PATCH /phones/{number}/profile',
    'POST /phones',
    'POST /phones/{number}/blocks',
    'POST /phones/{number}/calls',
    'POST /phones/{number}/calls/{id}/answer',
    'POST /phones/{number}/chats/{jid}/messages/{id}/revoke',
    'POST /phones/{number}/chats/{jid}/read',
    'POST /phones/{number}/contacts',
    'POST /phones/{number}/groups',
    'POST /phones/{number}/groups/join',
    'POST /phones/{number}/lists',
    'POST /phones/{number}/media',
    'POST /phones/{number}/messages',
    'POST /phones/{number}/presence',
    'POST /phones/{number}/scan',
    'POST /phones/{number}/scans/{id}',
    'POST /phones/{number}/stories',
    'PUT /phones/{number}/chats/{jid}/timer',
    'PUT /phones/{number}/picture',
  ])
})
