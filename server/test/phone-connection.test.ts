import t from 'tap'
import { formatBase64, parseBase64 } from 'proto/base64'
import { TetherError } from 'proto/errors'
import { limit } from 'proto/limits'
import { relayTranscript } from 'proto/phone-link'
import { verifyEd25519 } from 'proto/signature'
import { CLIENT_ID, createPair, createWorld, FACTS, INIT, PEER, refOf, ScriptedLink } from './world.ts'

t.test('attaches a phone that signs with its identity key, and proves its own key', async (t) => {
  const world = await createWorld()
  const registered = await world.phone('15550001111')
  const link = new ScriptedLink(world.clock)
  world.server.acceptPhone(link, PEER)
  const welcome = JSON.parse(link.take()[0]) as { nonce: string; relayKey: string; version: number }
  t.equal(welcome.version, 1)
  const phone = await registered.attach()
  const [attached] = phone.heard('attached')
  t.match(attached, { lastSent: 0, prekeys: 0, signedPrekeyId: 0, logins: [] })
  t.ok(parseBase64(String(attached['proof'])).length === 64)
  await world.server.close()
})

t.test('proves the relay key over both nonces and the number', async (t) => {
  const world = await createWorld()
  const registered = await world.phone('15550001111')
  const nonces: Uint8Array[] = []
  let relayKey = ''
  const accept = world.server.acceptPhone.bind(world.server)
  world.server.acceptPhone = (link, facts) => {
    accept(link, facts)
    const welcome = JSON.parse((link as ScriptedLink).texts()[0]) as { nonce: string; relayKey: string }
    nonces.push(parseBase64(welcome.nonce))
    relayKey = welcome.relayKey
  }
  const phone = await registered.attach()
  const phoneNonce = world.entropy.fork('phone nonce').bytes(32)
  const proof = parseBase64(String(phone.heard('attached')[0]['proof']))
  const said = relayTranscript(nonces[0], phoneNonce, '15550001111')
  t.equal(verifyEd25519(parseBase64(relayKey), said, proof), true)
  t.equal(
    verifyEd25519(parseBase64(relayKey), relayTranscript(phoneNonce, nonces[0], '15550001111'), proof),
    false,
  )
  await world.server.close()
})

t.test('refuses a signature over anything else, for unknown and known numbers alike', async (t) => {
  const world = await createWorld()
  const registered = await world.phone('15550001111')
  const other = await world.phone('15550002222')
  const flipped = await registered.attach((said) => said.with(said.length - 1, said.at(-1)! ^ 1))
  const foreign = await Object.assign(other, { number: '15550001111' }).attach()
  const unknown = await Object.assign(registered, { number: '15550009999' }).attach()
  for (const phone of [flipped, foreign, unknown]) {
    t.match(phone.heard('refused'), [{ code: 'TETHER_ERR_PHONE_AUTH' }])
    t.same(phone.link.closed, { code: 4401, reason: 'TETHER_ERR_PHONE_AUTH' })
    t.same(phone.heard('attached'), [])
  }
  await world.server.close()
})

t.test('refuses a replayed attach: the nonce of a new connection is another one', async (t) => {
  const world = await createWorld()
  const phone = await (await world.phone('15550001111')).attach()
  const again = new ScriptedLink(world.clock)
  world.server.acceptPhone(again, PEER)
  await again.say(phone.attachText)
  t.match(again.closed, { code: 4401 })
  t.equal(phone.link.closed, null, 'the real phone stays')
  await world.server.close()
})

t.test('reads PHONE_PINGS heartbeats or pings in a minute, attached or not, then waits', async (t) => {
  const world = await createWorld()
  const { counters } = world.server
  const stranger = new ScriptedLink(world.clock)
  world.server.acceptPhone(stranger, PEER)
  for (let n = 0; n < limit('PHONE_PINGS'); n++) stranger.control()
  t.equal(stranger.paused, false)
  t.equal(counters.value('limits', 'PHONE_PINGS'), 0)
  stranger.control()
  t.equal(stranger.paused, true)
  t.equal(counters.value('limits', 'PHONE_PINGS'), 1)

  const { link } = await (await world.phone('15550001111')).attach()
  for (let n = 0; n < limit('PHONE_PINGS'); n++) await link.say('{"type":"heartbeat"}')
  t.equal(link.paused, false)
  await link.say('{"type":"heartbeat"}')
  t.equal(link.paused, true)
  await world.clock.pass(60_000 / limit('PHONE_PINGS') - 1)
  t.equal(link.paused, true)
  await world.clock.pass(1)
  t.equal(link.paused, false)
  await world.server.close()
})

