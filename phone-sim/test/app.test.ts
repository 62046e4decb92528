import { seededEntropy } from 'proto/entropy'
import t from 'tap'
import type { ChatSummary, Companion, MessageView, PhoneStatus } from '../src/phone-views.ts'
import { eventually, startApp } from './app-world.ts'
import { BrowserDouble } from './browser-double.ts'
import { ALICE, BOB } from './phone-world.ts'
import { until } from './test-clock.ts'

t.test('it registers a phone and shows it', async (t) => {
  const { ask } = await startApp(t)
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
  const { ask, phones } = await startApp(t)
  const bodies = await Promise.all([1, 2].map(() => ask('POST', '/phones', { number: ALICE, name: 'Alice' })))
  t.strictSame(
    bodies.map(({ status }) => status),
    [200, 200],
  )
  t.equal(phones.list().length, 1)
})

t.test('it sends a text from one phone to another and lists it on both', async (t) => {
  const { ask } = await startApp(t)
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
  const { ask, relay } = await startApp(t)
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
  const { ask, relay } = await startApp(t)
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
  const { ask, relay } = await startApp(t)
  await ask('POST', '/phones', { number: ALICE, name: 'Alice' })
  const browser = new BrowserDouble(relay, seededEntropy('browser'))
  t.match(await ask('POST', `/phones/${ALICE}/scan`, { qr: browser.qr, consent: { grant: false } }), {
    status: 403,
    body: { code: 'TETHER_ERR_CONSENT_DENIED' },
  })
})

t.test('it changes the device and tells the state', async (t) => {
  const { ask } = await startApp(t)
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

t.test('it tells when the server cannot be reached, and registers later', async (t) => {
  const { ask, relay, phones } = await startApp(t)
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
  const { ask } = await startApp(t)
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
    'GET /metrics',
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
