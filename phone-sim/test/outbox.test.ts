import t, { type Test } from 'tap'
import { ALICE, BOB, jid, PhoneWorld, textsOf } from './phone-world.ts'
import { turns, until } from './test-clock.ts'

async function pair(t: Test) {
  const world = new PhoneWorld()
  t.teardown(() => world.stop())
  const alice = await world.phone(ALICE, 'Alice')
  const bob = await world.phone(BOB, 'Bob')
  return { world, alice, bob }
}
const mails = (world: PhoneWorld) =>
  world.relay.heard.flatMap((m) => (m.type === 'mail' && m.to === BOB ? [m] : []))

t.test('it sends the same bytes again after a reconnect, and the text arrives once', async (t) => {
  const { world, alice, bob } = await pair(t)
  world.relay.loseMailed = true
  const account = world.relay.account(ALICE)
  await alice.sendText(BOB, 'first')
  await until(() => account.lastSent === 1, 'stored')
  account.lastSent = 0 // the server lost it before its own commit: the phone was told nothing
  world.relay.account(BOB).mailbox = []
  world.relay.cut(ALICE)
  await until(() => alice.status().state === 'offline', 'the cut')
  world.relay.loseMailed = false
  await world.clock.advance(1_000)
  await until(() => alice.messages(jid(BOB))[0]?.status !== 'pending', 'confirmed')
  const [one, two] = mails(world)
  t.strictSame(two, one, 'n, id and ciphertext are the same')
  await turns(10)
  t.strictSame(textsOf(bob, ALICE), ['first'])
})

t.test('it keeps the order of what was written while there was no link', async (t) => {
  const { world, alice, bob } = await pair(t)
  await alice.sendText(BOB, 'zero')
  alice.setDevice({ network: 'none' })
  for (const text of ['one', 'two', 'three']) await alice.sendText(BOB, text)
  t.strictSame(
    alice
      .messages(jid(BOB))
      .map(({ status }) => status)
      .slice(1),
    ['pending', 'pending', 'pending'],
  )
  alice.setDevice({ network: 'cell' })
  await until(() => textsOf(bob, ALICE).length === 4, 'arrival')
  t.strictSame(textsOf(bob, ALICE), ['zero', 'one', 'two', 'three'])
  t.strictSame(
    mails(world)
      .map(({ n }) => n)
      .slice(0, 4),
    [1, 2, 3, 4],
  )
})

t.test(
  'it keeps first messages without a session until there is a link, and fails those to nobody',
  async (t) => {
    const { alice, bob } = await pair(t)
    alice.setDevice({ network: 'none' })
    await alice.sendText(BOB, 'one')
    await alice.sendText('15559999999', 'nobody')
    await alice.sendText(BOB, 'two')
    alice.setDevice({ network: 'wifi' })
    await until(() => textsOf(bob, ALICE).length === 2, 'arrival')
    t.strictSame(textsOf(bob, ALICE), ['one', 'two'])
    t.match(alice.messages(jid('15559999999')), [{ status: 'error' }])
  },
)

t.test('it sends again from the counter that the server expects', async (t) => {
  const { world, alice, bob } = await pair(t)
  await alice.sendText(BOB, 'one')
  await until(() => textsOf(bob, ALICE).length === 1, 'arrival')
  const account = world.relay.account(ALICE)
  account.attached = false // swallowed on the way, without the link ending
  const real = account.lastSent
  account.lastSent = real - 1
  account.attached = true
  world.relay.send(ALICE, {
    type: 'mailRefused',
    n: real,
    code: 'TETHER_ERR_LIMIT',
    final: false,
    retryMs: 50,
  })
  account.lastSent = real
  await turns(5)
  await alice.sendText(BOB, 'two')
  await turns(10)
  t.strictSame(textsOf(bob, ALICE), ['one'], 'it waits as it was asked to')
  await world.clock.advance(50)
  await until(() => textsOf(bob, ALICE).length === 2, 'then it sends')
})

t.test('it sends few in vain while the server asks to wait, and more when it does no longer', async (t) => {
  const { world, alice, bob } = await pair(t)
  await alice.sendText(BOB, 'first')
  await until(() => textsOf(bob, ALICE).length === 1, 'arrival')
  world.relay.refuseMailMs = 50
  for (let n = 1; n <= 40; n++) await alice.sendText(BOB, `text ${n}`)
  await turns(20)
  const before = mails(world).length
  for (let waited = 0; waited < 10; waited++) {
    await world.clock.advance(50)
    await turns(5)
  }
  t.equal(mails(world).length - before, 10, 'one each time, and not all that wait behind it')
  world.relay.refuseMailMs = null
  await world.clock.advance(50)
  await until(() => textsOf(bob, ALICE).length === 41, 'all of it')
  t.strictSame(
    textsOf(bob, ALICE).slice(1),
    Array.from({ length: 40 }, (_, at) => `text ${at + 1}`),
  )
})

t.test('it marks a message that the server refuses for good, and sends the next', async (t) => {
  const { world, alice, bob } = await pair(t)
  await alice.sendText(BOB, 'one')
  await until(() => textsOf(bob, ALICE).length === 1, 'arrival')
  const target = world.relay.accounts.get(BOB)!
  world.relay.accounts.delete(BOB)
  await alice.sendText(BOB, 'lost')
  await until(() => alice.messages(jid(BOB))[1]?.status === 'error', 'refused')
  world.relay.accounts.set(BOB, target)
  await alice.sendText(BOB, 'two')
  await until(() => textsOf(bob, ALICE).length === 2, 'arrival')
  t.match(alice.auditRecords(9).at(-1), {
    kind: 'mail.refused',
    fields: { code: 'TETHER_ERR_ACCOUNT_UNKNOWN' },
  })
})

t.test('it agrees with a server that has seen more, or has lost what it confirmed', async (t) => {
  const { world, alice, bob } = await pair(t)
  await alice.sendText(BOB, 'one')
  await until(() => textsOf(bob, ALICE).length === 1, 'arrival')
  for (const [lastSent, text, kind] of [
    [40, 'two', 'mail.counterBehind'],
    [2, 'three', 'mail.serverBehind'],
  ] as const) {
    world.relay.account(ALICE).lastSent = lastSent
    alice.setDevice({ network: 'none' })
    await alice.sendText(BOB, text)
    alice.setDevice({ network: 'wifi' })
    await until(() => textsOf(bob, ALICE).includes(text), text)
    t.ok(alice.auditRecords(99).some((record) => record.kind === kind))
  }
  t.strictSame(textsOf(bob, ALICE), ['one', 'two', 'three'])
})

t.test('it refuses what is too large, storing nothing', async (t) => {
  const { alice, bob } = await pair(t)
  await alice.sendText(BOB, 'one')
  await t.rejects(alice.sendText(BOB, 'x'.repeat(200_000)), { code: 'TETHER_ERR_TOO_LARGE' })
  await alice.sendText(BOB, 'two')
  await until(() => textsOf(bob, ALICE).length === 2, 'the session is unharmed')
  t.strictSame(textsOf(alice, BOB), ['one', 'two'])
})