t.test('refuses another version, everything before attach, and silence', async (t) => {
  const world = await createWorld()
  const attach = { type: 'attach', version: 2, number: '15550001111', nonce: formatBase64(new Uint8Array(32)), signature: formatBase64(new Uint8Array(64)) } // prettier-ignore
  const cases: [string, string | Uint8Array, number][] = [
    ['another version', JSON.stringify(attach), 4400],
    ['a message before attach', '{"type":"taken","seq":1}', 1008],
    ['a relay frame before attach', new Uint8Array(20), 1008],
    ['no JSON', 'hello', 1008],
    ['an unknown message', '{"type":"nonsense"}', 1008],
    ['a message only servers send', '{"type":"welcome"}', 1008],
    ['a wrong shape', '{"type":"attach"}', 1008],
    ['too much', 'x'.repeat(limit('PHONE_EARLY_BYTES') + 1), 1009],
  ]
  for (const [name, frame, code] of cases) {
    const link = new ScriptedLink(world.clock)
    world.server.acceptPhone(link, PEER)
    await link.say(frame)
    t.equal(link.closed?.code, code, name)
  }
  const silent = new ScriptedLink(world.clock)
  world.server.acceptPhone(silent, PEER)
  await world.clock.pass(limit('PHONE_ATTACH_MS') - 1)
  t.equal(silent.closed, null)
  await world.clock.pass(1)
  t.match(silent.closed, { code: 4401 })
  t.equal(world.server.counters.value('limits', 'PHONE_ATTACH_MS'), 1)
  await world.server.close()
})

t.test('survives bad input of an attached phone, counts it, and keeps the link', async (t) => {
  const world = await createWorld()
  const { phone } = await createPair(world)
  const before = world.server.counters.value('errors', 'TETHER_ERR_BODY')
  for (const frame of ['', 'x', '{}', '{"type":"mail"}', '{"type":"push","connection":-1,"body":[]}']) {
    await phone.link.say(frame)
  }
  await phone.link.say(new Uint8Array(5))
  await phone.link.say(new Uint8Array(20))
  t.equal(world.server.counters.value('errors', 'TETHER_ERR_BODY') - before, 7)
  t.match(await phone.ask({ type: 'claimRef', ref: '1@guess', clientId: 'x', secret: formatBase64(new Uint8Array(144)) }), {
    error: { code: 'TETHER_ERR_REF_UNKNOWN' },
  }) // prettier-ignore
  t.equal(phone.link.closed, null)
  await world.server.close()
})

t.test('gives the place to the newer connection of a number', async (t) => {
  const world = await createWorld()
  const registered = await world.phone('15550001111')
  const first = await registered.attach()
  const second = await registered.attach()
  t.same(first.link.closed, { code: 4409, reason: 'TETHER_ERR_REPLACED' })
  t.equal(second.link.closed, null)
  await world.server.close()
})

t.test('sends heartbeats when it has nothing else to say, and closes after two misses', async (t) => {
  const world = await createWorld()
  const phone = await (await world.phone('15550001111')).attach()
  phone.link.take()
  await world.clock.pass(limit('PHONE_HEARTBEAT_MS') - 1)
  t.same(phone.link.take(), [])
  await world.clock.pass(1)
  t.match(phone.link.take(), ['{"type":"heartbeat"}'])
  await phone.tell({ type: 'heartbeat' })
  await world.clock.pass(2 * limit('PHONE_HEARTBEAT_MS'))
  t.equal(phone.link.closed, null)
  await world.clock.pass(limit('PHONE_HEARTBEAT_MS'))
  t.match(phone.link.closed, { code: 4408, reason: 'TETHER_ERR_IDLE' })
  t.equal(world.server.counters.value('limits', 'PHONE_HEARTBEAT_MS'), 1)
  t.equal(world.server.counters.value('errors', 'TETHER_ERR_IDLE'), 1)
  await world.server.close()
})

