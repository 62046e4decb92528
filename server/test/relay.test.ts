import t from 'tap'
import { concat } from 'proto/bytes'
import { limit } from 'proto/limits'
import {
  decodeRelayFrame,
  encodeRelayFrame,
  RELAY_BINARY,
  RELAY_HEADER_BYTES,
  RELAY_TEXT,
} from 'proto/phone-link'
import { CLIENT_ID, createPair, createWorld, INIT, type TestPhone } from './world.ts'

const bytes = (text: string): Uint8Array => new Uint8Array(Buffer.from(text))
const texts = (frames: readonly (string | Uint8Array)[]): string[] =>
  frames.map((frame) => (typeof frame === 'string' ? frame : Buffer.from(frame).toString()))

/** Says how much of the announced browser the phone has had before. */
async function goOn(phone: TestPhone, received: number | null): Promise<void> {
  const { connection, epoch } = phone.heard('browser')[0] as { connection: number; epoch: number }
  await phone.tell({ type: 'resume', connection, epoch, received })
}

const relayedTo = (phone: TestPhone): string[] =>
  phone.link.frames
    .filter((frame): frame is Uint8Array => typeof frame !== 'string')
    .map((frame) => Buffer.from(decodeRelayFrame(frame).message).toString())

t.test('forwards a browser frame untouched behind a fixed header', async (t) => {
  const world = await createWorld()
  const { browser, phone, connection, epoch } = await createPair(world)
  const message = bytes('987.--1,\x06\x80 sealed \x00\xff')
  phone.link.take()
  await browser.say(message)
  const [frame] = phone.link.frames as Uint8Array[]
  const { header, message: carried } = decodeRelayFrame(frame)
  t.same(header, { kind: RELAY_BINARY, connection, epoch, heard: 0 })
  t.same([...carried], [...message])
  await world.server.close()
})

t.test('holds frames for the client after Conn until its first binary frame', async (t) => {
  const world = await createWorld()
  const { browser, phone, connection, epoch } = await createPair(world)
  browser.take()
  const frame = encodeRelayFrame(
    { kind: RELAY_BINARY, connection, epoch, heard: 0 },
    bytes('preempt-1-1,sync'),
  )
  await phone.link.say(frame)
  t.same(browser.frames, [])
  await browser.say(bytes('1.--2,xx'))
  t.same(texts(browser.frames), ['preempt-1-1,sync'])
  await world.server.close()
})

t.test('releases held frames in order after 500 ms when the client sends nothing', async (t) => {
  const world = await createWorld()
  const { browser, phone, connection, epoch } = await createPair(world)
  browser.take()
  for (const tag of ['a', 'b', 'c']) {
    await phone.link.say(
      encodeRelayFrame({ kind: RELAY_BINARY, connection, epoch, heard: 0 }, bytes(`${tag},x`)),
    )
  }
  await world.clock.pass(limit('HOLD_AFTER_CONN_MS') - 1)
  t.same(browser.frames, [])
  await world.clock.pass(1)
  t.same(texts(browser.frames), ['a,x', 'b,x', 'c,x'])
  await world.server.close()
})

t.test('sends a text answer of the phone as text', async (t) => {
  const world = await createWorld()
  const { browser, phone, connection, epoch } = await createPair(world)
  browser.take()
  await browser.say(bytes('ID,xx'))
  await phone.link.say(
    encodeRelayFrame({ kind: RELAY_TEXT, connection, epoch, heard: 0 }, bytes('ID,{"status":200}')),
  )
  t.same(browser.frames, ['ID,{"status":200}'])
  await world.server.close()
})

