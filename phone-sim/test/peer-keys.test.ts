import t from 'tap'
import { seededEntropy } from 'proto/entropy'
import { limit } from 'proto/limits'
import { ALICE, BOB, CARLA, jid, pair, textsOf } from './phone-world.ts'
import { until } from './test-clock.ts'

t.test('it asks for one bundle per person', async (t) => {
  const { world, alice, bob } = await pair(t)
  await Promise.all(['a', 'b', 'c'].map((text) => alice.sendText(BOB, text)))
  await until(() => textsOf(bob, ALICE).length === 3, 'arrival')
  t.strictSame(textsOf(bob, ALICE), ['a', 'b', 'c'])
  t.equal(world.relay.heard.filter(({ type }) => type === 'bundle').length, 1)
})

t.test('it refuses to write to a changed identity until the person accepts it', async (t) => {
  const { world, alice, bob } = await pair(t)
  await alice.sendText(BOB, 'hi')
  await until(() => textsOf(bob, ALICE).length === 1, 'arrival')
  await bob.stop()
  const again = await world.phone(BOB, 'Bob', { entropy: seededEntropy('a new device') })
  const browser = await world.linked(alice)
  // the next message still goes into the old session, which the new phone cannot read
  await alice.sendText(BOB, 'lost')
  await until(() => again.messages(jid(ALICE)).length === 1, 'the placeholder')
  t.match(again.messages(jid(ALICE)), [{ type: 'undecryptable' }])
  await again.sendText(ALICE, 'it is me')
  await until(() => alice.messages(jid(BOB)).length === 3, 'a placeholder here too')
  t.match(alice.auditRecords(1), [{ kind: 'identity.changed', fields: { jid: jid(BOB) } }])
  await alice.acceptIdentity(jid(BOB))
  await until(() => textsOf(alice, BOB).includes('it is me'), 'held mail opened')
  t.match((await browser.answer(browser.relayText('3EB0AAAA', jid(BOB), 'welcome'))).json, { status: 200 })
  await until(() => textsOf(again, ALICE).includes('welcome'), 'under the new identity')
})

t.test('it records on both sides that a conversation began without a one-time key', async (t) => {
  const { world, alice, bob } = await pair(t)
  const weak = (phone: typeof alice) => phone.auditRecords(99).filter(({ kind }) => kind === 'session.weak')
  world.relay.account(BOB).prekeys = []
  await alice.sendText(BOB, 'one')
  await alice.sendText(BOB, 'two')
  await until(() => textsOf(bob, ALICE).length === 2, 'arrival')
  t.match(weak(alice), [{ fields: { jid: jid(BOB), by: 'bundle' } }])
  t.match(weak(bob), [{ fields: { jid: jid(ALICE), by: 'firstMessage' } }], 'once, not for each message')
  const carla = await world.phone(CARLA, 'Carla')
  await carla.sendText(ALICE, 'with a key')
  await until(() => textsOf(alice, CARLA).length === 1, 'arrival')
  t.strictSame([weak(alice).length, weak(carla).length], [1, 0])
})

t.test('it fills its stock up when the server says that it runs short, and records it', async (t) => {
  const { world, alice } = await pair(t)
  const account = world.relay.account(ALICE)
  account.prekeys = account.prekeys.slice(0, 10)
  world.relay.send(ALICE, { type: 'prekeysShort', reason: 'budget' })
  world.relay.send(ALICE, { type: 'prekeysShort', reason: 'reserve' })
  await world.clock.advance(limit('PREKEY_REFILL_DELAY_MS'))
  await until(() => account.prekeys.length === 30, 'a fresh batch')
  t.match(alice.auditRecords(2), [
    { kind: 'prekeys.short', fields: { reason: 'budget' } },
    { kind: 'prekeys.short', fields: { reason: 'reserve' } },
  ])
  t.equal(new Set(account.prekeys.map(({ id }) => id)).size, 30)
})

t.test('it refuses a bundle whose signed prekey is forged', async (t) => {
  const { world, alice } = await pair(t)
  const account = world.relay.account(BOB)
  account.signedPrekey = { ...account.signedPrekey!, key: account.prekeys[0].key }
  await t.rejects(alice.sendText(BOB, 'x'), { code: 'TETHER_ERR_SIGNATURE' })
  t.strictSame(alice.messages(jid(BOB)), [])
})