t.test('does not take who reads slowly for one that is silent', async (t) => {
  const world = await createWorld()
  const phone = await (await world.phone('15550001111')).attach()
  phone.link.full(true)
  await world.clock.pass(10 * limit('PHONE_HEARTBEAT_MS'))
  t.equal(phone.link.closed, null)
  phone.link.full(false)
  await world.clock.pass(2 * limit('PHONE_HEARTBEAT_MS'))
  t.equal(phone.link.closed, null, 'what it has said meanwhile has time to come')
  await world.clock.pass(2 * limit('PHONE_HEARTBEAT_MS'))
  t.match(phone.link.closed, { reason: 'TETHER_ERR_IDLE' })
  await world.server.close()
})

t.test('hands out each one-time prekey once, then the signed prekey only', async (t) => {
  const world = await createWorld()
  const alice = await (await world.phone('15550001111')).attach()
  const bob = await (await world.phone('15550002222')).attach()
  const key = (fill: number): string => formatBase64(new Uint8Array(33).fill(fill).with(0, 5))
  t.match(await bob.ask({ type: 'bundle', number: '15550001111' }), {
    error: { code: 'TETHER_ERR_ACCOUNT_UNKNOWN' },
  })
  const signedPrekey = { id: 1, key: key(9), signature: formatBase64(new Uint8Array(64)) }
  t.match(
    await alice.ask({ type: 'publish', signedPrekey, prekeys: [1, 2].map((id) => ({ id, key: key(id) })) }),
    {
      ok: { stock: 2 },
    },
  )
  await alice.ask({ type: 'roster', numbers: ['15550002222'], since: 0 })
  const ids: unknown[] = []
  for (let i = 0; i < 3; i++) {
    const { ok } = (await bob.ask({ type: 'bundle', number: '15550001111' })) as {
      ok: { prekey?: { id: number } }
    }
    t.match(ok, { signedPrekey, registrationId: 1 })
    ids.push(ok.prekey?.id)
  }
  t.same(ids.sort(), [1, 2, undefined])
  for (let i = 0; i < 2; i++) await bob.ask({ type: 'bundle', number: '15550001111' })
  t.match(await bob.ask({ type: 'bundle', number: '15550001111' }), { error: { code: 'TETHER_ERR_LIMIT' } })
  t.equal(world.server.counters.value('limits', 'BUNDLES_PER_PAIR'), 1)
  const start = world.clock.now()
  for (const at of [limit('BUNDLE_REFILL_MS') - 1, limit('BUNDLE_REFILL_MS')]) {
    while (world.clock.now() < start + at) {
      await bob.tell({ type: 'heartbeat' })
      await world.clock.pass(Math.min(limit('PHONE_HEARTBEAT_MS'), start + at - world.clock.now()))
    }
    const { error } = await bob.ask({ type: 'bundle', number: '15550001111' })
    t.equal(error?.code, at < limit('BUNDLE_REFILL_MS') ? 'TETHER_ERR_LIMIT' : undefined)
  }
  await world.server.close()
})

t.test('tells a phone who shows a ref, and limits how often it may ask', async (t) => {
  const world = await createWorld()
  const phone = await (await world.phone('15550001111')).attach()
  await phone.tell({ type: 'device', facts: FACTS })
  const browser = world.browser()
  await browser.say(INIT)
  const ref = refOf(browser)
  t.match(await phone.ask({ type: 'lookRef', ref, clientId: CLIENT_ID }), {
    ok: {
      browser: ['Test', 'Chrome', '3.0'],
      version: [2, 2142, 12],
      address: '127.0.0.1',
      userAgent: 'test',
    },
  })
  for (let i = 1; i < limit('REF_LOOKUPS_PER_MINUTE'); i++)
    t.match(await phone.ask({ type: 'lookRef', ref: 'x', clientId: 'y' }), {
      error: { code: 'TETHER_ERR_REF_UNKNOWN' },
    })
  t.match(await phone.ask({ type: 'lookRef', ref, clientId: CLIENT_ID }), {
    error: { code: 'TETHER_ERR_LIMIT' },
  })
  t.equal(world.server.counters.value('limits', 'REF_LOOKUPS_PER_MINUTE'), 1)
  await world.server.close()
})

