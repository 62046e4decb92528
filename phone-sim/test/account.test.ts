import t from 'tap'
import { limit } from 'proto/limits'
import { openPhoneStore } from '../src/store-sqlite.ts'
import { pausing } from './pauses.ts'
import { ALICE, BOB, PhoneWorld, textsOf } from './phone-world.ts'
import { turns, until } from './test-clock.ts'

t.test(
  'it passes on why registration failed, and registers at the next start with the same key',
  async (t) => {
    const world = new PhoneWorld()
    t.teardown(() => world.stop())
    const path = `${t.testdir()}/alice.db`
    const store = openPhoneStore(path, { clock: world.clock })
    let key = ''
    const refuses = world.phone(ALICE, 'Alice', {
      store,
      server: async (method, path, body) => {
        if (!path.endsWith('confirm')) return world.relay.http(method, path, body)
        key = (body as { identityKey: string }).identityKey
        return { status: 429, body: { code: 'TETHER_ERR_LIMIT', message: '' } }
      },
    })
    await t.rejects(refuses, { code: 'TETHER_ERR_LIMIT' })
    await world.phones[0].stop()
    const again = await world.phone(ALICE, 'Alice', { store: openPhoneStore(path, { clock: world.clock }) })
    t.equal(again.status().state, 'online')
    t.equal(world.relay.account(ALICE).identityKey, key)
  },
)

t.test('it fails to register when the server cannot be reached', async (t) => {
  const world = new PhoneWorld()
  t.teardown(() => world.stop())
  world.relay.reachable = false
  await t.rejects(world.phone(ALICE, 'Alice'), { code: 'TETHER_ERR_PHONE_AWAY' })
})

t.test('it starts without the server once it is registered', async (t) => {
  const world = new PhoneWorld()
  const path = `${t.testdir()}/alice.db`
  const first = await world.phone(ALICE, 'Alice', { store: openPhoneStore(path, { clock: world.clock }) })
  await first.stop()
  t.teardown(() => world.stop())
  world.relay.reachable = false
  const second = await world.phone(ALICE, 'Alice', { store: openPhoneStore(path, { clock: world.clock }) })
  t.equal(second.status().state, 'offline')
  world.relay.reachable = true
  await world.clock.advance(1_000)
  t.equal(second.status().state, 'online')
})

t.test('it refuses the store of another number and a vault key that does not open it', async (t) => {
  const world = new PhoneWorld()
  const path = `${t.testdir()}/alice.db`
  const open = () => openPhoneStore(path, { clock: world.clock })
  await (await world.phone(ALICE, 'Alice', { store: open() })).stop()
  await t.rejects(world.phone(BOB, 'Bob', { store: open() }), { code: 'TETHER_ERR_CONFIG' })
  await world.stop()
  await t.rejects(world.phone(ALICE, 'Alice', { store: open(), vaultKey: new Uint8Array(32) }), {
    code: 'TETHER_ERR_VAULT',
  })
  await world.stop()
})

t.test('it refills its prekeys below PREKEY_REFILL_BELOW, within PREKEY_REFILL_DELAY_MS', async (t) => {
  const world = new PhoneWorld()
  t.teardown(() => world.stop())
  const entropy = pausing(world.entropy.fork('slow'), 'longest')
  const least = limit('PREKEY_REFILL_BELOW')
  const bob = await world.phone(BOB, 'Bob', { prekeys: least + 2, entropy })
  const stock = () => world.relay.account(BOB).prekeys.length
  t.equal(stock(), least + 2)
  const hear = async (number: string) => {
    const friend = await world.phone(number, 'Friend', { prekeys: 1 })
    await friend.sendText(BOB, 'hi')
    await until(() => textsOf(bob, number).length === 1, 'arrival')
  }
  for (const number of ['15551110000', '15551110001']) await hear(number)
  await world.clock.advance(2 * limit('PREKEY_REFILL_DELAY_MS'))
  t.equal(stock(), least, 'enough')
  await hear('15551110002')
  await world.clock.advance(limit('PREKEY_REFILL_DELAY_MS') - 1)
  t.equal(stock(), least - 1, 'not at once')
  await world.clock.advance(1)
  await turns(20)
  t.equal(stock(), least + 2, 'refilled')
  const ids = world.relay.heard.flatMap((m) =>
    m.type === 'publish' && m.prekeys.length === 3 ? m.prekeys.map(({ id }) => id) : [],
  )
  t.equal(ids.length, 3)
  const given = world.relay.heard.flatMap((m) => (m.type === 'publish' ? m.prekeys.map(({ id }) => id) : []))
  t.equal(new Set(given).size, given.length, 'new ids, none twice')
  t.ok(
    ids.some((id) => id > 1_000),
    'that count nothing',
  )
})

t.test('it replaces the signed prekey in time and keeps the old one for late mail', async (t) => {
  const world = new PhoneWorld()
  t.teardown(() => world.stop())
  const alice = await world.phone(ALICE, 'Alice')
  const names = () => alice.vaultNames().flatMap(({ name }) => (name.startsWith('signed') ? name : []))
  alice.setDevice({ network: 'none' })
  await world.clock.advance(limit('SIGNED_PREKEY_MS') - 1)
  t.strictSame(names(), ['signed-prekey/1'])
  await world.clock.advance(1)
  t.strictSame(names(), ['signed-prekey/1', 'signed-prekey/2'])
  alice.setDevice({ network: 'wifi' })
  await until(() => world.relay.account(ALICE).signedPrekey?.id === 2, 'published when it is back')
})