t.test('drops with a reason, a counter and a word to the phone', async (t) => {
  const world = await createWorld()
  const { browser, phone, connection, epoch } = await createPair(world)
  const other = await (await world.phone('15550002222')).attach()
  const send = (to: number, of: number): Uint8Array =>
    encodeRelayFrame({ kind: RELAY_BINARY, connection: to, epoch: of, heard: 0 }, bytes('a,x'))
  browser.take()
  await phone.link.say(send(connection + 1000, epoch))
  await phone.link.say(send(connection, epoch + 1))
  await other.link.say(send(connection, epoch))
  await world.clock.pass(500)
  t.same(browser.frames, [])
  t.same(
    phone.heard('dropped').map(({ reason }) => reason),
    ['noSuchConnection', 'staleEpoch'],
  )
  t.same(
    other.heard('dropped').map(({ reason }) => reason),
    ['noSuchConnection'],
    "another phone's browser is as good as none",
  )
  t.equal(world.server.counters.value('drops', 'noSuchConnection'), 2)
  t.equal(world.server.counters.value('drops', 'staleEpoch'), 1)
  await world.server.close()
})

t.test('holds at most HELD_FRAMES', async (t) => {
  const world = await createWorld()
  const { browser, phone, connection, epoch } = await createPair(world)
  browser.take()
  for (let i = 0; i <= limit('HELD_FRAMES'); i++) {
    await phone.link.say(
      encodeRelayFrame({ kind: RELAY_BINARY, connection, epoch, heard: 0 }, bytes(`${i},x`)),
    )
  }
  t.match(phone.heard('dropped'), [{ reason: 'heldFull' }])
  t.equal(world.server.counters.value('limits', 'HELD_FRAMES'), 1)
  await world.clock.pass(500)
  t.equal(browser.frames.length, limit('HELD_FRAMES'))
  await world.server.close()
})

