import { readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { seededEntropy } from 'proto/entropy'
import t, { type Test } from 'tap'
import { Phones, type PhonesOptions } from '../src/phones.ts'
import { RelayDouble } from './relay-double.ts'
import { TestClock } from './test-clock.ts'

const ALICE = '15550001111'
const BOB = '15550002222'

interface Logged {
  readonly fields: object
  readonly message: string
}

function host(t: Test, folder: string | null, more: Partial<PhonesOptions> = {}, relay?: RelayDouble) {
  const clock = relay?.clock ?? new TestClock()
  const server = relay ?? new RelayDouble(clock)
  const logged: Logged[] = []
  const note = (fields: object, message: string): void => void logged.push({ fields, message })
  const phones = new Phones({
    folder,
    passphrase: null,
    clock,
    entropy: seededEntropy('phones test'),
    connect: server.connect,
    server: server.http,
    log: { debug: () => {}, info: () => {}, warn: () => {}, error: note },
    ...more,
  })
  t.teardown(() => phones.close())
  return { phones, relay: server, logged }
}

t.test('it keeps a file per phone and opens them again with name and contacts', async (t) => {
  const folder = join(t.testdir({}), 'data')
  const first = host(t, folder)
  await first.phones.create(ALICE, 'Alice')
  const bob = await first.phones.create(BOB, 'Bob')
  await bob.addContact({ number: ALICE, name: 'Alice' })
  await bob.importHistory([{ with: ALICE, fromMe: false, text: 'Hello', timestampMs: 1_600_000_000_000 }])
  t.strictSame(first.phones.stored(), [ALICE, BOB])
  await first.phones.close()
  t.strictSame(first.phones.list(), [])

  const again = host(t, folder, {}, first.relay)
  await again.phones.open()
  t.strictSame(
    again.phones.list().map((phone) => phone.status().name),
    ['Alice', 'Bob'],
  )
  t.match(again.phones.find(BOB)?.chats(), [{ name: 'Alice', lastMessage: { text: 'Hello' } }])
  t.equal(again.phones.find('15559999999'), null)
})

t.test('it makes a key file that only its owner may read, and no vault opens without it', async (t) => {
  const folder = join(t.testdir({}), 'data')
  const first = host(t, folder)
  await first.phones.create(ALICE, 'Alice')
  await first.phones.close()
  const file = join(folder, 'vault.key')
  t.equal(statSync(file).mode & 0o777, 0o600)
  t.equal(statSync(folder).mode & 0o777, 0o700)
  const key = readFileSync(file, 'utf8')

  writeFileSync(file, 'another passphrase\n')
  const wrong = host(t, folder, {}, first.relay)
  await wrong.phones.open()
  t.strictSame(wrong.phones.list(), [])
  t.match(wrong.logged, [{ fields: { phone: ALICE, code: 'TETHER_ERR_VAULT' } }])

  rmSync(file)
  t.throws(() => host(t, folder, {}, first.relay), { code: 'TETHER_ERR_VAULT' }, 'no new key hides the loss')

  writeFileSync(file, key)
  const right = host(t, folder, {}, first.relay)
  await right.phones.open()
  t.strictSame(
    right.phones.list().map(({ number }) => number),
    [ALICE],
  )
})

t.test('it opens vaults with a passphrase of the settings and then keeps no key file', async (t) => {
  const folder = join(t.testdir({}), 'data')
  const first = host(t, folder, { passphrase: 'plum jam' })
  await first.phones.create(ALICE, 'Alice')
  await first.phones.close()
  t.throws(() => statSync(join(folder, 'vault.key')), { code: 'ENOENT' })
  const again = host(t, folder, { passphrase: 'plum jam' }, first.relay)
  await again.phones.open()
  t.equal(again.phones.list().length, 1)
})

t.test(
  'it leaves out a phone whose file is damaged, keeps the file as it was and runs the others',
  async (t) => {
    const folder = join(t.testdir({}), 'data')
    const first = host(t, folder)
    await first.phones.create(ALICE, 'Alice')
    await first.phones.close()
    const damaged = join(folder, `${BOB}.db`)
    writeFileSync(damaged, 'this is no database, whatever its name says. '.repeat(200))
    const before = readFileSync(damaged)
    const again = host(t, folder, {}, first.relay)
    await again.phones.open()
    t.strictSame(
      again.phones.list().map(({ number }) => number),
      [ALICE],
    )
    t.match(again.logged, [{ fields: { phone: BOB, code: /^TETHER_ERR_STORE_/ } }])
    await t.rejects(again.phones.create(BOB, 'Bob'), { code: /^TETHER_ERR_STORE_/ })
    t.ok(readFileSync(damaged).equals(before))
  },
)

t.test('it refuses what is no number, and does not use it as a file name', async (t) => {
  const folder = join(t.testdir({}), 'data')
  const { phones } = host(t, folder)
  for (const number of ['', '1234', '+15550001111', '../15550001111', '1'.repeat(16)]) {
    await t.rejects(phones.create(number), { code: 'TETHER_ERR_NUMBER' }, JSON.stringify(number))
  }
  t.strictSame(phones.stored(), [])
})

t.test('it can try again after a registration that failed', async (t) => {
  const folder = join(t.testdir({}), 'data')
  const { phones, relay } = host(t, folder)
  relay.reachable = false
  await t.rejects(phones.create(ALICE, 'Alice'), { code: 'TETHER_ERR_PHONE_AWAY' })
  relay.reachable = true
  t.equal((await phones.create(ALICE, 'Alice')).status().name, 'Alice')
})

t.test('it makes the same phones of the same seed', async (t) => {
  const keys = await Promise.all(
    [1, 2].map(async () => {
      const { phones, relay } = host(t, null)
      await phones.create(ALICE, 'Alice')
      await phones.create(BOB, 'Bob')
      return [ALICE, BOB].map((number) => relay.account(number).identityKey)
    }),
  )
  t.strictSame(keys[0], keys[1])
  t.not(keys[0]?.[0], keys[0]?.[1])
})

t.test('it tells of all its phones, those that come later too, until nobody listens', async (t) => {
  const { phones } = host(t, null)
  const alice = await phones.create(ALICE, 'Alice')
  const told: string[] = []
  const end = phones.subscribe(({ type, number }) => told.push(`${number} ${type}`))
  alice.setDevice({ batteryPercent: 50 })
  const bob = await phones.create(BOB, 'Bob')
  bob.setDevice({ batteryPercent: 50 })
  end()
  bob.setDevice({ batteryPercent: 51 })
  t.strictSame(told, [`${ALICE} device`, `${BOB} phone`, `${BOB} device`])
})
