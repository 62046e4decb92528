/** What breaks between a browser and the relay, one fault at a time, and what a good client makes of it. */
import t from 'tap'
import { ALICE_JID, BOB_JID } from '../src/backstory.ts'
import { browserPlace } from '../src/browser.ts'
import { clientStory } from '../src/client-story.ts'

const AT = { hop: 'browser-server', at: 'browser:alice' } as const
const virtual = { clock: 'virtual' } as const

t.test('it resumes whichever frame of the login the connection breaks after (C01)', async (t) => {
  for (let step = 1; step <= 8; step++) {
    const { browsers, alice, world } = await clientStory(t, { ...virtual, challenge: step % 2 === 0 })
    const place = browserPlace('alice')
    const first = await browsers.pair(place, alice)
    first.stop()
    await world.pass(1_000)
    const cut = world.faults.add(
      { ...AT, way: step <= 3 ? 'out' : 'in', ordinal: step <= 3 ? step : step - 3 },
      { do: 'hold' },
    )
    const second = browsers.open(place)
    await world.finish(second.start())
    await world.until(() => cut.worked === 1)
    world.sever()
    cut.remove()
    await world.until(() => second.state === 'open')
    await world.pass(5_000)
    t.equal(second.messages(BOB_JID).length, 5, `after frame ${step}`)
    t.equal(alice.companions().length, 1)
  }
})

t.test('it notices a connection that is silent but not closed, and makes a new one (C04)', async (t) => {
  const { browsers, alice, bob, world } = await clientStory(t, virtual)
  const client = await browsers.pair('alice', alice)
  await world.pass(5_000)
  const silence = world.faults.add({ ...AT, way: 'in' }, { do: 'drop' })
  const before = world.clock.now()
  await world.until(() => client.state === 'offline', { withinMs: 60_000 })
  t.ok(world.clock.now() - before <= 50_000, `after ${world.clock.now() - before} ms`)
  silence.remove()
  await world.until(() => client.state === 'open')
  await world.finish(bob.sendText(ALICE_JID, 'there you are'))
  await world.until(() => client.messages(BOB_JID).at(-1)?.text === 'there you are')
})

t.test('it has one login after the answer to it came late (C08)', async (t) => {
  const { browsers, alice, world } = await clientStory(t, virtual)
  const place = browserPlace('alice')
  const first = await browsers.pair(place, alice)
  first.stop()
  await world.pass(1_000)
  const slow = world.faults.add({ ...AT, way: 'in', tag: 's1' }, { do: 'delay', ms: 25_000 })
  const second = browsers.open(place)
  await world.finish(second.start())
  await world.until(() => second.state === 'open', { withinMs: 120_000 })
  slow.remove()
  await world.pass(60_000)
  t.equal(second.state, 'open')
  t.equal(alice.companions().length, 1)
  t.equal(second.messages(BOB_JID).length, 5)
})

t.test('it sends again under the same id when the answer of the server is lost (M01)', async (t) => {
  const { browsers, alice, bob, world } = await clientStory(t, virtual)
  const client = await browsers.pair('alice', alice)
  await world.pass(5_000)
  const sent = client.send(BOB_JID, 'once, please')
  const lost = world.faults.add({ ...AT, way: 'in', tag: sent.id, ordinal: 1 }, { do: 'drop' })
  await world.until(() => lost.worked === 1)
  await world.until(() => client.messages(BOB_JID).find(({ id }) => id === sent.id)?.status === 'delivered')
  browsers.loseSockets()
  await world.until(() => client.state === 'offline')
  await world.until(() => client.state === 'open')
  await world.pass(60_000)
  t.equal(bob.messages(ALICE_JID).filter(({ text }) => text === 'once, please').length, 1)
  t.equal(client.messages(BOB_JID).filter(({ id }) => id === sent.id).length, 1)
})

t.test('it shows a message once that arrives twice (M02)', async (t) => {
  const { browsers, alice, bob, world } = await clientStory(t, virtual)
  const client = await browsers.pair('alice', alice)
  await world.pass(5_000)
  const told: string[] = []
  client.subscribe((event) => event.type === 'message' && told.push(event.message.text))
  const twice = world.faults.add({ ...AT, way: 'in', frame: 'binary' }, { do: 'duplicate', times: 3 })
  for (const text of ['one', 'two', 'three']) await world.finish(bob.sendText(ALICE_JID, text))
  await world.pass(5_000)
  t.ok(twice.worked >= 3)
  t.strictSame(told, ['one', 'two', 'three'])
  t.strictSame(
    client
      .messages(BOB_JID)
      .slice(-3)
      .map(({ text }) => text),
    ['one', 'two', 'three'],
  )
  t.equal(client.chat(BOB_JID)?.unread, 3)
})

t.test('it never lets a tick go back when receipts come out of order (M04)', async (t) => {
  const { browsers, alice, bob, world } = await clientStory(t, virtual)
  const client = await browsers.pair('alice', alice)
  await world.pass(5_000)
  const steps: string[] = []
  client.subscribe(() => {
    const status = client.messages(BOB_JID).at(-1)?.status
    if (status && steps.at(-1) !== status) steps.push(status)
  })
  const delivered = world.faults.add(
    { ...AT, way: 'in', where: (frame) => String(frame).includes('"ack":2') },
    { do: 'reorder' },
  )
  const sent = client.send(BOB_JID, 'read this')
  await world.until(() => bob.messages(ALICE_JID).at(-1)?.id === sent.id)
  await world.finish(bob.markRead(ALICE_JID))
  await world.until(() => client.messages(BOB_JID).at(-1)?.status === 'read')
  await world.pass(10_000)
  t.equal(delivered.worked, 1)
  t.strictSame(steps.slice(-1), ['read'])
  t.notOk(steps.join().includes('read,delivered'), steps.join())
})

t.test(
  'it never shows a frame in which one bit was changed, and misses nothing in the end (X01)',
  async (t) => {
    const { browsers, alice, bob, world } = await clientStory(t, virtual)
    const client = await browsers.pair('alice', alice)
    await world.finish(bob.sendText(ALICE_JID, 'hello')) // his name comes with the first message, in a frame of its own
    await world.pass(5_000)
    for (const at of [0, 20, 40, 60, 80]) {
      const bent = world.faults.add(
        { ...AT, way: 'in', frame: 'binary', ordinal: 1 },
        {
          do: 'alter',
          to: (frame) => {
            const copy = Uint8Array.from(frame as Uint8Array)
            const start = copy.indexOf(0x2c) + 1 + at
            copy[start] = copy[start] ^ 1
            return copy
          },
        },
      )
      await world.finish(bob.sendText(ALICE_JID, `text ${at}`))
      await world.until(() => bent.worked === 1)
      bent.remove()
      await world.pass(40_000)
      t.equal(client.messages(BOB_JID).length, 6, 'nothing of it is shown')
    }
    browsers.loseSockets()
    await world.until(() => client.state === 'offline')
    await world.until(() => client.state === 'open')
    await world.pass(10_000)
    const texts = client
      .messages(BOB_JID)
      .map(({ text }) => text)
      .filter((text) => text.startsWith('text'))
    t.strictSame(
      texts,
      [0, 20, 40, 60, 80].map((at) => `text ${at}`),
    )
  },
)
