import t from 'tap'
import { limit } from 'proto/limits'
import { CLIENT_ID, createPair, createWorld, INIT } from './world.ts'

const bytes = (text: string): Uint8Array => new Uint8Array(Buffer.from(text))

t.test('answers keep-alive with its clock in milliseconds, in every state', async (t) => {
  const world = await createWorld()
  const browser = world.browser()
  await browser.say('?,,')
  t.same(browser.take(), [`!${world.clock.now()}`])
  await world.server.close()
})

t.test('answers init at once with ref, ttl, version and time', async (t) => {
  const world = await createWorld()
  const browser = world.browser()
  await browser.say(INIT)
  t.match(JSON.parse(browser.take()[0].slice('1.--0,'.length)), {
    status: 200, ref: /^1@[^,]+$/, ttl: 20_000, update: false, curr: '2.2142.12', time: world.clock.now(),
  }) // prettier-ignore
  await world.server.close()
})

t.test('takes init from every surviving client', async (t) => {
  const world = await createWorld()
  const bodies = [
    ['admin', 'init', [2, 2142, 12], ['Baileys', 'Chrome', '3.0'], CLIENT_ID, true],
    ['admin', 'init', [2, 2142, 12], ['Baileys', 'Chrome'], CLIENT_ID, true],
    ['admin', 'init', [0, 3, 225], ['long', 'short', ''], 'AAAAAAAAAAA=', false],
  ]
  for (const body of bodies) {
    const browser = world.browser()
    await browser.say(`1, ${JSON.stringify(body).replaceAll(',', ', ')}`)
    t.match(browser.take()[0], /^1,\{"status":200/)
  }
  await world.server.close()
})

t.test('answers two requests with the same tag', async (t) => {
  const world = await createWorld()
  const browser = world.browser()
  await browser.say(INIT.replace('1.--0', '1600000000'))
  await browser.say('1600000000,["query","unknown"]')
  t.match(browser.take(), [/^1600000000,\{"status":200/, '1600000000,{"status":404}'])
  await world.server.close()
})

t.test('answers what it does not know: 404 to a query, 400 to the rest', async (t) => {
  const world = await createWorld()
  const { browser } = await createPair(world)
  browser.take()
  await browser.say('1,["query","bizCatalog",{}]')
  await browser.say('2,["action","nonsense",{}]')
  await browser.say('3,{"an":"object"}')
  await browser.say('4,["admin","challenge","never asked","x","y"]')
  t.same(browser.take(), ['1,{"status":404}', '2,{"status":400}', '3,{"status":400}', '4,{"status":400}'])
  await world.server.close()
})

t.test('tells who exists from its accounts', async (t) => {
  const world = await createWorld()
  const { browser } = await createPair(world)
  browser.take()
  for (const who of [
    '15550001111',
    '15550001111@c.us',
    '15550001111@s.whatsapp.net',
    '15550009999',
    'nobody',
    7,
  ]) {
    await browser.say(`q,${JSON.stringify(['query', 'exist', who])}`)
  }
  const known = 'q,{"status":200,"jid":"15550001111@c.us"}'
  const unknown = 'q,{"status":404}'
  t.same(browser.take(), [known, known, known, unknown, unknown, unknown])
  await world.server.close()
})

t.test('refuses requests before init and before Conn with 400', async (t) => {
  const world = await createWorld()
  const browser = world.browser()
  await browser.say('1,["admin","login","a","b","c","takeover"]')
  await browser.say('2,["admin","Conn","reref"]')
  await browser.say(INIT)
  await browser.say('3,["query","exist","15550001111"]')
  const sent = browser.take()
  t.same([sent[0], sent[1], sent[3]], ['1,{"status":400}', '2,{"status":400}', '3,{"status":400}'])
  t.equal(world.server.counters.value('errors', 'TETHER_ERR_STATE'), 3)
  await world.server.close()
})

t.test('survives frames that cannot be parsed, counts them, and goes on', async (t) => {
  const world = await createWorld()
  const { browser, phone } = await createPair(world)
  browser.take()
  phone.link.take()
  const bad = [
    'no comma',
    ',["no tag"]',
    '1,{broken',
    '["1600000000", ["admin","challenge","x","y","z"]]',
    '!12',
    'tag,',
  ]
  for (const text of bad) await browser.say(text)
  for (const frame of ['no comma', ',no tag', `${'x'.repeat(200)},tag too long`])
    await browser.say(bytes(frame))
  t.same(browser.frames, [])
  t.same(phone.link.frames, [])
  t.equal(browser.closed, null)
  t.equal(world.server.counters.value('drops', 'malformed'), 3)
  t.equal(world.server.counters.value('errors', 'TETHER_ERR_FRAME_TAG'), 5)
  t.equal(world.server.counters.value('errors', 'TETHER_ERR_FRAME_JSON'), 2)
  await browser.say('?,,')
  t.match(browser.take(), [/^!/])
  await world.server.close()
})

t.test('drops binary frames before login, and stays', async (t) => {
  const world = await createWorld()
  const browser = world.browser()
  await browser.say(INIT)
  await browser.say(bytes('1.--1,too early'))
  t.equal(world.server.counters.value('drops', 'notLoggedIn'), 1)
  t.equal(browser.closed, null)
  await world.server.close()
})

t.test('closes at each limit, exactly at its boundary', async (t) => {
  const world = await createWorld()
  const silent = world.browser()
  await world.clock.pass(limit('BROWSER_INIT_MS') - 1)
  t.equal(silent.closed, null)
  await world.clock.pass(1)
  t.match(silent.closed, { reason: 'TETHER_ERR_IDLE' })

  const large = world.browser()
  await large.say(`1,"${'x'.repeat(limit('BROWSER_EARLY_BYTES') - 4)}"`)
  t.equal(large.closed, null)
  await large.say(`1,"${'x'.repeat(limit('BROWSER_EARLY_BYTES') - 3)}"`)
  t.match(large.closed, { code: 1009 })

  const many = world.browser()
  for (let i = 0; i < limit('BROWSER_EARLY_FRAMES'); i++) await many.say('1,["query","x"]')
  t.equal(many.closed, null)
  await many.say('1,["query","x"]')
  t.match(many.closed, { reason: 'TETHER_ERR_LIMIT' })

  const { browser } = await createPair(world)
  await browser.say(bytes(`1,${'x'.repeat(limit('BROWSER_FRAME_BYTES') - 2)}`))
  t.equal(browser.closed, null)
  await browser.say(bytes(`1,${'x'.repeat(limit('BROWSER_FRAME_BYTES') - 1)}`))
  t.match(browser.closed, { code: 1009, reason: 'TETHER_ERR_TOO_LARGE' })
  for (const name of [
    'BROWSER_INIT_MS',
    'BROWSER_EARLY_BYTES',
    'BROWSER_EARLY_FRAMES',
    'BROWSER_FRAME_BYTES',
  ] as const) {
    t.equal(world.server.counters.value('limits', name), 1, name)
  }
  await world.server.close()
})

t.test('pauses a browser that asks too fast, and reads on a moment later', async (t) => {
  const world = await createWorld()
  const { browser } = await createPair(world)
  await world.clock.pass(60_000)
  for (let i = 0; i < limit('BROWSER_FRAMES_BURST'); i++) await browser.say('?,,')
  t.equal(browser.paused, false)
  t.equal(world.server.counters.value('limits', 'BROWSER_FRAMES_BURST'), 0)
  await browser.say('?,,')
  t.equal(browser.paused, true)
  t.equal(world.server.counters.value('limits', 'BROWSER_FRAMES_BURST'), 1)
  await world.clock.pass(20)
  t.equal(browser.paused, false)
  await world.server.close()
})

t.test(
  'reads on after so many frames in one piece only when their time is over, pings included',
  async (t) => {
    const world = await createWorld()
    const { browser } = await createPair(world)
    await world.clock.pass(60_000)
    const ahead = 100
    for (let i = 0; i < limit('BROWSER_FRAMES_BURST') + ahead / 2; i++) await browser.say('?,,')
    for (let i = 0; i < ahead / 2; i++) browser.control()
    const waitMs = (ahead * 1_000) / limit('BROWSER_FRAMES_RATE')
    await world.clock.pass(waitMs - 1)
    t.equal(browser.paused, true)
    await world.clock.pass(1)
    t.equal(browser.paused, false)
    t.equal(world.server.counters.value('limits', 'BROWSER_FRAMES_BURST'), ahead)
    await world.server.close()
  },
)

t.test(
  'is not read from while PHONE_QUEUE_BYTES wait for its phone, and is not idle meanwhile',
  async (t) => {
    const world = await createWorld()
    const { browser, phone } = await createPair(world)
    const { counters } = world.server
    phone.link.queuedBytes = limit('PHONE_QUEUE_BYTES')
    await browser.say(bytes('1,x'))
    t.equal(browser.paused, false)
    phone.link.queuedBytes += 1
    await browser.say(bytes('2,x'))
    await browser.say(bytes('3,what was read with it'))
    t.equal(browser.paused, true)
    t.equal(counters.value('limits', 'PHONE_QUEUE_BYTES'), 1)
    for (let ms = 0; ms < 2 * limit('BROWSER_IDLE_MS'); ms += limit('PHONE_HEARTBEAT_MS')) {
      await phone.tell({ type: 'heartbeat' })
      await world.clock.pass(limit('PHONE_HEARTBEAT_MS'))
    }
    t.equal(browser.paused, true)
    phone.link.queuedBytes = limit('PHONE_QUEUE_BYTES')
    await world.clock.pass(50)
    t.equal(browser.paused, false)
    t.equal(browser.closed, null)
    t.equal(counters.value('drops', 'slowReader'), 0)
    await world.server.close()
  },
)

t.test('is read from again when its full phone goes away, but not before its own rate allows', async (t) => {
  const world = await createWorld()
  const { browser, phone } = await createPair(world)
  await world.clock.pass(60_000)
  phone.link.queuedBytes = limit('PHONE_QUEUE_BYTES') + 1
  const ahead = 100
  for (let i = 0; i < limit('BROWSER_FRAMES_BURST') + ahead; i++) await browser.say(bytes(`${i},x`))
  await phone.link.hangUp()
  const waitMs = (ahead * 1_000) / limit('BROWSER_FRAMES_RATE')
  await world.clock.pass(waitMs - 1)
  t.equal(browser.paused, true)
  await world.clock.pass(1)
  t.equal(browser.paused, false)
  await world.server.close()
})

t.test('does not take who reads slowly for one that is silent', async (t) => {
  const world = await createWorld()
  const { browser } = await createPair(world)
  browser.full(true)
  await world.clock.pass(10 * limit('BROWSER_IDLE_MS'))
  t.equal(browser.closed, null)
  browser.full(false)
  t.equal(browser.paused, false)
  await world.clock.pass(limit('BROWSER_IDLE_MS') - 1)
  t.equal(browser.closed, null, 'what it has said meanwhile has time to come')
  await world.clock.pass(limit('BROWSER_IDLE_MS'))
  t.match(browser.closed, { reason: 'TETHER_ERR_IDLE' })
  await world.server.close()
})

t.test('plans nothing for a browser that it has refused, whatever still comes from it', async (t) => {
  const world = await createWorld()
  const browser = world.browser()
  for (let n = 0; n <= limit('BROWSER_EARLY_FRAMES'); n++) await browser.say('1,[]')
  t.match(browser.closed, { code: 1008 })
  const { planned } = world.clock
  const counted = world.server.counters.value('limits', 'BROWSER_FRAMES_RATE')
  browser.paused = false
  for (let n = 0; n < 10_000; n++) browser.control()
  browser.full(true)
  t.equal(browser.paused, false)
  t.equal(world.clock.planned, planned)
  t.equal(world.server.counters.value('limits', 'BROWSER_FRAMES_RATE'), counted)
  await world.server.close()
})

t.test('pauses for as long as what came in one piece takes, and calls nobody idle meanwhile', async (t) => {
  const world = await createWorld()
  const { browser } = await createPair(world)
  await world.clock.pass(limit('BROWSER_IDLE_MS') / 2)
  const inOnePiece = Math.floor(65_536 / 6) // pongs in one read of a socket
  for (let n = 0; n < inOnePiece; n++) browser.control()
  const waitMs = ((inOnePiece - limit('BROWSER_FRAMES_BURST')) * 1_000) / limit('BROWSER_FRAMES_RATE')
  t.ok(waitMs > limit('BROWSER_IDLE_MS'))
  await world.clock.pass(waitMs - 1_000)
  t.equal(browser.paused, true)
  await world.clock.pass(2_000)
  t.equal(browser.paused, false)
  t.equal(browser.closed, null)
  await world.server.close()
})

t.test('closes an idle browser, but not one that still shows a code', async (t) => {
  const world = await createWorld({ TETHER_REF_TTL_MS: '600000' })
  const waiting = world.browser()
  await waiting.say(INIT)
  const { browser } = await createPair(world)
  await world.clock.pass(12_345)
  await browser.say('?,,')
  await world.clock.pass(limit('BROWSER_IDLE_MS') - 1)
  t.equal(browser.closed, null)
  await world.clock.pass(1)
  t.match(browser.closed, { code: 4408 })
  t.equal(world.server.counters.value('limits', 'BROWSER_IDLE_MS'), 1)
  await world.clock.pass(limit('BROWSER_IDLE_MS'))
  t.equal(waiting.closed, null)
  await world.server.close()
})