t.test(
  'is silent while the phone is away, keeps requests, and answers in the order of the return',
  async (t) => {
    const world = await createWorld()
    const { browser, phone } = await createPair(world)
    await browser.say(bytes('1.--2,first'))
    browser.take()
    await phone.link.hangUp()
    await browser.say(bytes('9.--3,waits'))
    await browser.say('9.--4,["admin","test"]')
    await browser.say('9.--5,["admin","test"]')
    await world.clock.pass(60_000)
    await browser.say('?,,')
    t.match(browser.take(), [/^!\d{13}$/], 'only the keep-alive is answered')

    const back = await phone.attach()
    t.equal(back.heard('browser').length, 1)
    const probes = back.heard('probe').map(({ probe }) => Number(probe))
    t.equal(probes.length, 2)
    for (const probe of probes) await back.tell({ type: 'pong', probe })
    t.match(browser.take(), ['9.--4,["Pong",true]', '9.--5,["Pong",true]', /^s\d+,\["Conn",\{"protoVersion"/])
    await goOn(back, 1)
    const relayed = back.link.frames.filter((frame): frame is Uint8Array => typeof frame !== 'string')
    t.same(
      relayed.map((frame) => Buffer.from(decodeRelayFrame(frame).message).toString()),
      ['9.--3,waits'],
    )
    t.notMatch(browser.texts().join(), /false/)
    await world.server.close()
  },
)

t.test('sends again what was lost with a link of the phone, once, before what waited', async (t) => {
  const world = await createWorld()
  const { browser, phone, connection, epoch } = await createPair(world)
  for (const tag of ['1', '2', '3']) await browser.say(bytes(`${tag},x`))
  await phone.link.say(
    encodeRelayFrame({ kind: RELAY_BINARY, connection, epoch, heard: 0 }, bytes('1,answer')),
  )
  await phone.tell({ type: 'push', connection, body: ['Msg', {}] })
  await phone.link.hangUp()
  await browser.say(bytes('4,x'))
  const back = await phone.attach()
  t.match(back.heard('browser'), [{ connection, epoch, received: 2 }], 'frame and push were had')
  await browser.say(bytes('5,x'))
  t.same(relayedTo(back), [], 'nothing before the phone has said where to go on')
  await goOn(back, 1)
  t.same(relayedTo(back), ['2,x', '3,x', '4,x', '5,x'])
  await goOn(back, 0)
  t.equal(relayedTo(back).length, 4, 'said twice changes nothing')
  const again = await back.attach()
  await goOn(again, 5)
  await browser.say(bytes('6,x'))
  t.same(relayedTo(again), ['6,x'])
  await world.server.close()
})

t.test('carries a large message as a small one, and sends it again', async (t) => {
  const world = await createWorld()
  const { browser, phone } = await createPair(world)
  const large = concat(bytes('1,'), new Uint8Array(100_000).fill(0x78))
  await browser.say(large)
  const back = await phone.attach()
  await goOn(back, 0)
  for (const { link } of [phone, back]) {
    const frame = link.frames.find((frame): frame is Uint8Array => typeof frame !== 'string')!
    t.equal(Buffer.compare(decodeRelayFrame(frame).message, large), 0)
  }
  await world.server.close()
})

t.test('starts to count anew with a phone that does not know the browser any more', async (t) => {
  const world = await createWorld()
  const { browser, phone, connection, epoch } = await createPair(world)
  for (const tag of ['1', '2']) await browser.say(bytes(`${tag},x`))
  await phone.link.say(
    encodeRelayFrame({ kind: RELAY_BINARY, connection, epoch, heard: 0 }, bytes('1,answer')),
  )
  const back = await phone.attach()
  await goOn(back, null)
  await browser.say(bytes('3,x'))
  t.same(relayedTo(back), ['3,x'], 'a restarted phone is not asked again what it may have done')
  const again = await back.attach()
  t.match(again.heard('browser'), [{ received: 0 }])
  await goOn(again, 0)
  t.same(relayedTo(again), ['3,x'])
  await world.server.close()
})

t.test(
  'tells with each frame what it has had, and keeps nothing that the phone says it has had',
  async (t) => {
    const world = await createWorld()
    const { browser, phone, connection, epoch } = await createPair(world)
    for (const tag of ['1', '2', '3']) await browser.say(bytes(`${tag},x`))
    await phone.tell({ type: 'push', connection, body: ['Msg', {}] })
    await phone.link.say(
      encodeRelayFrame({ kind: RELAY_BINARY, connection, epoch, heard: 2 }, bytes('2,answer')),
    )
    await browser.say(bytes('4,x'))
    const relayed = phone.link.frames.filter((frame): frame is Uint8Array => typeof frame !== 'string')
    t.same(
      relayed.map((frame) => decodeRelayFrame(frame).header.heard),
      [0, 0, 0, 2],
    )
    const back = await phone.attach()
    await goOn(back, 2)
    t.same(relayedTo(back), ['3,x', '4,x'])
    const forgetful = await back.attach()
    await goOn(forgetful, 1)
    t.match(forgetful.heard('dropped'), [{ reason: 'linkGap' }])
    await world.server.close()
  },
)

t.test('counts a gap when more was lost than RESEND_FRAMES', async (t) => {
  const world = await createWorld()
  const { browser, phone } = await createPair(world)
  for (let n = 0; n <= limit('RESEND_FRAMES'); n++) await browser.say(bytes(`${n},x`))
  const back = await phone.attach()
  await goOn(back, 0)
  t.same(relayedTo(back), [])
  t.match(back.heard('dropped'), [{ reason: 'linkGap' }])
  t.equal(world.server.counters.value('drops', 'linkGap'), 1)
  const again = await back.attach()
  await goOn(again, 1)
  t.equal(relayedTo(again).length, limit('RESEND_FRAMES'))
  await world.server.close()
})

t.test('counts a gap when more was lost than RESEND_BYTES', async (t) => {
  const world = await createWorld()
  const { browser, phone } = await createPair(world)
  const half = limit('RESEND_BYTES') / 2
  const say = (size: number) => browser.say(bytes('a,'.padEnd(size - RELAY_HEADER_BYTES, 'x')))
  await say(half)
  await say(half)
  const back = await phone.attach()
  await goOn(back, 0)
  t.equal(relayedTo(back).length, 2, 'header and all, it is no more than that')
  await say(half + 1)
  const again = await back.attach()
  await goOn(again, 1)
  t.match(again.heard('dropped'), [{ reason: 'linkGap' }])
  const third = await again.attach()
  await goOn(third, 2)
  t.equal(relayedTo(third).length, 1, 'the newest is there')
  await world.server.close()
})

t.test('bounds what waits for a phone, in frames and in open tests', async (t) => {
  const world = await createWorld()
  const { browser, phone } = await createPair(world)
  await phone.link.hangUp()
  for (let i = 0; i < limit('AWAY_QUEUE_FRAMES') + 3; i++) {
    await browser.say(bytes(`${i},x`))
    await world.clock.pass(20)
  }
  t.equal(world.server.counters.value('drops', 'awayQueueFull'), 3)
  t.equal(world.server.counters.value('limits', 'AWAY_QUEUE_FRAMES'), 3)
  for (let i = 0; i < limit('OPEN_TESTS') + 2; i++) await browser.say(`${i}.--t,["admin","test"]`)
  t.equal(world.server.counters.value('drops', 'openTestsFull'), 2)
  const back = await phone.attach()
  await goOn(back, null)
  t.equal(back.heard('probe').length, limit('OPEN_TESTS'))
  t.equal(back.link.frames.filter((frame) => typeof frame !== 'string').length, limit('AWAY_QUEUE_FRAMES'))
  await browser.hangUp()
  await world.server.close()
})

t.test('cuts off a reader that does not read, on either side', async (t) => {
  const world = await createWorld()
  const { browser, phone, connection, epoch } = await createPair(world)
  await browser.say(bytes('1.--2,x'))
  browser.queuedBytes = limit('SEND_QUEUE_BYTES')
  await phone.link.say(encodeRelayFrame({ kind: RELAY_BINARY, connection, epoch, heard: 0 }, bytes('a,x')))
  t.equal(browser.closed, null)
  browser.queuedBytes = limit('SEND_QUEUE_BYTES') + 1
  await phone.link.say(encodeRelayFrame({ kind: RELAY_BINARY, connection, epoch, heard: 0 }, bytes('a,x')))
  t.same(browser.closed, { code: 4408, reason: 'TETHER_ERR_SLOW' })
  t.match(phone.heard('dropped'), [{ reason: 'slowReader' }])
  t.equal(world.server.counters.value('limits', 'SEND_QUEUE_BYTES'), 1)
  phone.link.queuedBytes = limit('SEND_QUEUE_BYTES') + 1
  await phone.tell({ type: 'presence', state: 'available' })
  await phone.ask({ type: 'bundle', number: '15550009999' }).catch(() => null)
  t.same(phone.link.closed, { code: 4408, reason: 'TETHER_ERR_SLOW' })
  await world.server.close()
})

t.test('gives a pushed Msg the next number of the connection, and only to the own browser', async (t) => {
  const world = await createWorld()
  const { browser, phone, connection } = await createPair(world)
  const other = await (await world.phone('15550002222')).attach()
  browser.take()
  await phone.tell({ type: 'push', connection, body: ['Msg', { cmd: 'ack', id: 'A', ack: 2 }] })
  await other.tell({ type: 'push', connection, body: ['Msg', { forged: true }] })
  t.same(browser.take(), ['s5,["Msg",{"cmd":"ack","id":"A","ack":2}]'])
  await world.server.close()
})

t.test('never passes on to a client what ends it: empty, without tag, two commas, broken JSON', async (t) => {
  const world = await createWorld()
  const { browser, phone, connection, epoch } = await createPair(world)
  await world.clock.pass(limit('HOLD_AFTER_CONN_MS'))
  browser.take()
  const bad: [1 | 2, string][] = [
    [RELAY_BINARY, ',x'], [RELAY_BINARY, 'no comma'], [RELAY_BINARY, `${'t'.repeat(129)},x`],
    [RELAY_TEXT, 'no comma'], [RELAY_TEXT, 'a,,{"status":200}'], [RELAY_TEXT, 'a,,'], [RELAY_TEXT, 'a,{broken'], [RELAY_TEXT, '?,,'],
  ] // prettier-ignore
  for (const [kind, text] of bad)
    await phone.link.say(encodeRelayFrame({ kind, connection, epoch, heard: 0 }, bytes(text)))
  await phone.link.say(
    encodeRelayFrame({ kind: RELAY_BINARY, connection, epoch, heard: 0 }, new Uint8Array(0)),
  )
  t.same(browser.frames, [])
  t.equal(world.server.counters.value('drops', 'malformed'), bad.length + 1)
  t.equal(phone.heard('dropped').length, bad.length)
  const good = ['a,{"status":200}', 'a,', 'a,[1]']
  for (const text of good)
    await phone.link.say(encodeRelayFrame({ kind: RELAY_TEXT, connection, epoch, heard: 0 }, bytes(text)))
  t.same(browser.frames, good)
  await world.server.close()
})

t.test('holds at most HELD_BYTES, and counts what a leaving browser never got', async (t) => {
  const world = await createWorld()
  const { browser, phone, connection, epoch } = await createPair(world)
  browser.take()
  const eighth = limit('HELD_BYTES') / 8
  const send = (size: number) =>
    phone.link.say(
      encodeRelayFrame({ kind: RELAY_BINARY, connection, epoch, heard: 0 }, bytes('a,'.padEnd(size, 'x'))),
    )
  for (let i = 0; i < 7; i++) await send(eighth)
  await send(eighth - 2)
  t.same(phone.heard('dropped'), [])
  await send(3)
  t.match(phone.heard('dropped'), [{ reason: 'heldFull' }])
  await send(2)
  t.equal(phone.heard('dropped').length, 1, 'what fits is taken')
  t.equal(world.server.counters.value('limits', 'HELD_BYTES'), 1)
  await browser.hangUp()
  t.equal(world.server.counters.value('drops', 'noSuchConnection'), 9)
  await world.server.close()
})

t.test('bounds what waits for a phone in bytes', async (t) => {
  const world = await createWorld()
  const { browser, phone } = await createPair(world)
  await phone.link.hangUp()
  const say = (size: number) => browser.say(bytes('a,'.padEnd(size, 'x')))
  const quarter = limit('AWAY_QUEUE_BYTES') / 4
  for (const size of [quarter, quarter, quarter, quarter - 2]) await say(size)
  t.equal(world.server.counters.value('drops', 'awayQueueFull'), 0)
  await say(3)
  t.equal(world.server.counters.value('drops', 'awayQueueFull'), 1)
  await say(2)
  t.equal(world.server.counters.value('limits', 'AWAY_QUEUE_BYTES'), 1)
  await browser.hangUp()
  t.equal(world.server.counters.value('drops', 'phoneGone'), 5)
  await world.server.close()
})

t.test('tells the phone of the end of a browser in its own words', async (t) => {
  const world = await createWorld()
  const { browser, phone, connection } = await createPair(world)
  await browser.hangUp('x'.repeat(120))
  t.same(phone.heard('browserGone'), [{ type: 'browserGone', connection, reason: 'closed' }])
  await world.server.close()
})

t.test('passes no frame to the phone before Conn is out', async (t) => {
  const world = await createWorld()
  const { browser: first, conn, phone } = await createPair(world)
  await first.hangUp()
  const browser = world.browser()
  await browser.say(INIT)
  await browser.say(
    `1.--1,${JSON.stringify(['admin', 'login', conn['clientToken'], conn['serverToken'], CLIENT_ID])}`,
  )
  phone.link.take()
  await browser.say(bytes('1.--2,too early'))
  t.same(phone.link.frames, [])
  t.equal(world.server.counters.value('drops', 'notLoggedIn'), 1)
  await world.server.close()
})
