import t from 'tap'
import { parseQr } from 'proto/qr'
import { connBody } from './scripted-relay.ts'
import { newWorld, type World } from './world.ts'

async function shown(): Promise<World> {
  const world = newWorld()
  await world.client.start()
  await world.clock.run()
  return world
}

t.test('asks for a ref with its version, name and client id, and shows it with its end', async (t) => {
  const world = await shown()
  const { client, clock, relay } = world
  const [init] = relay.end.requests
  t.match(init, [
    'admin',
    'init',
    [2, 2142, 12],
    ['Tether', 'Browser', '0.1.0'],
    /^[A-Za-z0-9+/]{22}==$/,
    true,
  ])
  t.match(relay.end.tags[0], /^\d+\.--0$/)
  const { ref, clientId } = parseQr(client.qr?.text ?? '')
  t.equal(ref, '1@ref1')
  t.equal(clientId, init[4])
  t.match(client.qr, { expiresAt: clock.now() + 20_000, lifeMs: 20_000, round: 1 })
})

t.test('renews the code five times with the same key, then says so and offers another round', async (t) => {
  const { client, clock, relay } = await shown()
  const keys = new Set<string>()
  for (let round = 1; round <= 6; round++) {
    t.equal(client.qr?.round, round)
    const { ref, publicKey } = parseQr(client.qr?.text ?? '')
    t.equal(ref, `1@ref${round}`)
    keys.add(publicKey.join())
    await clock.run(20_000)
  }
  t.equal(keys.size, 1)
  t.equal(client.state, 'expired')
  t.equal(client.qr, null)
  t.equal(relay.end.requests.filter((request) => request[2] === 'reref').length, 5)
  await clock.run(20_000)
  t.ok(relay.end.closed, 'the connection is given up after the grace of the last code')
  t.equal(client.state, 'expired')
  client.renew()
  await clock.run()
  t.equal(relay.connections.length, 2)
  t.match(client.qr, { round: 1 })
  const fresh = parseQr(client.qr?.text ?? '').publicKey.join()
  t.notOk(keys.has(fresh), 'another round has another key pair')
})

t.test('accepts a scan of the last code while it runs out', async (t) => {
  const { client, clock, relay } = await shown()
  let last = ''
  for (let round = 1; round <= 6; round++) {
    last = client.qr?.text ?? ''
    await clock.run(20_000)
  }
  t.equal(client.state, 'expired')
  relay.scan(last)
  await clock.run(100)
  t.equal(client.state, 'open')
})

for (const { status, body, want } of [
  { status: 304, body: {}, want: { state: 'waitingForScan', ref: '1@ref1' } },
  { status: 500, body: {}, want: { state: 'waitingForScan', ref: '1@ref1' } },
  { status: 200, body: { ref: '1@other', ttl: 5000 }, want: { state: 'waitingForScan', ref: '1@other' } },
]) {
  t.test(`shows ${want.ref} after reref is answered with ${status}`, async (t) => {
    const { client, clock, relay } = await shown()
    relay.meddle = (request, tag, end) => {
      if (request[2] !== 'reref') return false
      end.json(tag, { status, ...body })
      return true
    }
    await clock.run(20_000)
    t.equal(client.state, want.state)
    t.equal(parseQr(client.qr?.text ?? '').ref, want.ref)
    t.equal(client.qr?.round, 2)
  })
}

t.test('stops showing codes when reref is answered with 429', async (t) => {
  const { client, clock, relay } = await shown()
  relay.meddle = (request, tag, end) => {
    if (request[2] !== 'reref') return false
    end.json(tag, { status: 429 })
    return true
  }
  await clock.run(20_000)
  t.equal(client.state, 'expired')
  t.equal(client.qr, null)
})

t.test('dials again when reref is never answered', async (t) => {
  const { client, clock, relay } = await shown()
  relay.meddle = (request) => request[2] === 'reref'
  await clock.run(20_000 + 15_000)
  t.equal(client.state, 'offline')
  await clock.run(2_000)
  t.equal(relay.connections.length, 2)
  t.equal(client.state, 'waitingForScan')
})

t.test('keeps its key pair and client id when the server goes away while a code is on show', async (t) => {
  const { client, clock, relay } = await shown()
  const before = parseQr(client.qr?.text ?? '')
  relay.end.close()
  await clock.run(0)
  t.equal(client.state, 'offline')
  t.equal(client.qr, null)
  await clock.run(2_000)
  const after = parseQr(client.qr?.text ?? '')
  t.same([after.publicKey, after.clientId], [before.publicKey, before.clientId])
})

t.test('refuses a secret that was altered, and keeps nothing', async (t) => {
  const world = await shown()
  const { client, clock, relay } = world
  relay.scan(client.qr?.text ?? '', (conn) => {
    const secret = Buffer.from(String(conn.secret), 'base64')
    secret[40] ^= 1
    conn.secret = secret.toString('base64')
  })
  await clock.run(1000)
  t.equal(client.state, 'refused')
  t.equal(client.why?.code, 'TETHER_ERR_SECRET_MAC')
  t.equal(await world.keys.load(), null)
  t.ok(relay.end.closed)
})

for (const { name, alter, code } of [
  { name: 'of the wrong length', alter: { secret: 'AAAA' }, code: 'TETHER_ERR_SECRET_LENGTH' },
  { name: 'that is not base64', alter: { secret: '!' }, code: 'TETHER_ERR_BASE64' },
]) {
  t.test(`refuses a secret ${name}`, async (t) => {
    const { client, clock, relay } = await shown()
    relay.scan(client.qr?.text ?? '', (conn) => Object.assign(conn, alter))
    await clock.run(1000)
    t.match(client, { state: 'refused', why: { code } })
  })
}

t.test('refuses Conn without a secret, which is not a pairing', async (t) => {
  const { client, clock, relay } = await shown()
  relay.end.push(['Conn', connBody()])
  await clock.run(1000)
  t.match(client, { state: 'refused', why: { code: 'TETHER_ERR_SECRET_LENGTH' } })
})

t.test('goes on showing the code when a Conn without tokens comes', async (t) => {
  const { client, clock, relay } = await shown()
  relay.end.push(['Conn', { pushname: 'Eve', wid: 5 }])
  await clock.run(1000)
  t.equal(client.state, 'waitingForScan')
})

t.test('takes Conn whatever the number of its push, and keeps what it needs to come back', async (t) => {
  const world = await shown()
  const { client, clock, relay, keys } = world
  relay.end.push(['Stream', 'update', false, '2.2142.12'])
  relay.scan(client.qr?.text ?? '')
  await clock.run(100)
  t.equal(client.state, 'open')
  t.match(await keys.load(), {
    wid: '15550001111@c.us',
    pushname: 'Alice',
    clientToken: 'client token',
    serverToken: 'server token',
    browserToken: 'browser token',
    ...relay.keys,
  })
})
