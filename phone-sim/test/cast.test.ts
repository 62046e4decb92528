import { seededEntropy } from 'proto/entropy'
import t from 'tap'
import { addCast, cast, historyOf } from '../src/cast.ts'
import { Phones } from '../src/phones.ts'
import { RelayDouble } from './relay-double.ts'
import { TestClock } from './test-clock.ts'

const ALICE = '15550001111'
const BOB = '15550002222'
const NOW = 1_600_000_000_000

t.test('it makes Alice and Bob with contacts and chats, once', async (t) => {
  const folder = t.testdir({})
  const clock = new TestClock(NOW)
  const relay = new RelayDouble(clock)
  const open = () =>
    new Phones({
      folder,
      passphrase: 'plum jam',
      clock,
      entropy: seededEntropy('cast test'),
      connect: relay.connect,
      server: relay.http,
    })
  const phones = open()
  await addCast(phones, clock)
  const [alice, bob] = phones.list()
  t.match(alice?.status(), { number: ALICE, name: 'Alice' })
  t.match(bob?.status(), { number: BOB, name: 'Bob' })
  t.strictSame(
    alice?.chats().map(({ name, unread }) => [name, unread]),
    [
      ['Mum', 1],
      ['Bob', 0],
      ['Carla (choir)', 0],
    ],
  )
  t.strictSame(
    bob?.chats().map(({ name, unread }) => [name, unread]),
    [
      ['Alice', 0],
      ['Workshop', 0],
      ['Grandpa Joseph', 0],
    ],
  )
  const before = bob?.messages(`${ALICE}@s.whatsapp.net`)
  await phones.close()

  const again = open()
  await again.open()
  await addCast(again, clock)
  t.strictSame(again.find(BOB)?.messages(`${ALICE}@s.whatsapp.net`), before)
  await again.close()
})

t.test('it tells both the same conversation, each from their side', (t) => {
  const between = (own: string, other: string) => historyOf(own, NOW).filter((row) => row.with === other)
  const alice = between(ALICE, BOB)
  const bob = between(BOB, ALICE)
  t.ok(alice.length >= 12)
  t.strictSame(
    alice.map(({ id, text, timestampMs, fromMe }) => ({ id, text, timestampMs, fromMe })),
    bob.map(({ id, text, timestampMs, fromMe }) => ({ id, text, timestampMs, fromMe: !fromMe })),
  )
  t.end()
})

t.test('it tells the same story each time, all of it in the past and in order', (t) => {
  for (const { number, contacts } of cast) {
    const rows = historyOf(number, NOW)
    t.strictSame(rows, historyOf(number, NOW))
    t.equal(new Set(rows.map(({ id }) => id)).size, rows.length)
    for (const row of rows) {
      t.ok(row.timestampMs < NOW && row.timestampMs > NOW - 8 * 86_400_000)
      t.match(row.id, /^[0-9A-F]{32}$/)
      t.ok(row.with in contacts)
    }
    const times = rows.map(({ timestampMs }) => timestampMs)
    t.strictSame(
      times,
      [...times].sort((a, b) => a - b),
    )
  }
  t.end()
})
