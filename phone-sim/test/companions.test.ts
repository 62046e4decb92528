import { TetherError } from 'proto/errors'
import t from 'tap'
import { openPhoneStore } from '../src/store-sqlite.ts'
import { CrashStore } from './crash-store.ts'
import { ALICE, PhoneWorld } from './phone-world.ts'
import { turns, until } from './test-clock.ts'

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

const HOUR_MS = 3_600_000
const WEEK_MS = 7 * 24 * HOUR_MS

t.test('a clock that is set back makes no permission longer', async (t) => {
  const world = new PhoneWorld()
  t.teardown(() => world.stop())
  const alice = await world.phone(ALICE, 'Alice')
  const browser = await world.linked(alice, { grant: true, expiresInMs: HOUR_MS })
  await world.clock.advance(HOUR_MS / 2)
  world.clock.aheadMs = -WEEK_MS
  await world.clock.advance(HOUR_MS / 2 - 1)
  t.match((await browser.query('emoji')).node, { tag: 'response' })
  await world.clock.advance(1)
  await until(() => world.relay.account(ALICE).logins.length === 0, 'ended at the server')
  t.strictSame(alice.companions(), [])
})

t.test('nor does one that is set back while the phone is off', async (t) => {
  const world = new PhoneWorld()
  t.teardown(() => world.stop())
  const path = `${t.testdir()}/alice.db`
  const open = () => openPhoneStore(path, { clock: world.clock })
  const alice = await world.phone(ALICE, 'Alice', { store: open() })
  await world.linked(alice, { grant: true, expiresInMs: HOUR_MS })
  await world.clock.advance(HOUR_MS / 2)
  await alice.stop()
  world.clock.aheadMs = -WEEK_MS
  const again = await world.phone(ALICE, 'Alice', { store: open() })
  await world.clock.advance(HOUR_MS / 2 - 1)
  t.equal(again.companions().length, 1)
  await world.clock.advance(1)
  t.strictSame(again.companions(), [])
})

t.test('a phone that was killed knows what was left a minute before', async (t) => {
  const world = new PhoneWorld()
  t.teardown(() => world.stop())
  const crash = new CrashStore(`${t.testdir({})}/alice.db`, world.clock)
  const connect = crash.connect(world.relay.connect)
  const alice = await world.phone(ALICE, 'Alice', { store: crash.store, connect })
  await world.linked(alice, { grant: true, expiresInMs: HOUR_MS })
  await world.clock.advance(HOUR_MS / 2 + 59_999)
  const image = crash.kill()
  world.phones.length = 0
  world.relay.cut(ALICE)
  world.clock.aheadMs = -WEEK_MS
  const again = await world.phone(ALICE, 'Alice', { store: openPhoneStore(image, { clock: world.clock }) })
  await world.clock.advance(HOUR_MS / 2 - 1)
  t.equal(again.companions().length, 1)
  await world.clock.advance(1)
  t.strictSame(again.companions(), [])
})

t.test('a clock that is set forward ends a permission as a sleep of the machine does', async (t) => {
  const world = new PhoneWorld()
  t.teardown(() => world.stop())
  const alice = await world.phone(ALICE, 'Alice')
  const browser = await world.linked(alice, { grant: true, expiresInMs: HOUR_MS })
  world.clock.aheadMs = HOUR_MS - 1
  t.match((await browser.query('emoji')).node, { tag: 'response' })
  world.clock.aheadMs = HOUR_MS
  browser.arrived = []
  browser.send({ tag: 'query', attrs: { type: 'emoji', epoch: '1' }, content: null })
  await turns(20)
  t.strictSame(browser.arrived, [], 'at once')
  await world.clock.advance(60_000)
  t.strictSame(alice.companions(), [], 'and is told within a minute')
})

t.test(
  'one that is over while the disk takes nothing is served nothing, and ends when it does again',
  async (t) => {
    const world = new PhoneWorld()
    t.teardown(() => world.stop())
    const real = openPhoneStore(':memory:', { clock: world.clock })
    let isFull = false
    const transaction: typeof real.transaction = (work) => {
      if (isFull) throw new TetherError('TETHER_ERR_STORE_WRITE')
      return real.transaction(work)
    }
    const alice = await world.phone(ALICE, 'Alice', { store: { ...real, transaction } })
    const browser = await world.linked(alice, { grant: true, expiresInMs: HOUR_MS })
    isFull = true
    await world.clock.advance(HOUR_MS + 30_000)
    t.equal(alice.companions().length, 1)
    browser.arrived = []
    browser.send({ tag: 'query', attrs: { type: 'emoji', epoch: '1' }, content: null })
    await turns(20)
    t.strictSame(browser.arrived, [])
    isFull = false
    await world.clock.advance(60_000)
    t.strictSame(alice.companions(), [])
    await until(() => world.relay.account(ALICE).logins.length === 0, 'ended at the server')
  },
)

t.test('a permission that is given anew begins anew', async (t) => {
  const world = new PhoneWorld()
  t.teardown(() => world.stop())
  const alice = await world.phone(ALICE, 'Alice')
  const { login } = await world.linked(alice, { grant: true, expiresInMs: HOUR_MS })
  await world.clock.advance(HOUR_MS / 2)
  await alice.changeCompanion(login, { expiresInMs: HOUR_MS })
  world.clock.aheadMs = -WEEK_MS
  await world.clock.advance(HOUR_MS - 1)
  t.equal(alice.companions().length, 1)
  await alice.changeCompanion(login, { expiresInMs: null })
  await world.clock.advance(HOUR_MS)
  t.equal(alice.companions().length, 1)
})