t.test('limits pairings of one phone, and gives one more each PAIRING_REFILL_MS', async (t) => {
  const world = await createWorld()
  const { phone } = await createPair(world)
  const scan = async (): Promise<string | undefined> => {
    const browser = world.browser()
    await browser.say(INIT)
    const ref = refOf(browser)
    const secret = formatBase64(new Uint8Array(144))
    return (await phone.ask({ type: 'claimRef', ref, clientId: CLIENT_ID, secret })).error?.code
  }
  const start = world.clock.now() - 50 // when the first was taken
  const until = async (at: number): Promise<void> => {
    while (world.clock.now() < at) {
      await phone.tell({ type: 'heartbeat' })
      await world.clock.pass(Math.min(limit('PHONE_HEARTBEAT_MS'), at - world.clock.now()))
    }
  }
  const codes: unknown[] = []
  for (let i = 0; i < limit('PAIRINGS_PER_PHONE'); i++) codes.push(await scan())
  // the first was taken by the pair
  t.same(codes, [...codes.slice(1).map(() => undefined), 'TETHER_ERR_LIMIT'])
  t.equal(world.server.counters.value('limits', 'PAIRINGS_PER_PHONE'), 1)
  await until(start + limit('PAIRING_REFILL_MS') - 1)
  t.equal(await scan(), 'TETHER_ERR_LIMIT')
  await until(start + limit('PAIRING_REFILL_MS'))
  t.equal(await scan(), undefined)
  await world.server.close()
})

t.test('grants nothing while the store of limits cannot be asked, and uses nothing up', async (t) => {
  const world = await createWorld()
  const { phone } = await createPair(world)
  const { limits } = world.stores
  const take = limits.take.bind(limits)
  limits.take = () => Promise.reject(new TetherError('TETHER_ERR_STORE_WRITE'))
  const browser = world.browser()
  await browser.say(INIT)
  const secret = formatBase64(new Uint8Array(144))
  const scan = { type: 'claimRef', ref: refOf(browser), clientId: CLIENT_ID, secret } as const
  t.match(await phone.ask(scan), { error: { code: 'TETHER_ERR_STORE_WRITE' } })
  t.equal((await world.stores.logins.list(phone.number)).length, 1, 'only the first')
  const claim = { type: 'bundle', number: phone.number } as const
  t.match(await phone.ask(claim), { error: { code: 'TETHER_ERR_STORE_WRITE' } })
  limits.take = take
  t.equal((await phone.ask(scan)).error, undefined, 'the ref is still good')
  await world.server.close()
})

t.test('ends a link whose number another link took, whatever it asks for', async (t) => {
  const world = await createWorld()
  const { phone } = await createPair(world)
  const account = (await world.stores.accounts.find('15550001111'))!
  // a newer link proved the number and was gone before it was attached
  await world.stores.accounts.attach({
    number: '15550001111',
    identityKey: account.identityKey,
    at: world.clock.now(),
  })
  t.match(await phone.ask({ type: 'publish', prekeys: [] }), { error: { code: 'TETHER_ERR_REPLACED' } })
  t.same(phone.link.closed, { code: 4409, reason: 'TETHER_ERR_REPLACED' })
  await world.server.close()
})

t.test('takes a frame of PHONE_FRAME_BYTES and PHONE_EARLY_BYTES, and not one byte more', async (t) => {
  const world = await createWorld()
  const registered = await world.phone('15550001111')
  const phone = await registered.attach()
  const beat = (size: number): string => '{"type":"heartbeat"}'.padEnd(size)
  await phone.link.say(beat(limit('PHONE_FRAME_BYTES')))
  t.equal(phone.link.closed, null)
  await phone.link.say(beat(limit('PHONE_FRAME_BYTES') + 1))
  t.same(phone.link.closed, { code: 1009, reason: 'TETHER_ERR_TOO_LARGE' })
  const early = new ScriptedLink(world.clock)
  world.server.acceptPhone(early, PEER)
  await early.say(beat(limit('PHONE_EARLY_BYTES')))
  t.equal(early.closed, null)
  await early.say(beat(limit('PHONE_EARLY_BYTES') + 1))
  t.match(early.closed, { code: 1009 })
  for (const name of ['PHONE_FRAME_BYTES', 'PHONE_EARLY_BYTES'] as const)
    t.equal(world.server.counters.value('limits', name), 1, name)
  await world.server.close()
})

