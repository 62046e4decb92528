import t from 'tap'
import { openPhoneStore } from '../src/store-sqlite.ts'
import { ALICE, PhoneWorld } from './phone-world.ts'
import { until } from './test-clock.ts'

t.test('it keeps keys and consent in the vault only, and has them again after a restart', async (t) => {
  const world = new PhoneWorld()
  t.teardown(() => world.stop())
  const path = `${t.testdir()}/alice.db`
  const open = () => openPhoneStore(path, { clock: world.clock })
  const alice = await world.phone(ALICE, 'Alice', { store: open() })
  const browser = await world.linked(alice, { grant: true, scope: 'read', expiresInMs: 3_600_000 })
  const before = alice.companions()
  await alice.stop()
  const again = await world.phone(ALICE, 'Alice', { store: open() })
  await until(() => again.companions()[0]?.state === 'online', 'the browser is served again')
  t.match(again.companions(), [{ ...before[0], lastSeen: Number }])
  t.match((await browser.query('emoji')).node, { tag: 'response' })
  await again.stop()

  const store = open()
  t.teardown(() => store.close())
  const stored = JSON.stringify(
    store.vault.names('').map(({ name }) => Buffer.from(store.vault.find(name)!).toString('latin1')),
  )
  for (const key of [browser.keys!.encKey, browser.keys!.macKey]) {
    t.notOk(stored.includes(Buffer.from(key).toString('latin1')))
    t.notOk(stored.includes(Buffer.from(key).toString('base64')))
  }
  t.notOk(stored.includes('expiresAt'), 'nor the consent')
})

t.test('it ends a companion whose consent ran out while the phone was off', async (t) => {
  const world = new PhoneWorld()
  t.teardown(() => world.stop())
  const path = `${t.testdir()}/alice.db`
  const open = () => openPhoneStore(path, { clock: world.clock })
  const alice = await world.phone(ALICE, 'Alice', { store: open() })
  await world.linked(alice, { grant: true, expiresInMs: 60_000 })
  const forever = await world.linked(alice)
  await alice.stop()
  await world.clock.advance(60_000)
  const again = await world.phone(ALICE, 'Alice', { store: open() })
  await world.clock.advance(0)
  await until(() => world.relay.account(ALICE).logins.length === 1, 'ended at the server')
  t.match(again.companions(), [{ id: forever.login }])
  t.equal(again.companions().length, 1)
})
