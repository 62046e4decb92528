import t, { type Test } from 'tap'
import { ALICE, BOB, jid, PhoneWorld } from './phone-world.ts'
import { until } from './test-clock.ts'

async function alone(t: Test) {
  const world = new PhoneWorld()
  t.teardown(() => world.stop())
  return { world, alice: await world.phone(ALICE, 'Alice') }
}

t.test('it drains and charges with time', async (t) => {
  const { world, alice } = await alone(t)
  await world.clock.advance(3_600_000)
  t.equal(alice.status().device.batteryPercent, 73)
  alice.setDevice({ plugged: true })
  await world.clock.advance(3_600_000)
  t.equal(alice.status().device.batteryPercent, 100)
  alice.setDevice({ plugged: false, batteryPercent: 1 })
  await world.clock.advance(3_600_000)
  t.equal(alice.status().device.batteryPercent, 1, 'it never goes out by itself')
})

t.test('it refuses values that no device has, changing nothing', async (t) => {
  const { alice } = await alone(t)
  const before = alice.status().device
  const bad: unknown[] = [
    { batteryPercent: 101 },
    { batteryPercent: 1.5 },
    { network: '5g' },
    { plugged: 1 },
    { app: 'x' },
    { colour: 'red' },
  ]
  for (const patch of bad) t.throws(() => alice.setDevice(patch as object), { code: 'TETHER_ERR_BODY' })
  t.strictSame(alice.status().device, before)
})

t.test('it tells server, browsers and screens about the battery', async (t) => {
  const { world, alice } = await alone(t)
  const browser = await world.linked(alice)
  const seen: string[] = []
  alice.subscribe(({ type }) => type !== 'batteryUse' && seen.push(type))
  alice.setDevice({ batteryPercent: 9, plugged: true })
  await until(() => (world.relay.account(ALICE).facts as { battery: number }).battery === 9, 'Conn data')
  await until(() => browser.arrived.length === 6, 'the push')
  t.match(browser.arrived.at(-1)!.node, {
    tag: 'action',
    content: [{ tag: 'battery', attrs: { value: '9', live: 'true' } }],
  })
  alice.setDevice({ batteryPercent: 9 })
  t.strictSame(seen, ['device'], 'no event without a change')
})

t.test('it tells browsers what the person does on the phone', async (t) => {
  const { world, alice } = await alone(t)
  const bob = await world.phone(BOB, 'Bob')
  const browser = await world.linked(alice)
  await bob.sendText(ALICE, 'hi')
  await until(() => browser.relayed().length === 1, 'the text')
  await alice.markRead(jid(BOB))
  await alice.addContact({ number: BOB, name: 'Bobby' })
  await until(() => browser.arrived.length === 9, 'read and contact')
  t.match(
    browser.arrived.slice(-2).map(({ node }) => node?.content),
    [
      [{ tag: 'read', attrs: { jid: jid(BOB) } }],
      [{ tag: 'user', attrs: { jid: jid(BOB), name: 'Bobby', notify: 'Bob' } }],
    ],
  )
})