t.test('asks a phone for PHONE_REQUEST_MS, then answers the browser without it', async (t) => {
  const world = await createWorld({ TETHER_CHALLENGE: 'always' })
  const { conn, phone } = await createPair(world)
  const browser = world.browser()
  await browser.say(INIT)
  const tokens = [conn['clientToken'], conn['serverToken'], CLIENT_ID]
  await browser.say(`1.--1,${JSON.stringify(['admin', 'login', ...tokens])}`)
  await world.clock.pass(50)
  browser.take()
  await browser.say(`1.--2,${JSON.stringify(['admin', 'challenge', 'YW5zd2Vy', ...tokens.slice(1)])}`)
  t.equal(phone.heard('judge').length, 1)
  await world.clock.pass(limit('PHONE_REQUEST_MS') - 1)
  t.same(browser.frames, [])
  await world.clock.pass(1)
  t.same(browser.take(), ['1.--2,{"status":500}'])
  t.equal(world.server.counters.value('limits', 'PHONE_REQUEST_MS'), 1)
  await world.server.close()
})

t.test('gives out BUNDLES_PER_TARGET one-time prekeys an hour, then the signed prekey only', async (t) => {
  const world = await createWorld()
  const alice = await (await world.phone('15550001111')).attach()
  const key = (fill: number): string => formatBase64(new Uint8Array(33).fill(fill).with(0, 5))
  const signedPrekey = { id: 1, key: key(9), signature: formatBase64(new Uint8Array(64)) }
  for (const first of [1, 101]) {
    const prekeys = Array.from({ length: 100 }, (_, at) => ({ id: first + at, key: key(first + at) }))
    await alice.ask({ type: 'publish', signedPrekey, prekeys })
  }
  let given = 0
  let asked = 0
  for (let n = 0; asked < limit('BUNDLES_PER_TARGET') + 1; n++) {
    const asker = await (await world.phone(`1555100${1000 + n}`)).attach()
    for (let i = 0; i < limit('BUNDLES_PER_PAIR') && asked < limit('BUNDLES_PER_TARGET') + 1; i++, asked++) {
      const { ok } = (await asker.ask({ type: 'bundle', number: '15550001111' })) as {
        ok: { prekey?: unknown }
      }
      if (ok.prekey !== undefined) given += 1
    }
  }
  t.equal(given, limit('BUNDLES_PER_TARGET'))
  t.equal(world.server.counters.value('limits', 'BUNDLES_PER_TARGET'), 1)
  await world.server.close()
})

t.test('stores at most PREKEY_STOCK one-time prekeys', async (t) => {
  const world = await createWorld()
  const phone = await (await world.phone('15550001111')).attach()
  const key = formatBase64(new Uint8Array(33).fill(5))
  const upload = (first: number, count: number) =>
    phone.ask({
      type: 'publish',
      prekeys: Array.from({ length: count }, (_, at) => ({ id: first + at, key })),
    })
  for (let first = 1; first < limit('PREKEY_STOCK'); first += limit('PREKEYS_PER_UPLOAD'))
    t.ok((await upload(first, limit('PREKEYS_PER_UPLOAD'))).ok)
  t.match(await upload(limit('PREKEY_STOCK') + 1, 1), { error: { code: 'TETHER_ERR_LIMIT' } })
  t.equal(world.server.counters.value('limits', 'PREKEY_STOCK'), 1)
  t.match(await upload(5_000, limit('PREKEYS_PER_UPLOAD') + 1), { error: { code: 'TETHER_ERR_LIMIT' } })
  t.equal(world.server.counters.value('limits', 'PREKEYS_PER_UPLOAD'), 1)
  await world.server.close()
})
