import t from 'tap'
import { limit } from 'proto/limits'
import { decodeRelayFrame, encodeRelayFrame, RELAY_BINARY, RELAY_TEXT } from 'proto/phone-link'
import { createPair, createWorld } from './world.ts'

const bytes = (text: string): Uint8Array => new Uint8Array(Buffer.from(text))
const texts = (frames: readonly (string | Uint8Array)[]): string[] =>
  frames.map((frame) => (typeof frame === 'string' ? frame : Buffer.from(frame).toString()))

t.test('forwards a browser frame untouched behind a fixed header', async (t) => {
  const world = await createWorld()
  const { browser, phone, connection, epoch } = await createPair(world)
  const message = bytes('987.--1,\x06\x80 sealed \x00\xff')
  phone.link.take()
  await browser.say(message)
  const [frame] = phone.link.frames as Uint8Array[]
  const { header, message: carried } = decodeRelayFrame(frame)
  t.same(header, { kind: RELAY_BINARY, connection, epoch })
  t.same([...carried], [...message])
  await world.server.close()
})

t.test('holds frames for the client after Conn until its first binary frame', async (t) => {
  const world = await createWorld()
  const { browser, phone, connection, epoch } = await createPair(world)
  browser.take()
  const frame = encodeRelayFrame({ kind: RELAY_BINARY, connection, epoch }, bytes('preempt-1-1,sync'))
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
    await phone.link.say(encodeRelayFrame({ kind: RELAY_BINARY, connection, epoch }, bytes(`${tag},x`)))
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
  await phone.link.say(encodeRelayFrame({ kind: RELAY_TEXT, connection, epoch }, bytes('ID,{"status":200}')))
  t.same(browser.frames, ['ID,{"status":200}'])
  await world.server.close()
})

t.test('drops with a reason, a counter and a word to the phone', async (t) => {
  const world = await createWorld()
  const { browser, phone, connection, epoch } = await createPair(world)
  const other = await (await world.phone('15550002222')).attach()
  const send = (to: number, of: number): Uint8Array =>
    encodeRelayFrame({ kind: RELAY_BINARY, connection: to, epoch: of }, bytes('a,x'))
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
    await phone.link.say(encodeRelayFrame({ kind: RELAY_BINARY, connection, epoch }, bytes(`${i},x`)))
  }
  t.match(phone.heard('dropped'), [{ reason: 'heldFull' }])
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
    const relayed = back.link.frames.filter((frame): frame is Uint8Array => typeof frame !== 'string')
    t.same(
      relayed.map((frame) => Buffer.from(decodeRelayFrame(frame).message).toString()),
      ['9.--3,waits'],
    )
    t.notMatch(browser.texts().join(), /false/)
    await world.server.close()
  },
)

t.test('bounds what waits for a phone, in frames and in open tests', async (t) => {
  const world = await createWorld()
  const { browser, phone } = await createPair(world)
  await phone.link.hangUp()
  for (let i = 0; i < limit('AWAY_QUEUE_FRAMES') + 3; i++) {
    await browser.say(bytes(`${i},x`))
    await world.clock.pass(20)
  }
  t.equal(world.server.counters.value('drops', 'awayQueueFull'), 3)
  for (let i = 0; i < limit('OPEN_TESTS') + 2; i++) await browser.say(`${i}.--t,["admin","test"]`)
  t.equal(world.server.counters.value('drops', 'openTestsFull'), 2)
  const back = await phone.attach()
  t.equal(back.heard('probe').length, limit('OPEN_TESTS'))
  t.equal(back.link.frames.filter((frame) => typeof frame !== 'string').length, limit('AWAY_QUEUE_FRAMES'))
  await browser.hangUp()
  await world.server.close()
})

t.test('cuts off a reader that does not read, on either side', async (t) => {
  const world = await createWorld()
  const { browser, phone, connection, epoch } = await createPair(world)
  await browser.say(bytes('1.--2,x'))
  browser.queuedBytes = limit('SEND_QUEUE_BYTES') + 1
  await phone.link.say(encodeRelayFrame({ kind: RELAY_BINARY, connection, epoch }, bytes('a,x')))
  t.same(browser.closed, { code: 4408, reason: 'TETHER_ERR_SLOW' })
  t.match(phone.heard('dropped'), [{ reason: 'slowReader' }])
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
