import t from 'tap'
import { ALICE, BOB, jid, PhoneWorld, textsOf } from './phone-world.ts'
import { until } from './test-clock.ts'

t.test('it registers, attaches and publishes its prekeys', async (t) => {
  const world = new PhoneWorld()
  t.teardown(() => world.stop())
  const alice = await world.phone(ALICE, 'Alice')
  t.match(alice.status(), { number: ALICE, jid: jid(ALICE), name: 'Alice', state: 'online', companions: [] })
  t.equal(world.relay.account(ALICE).prekeys.length, 20)
  t.equal(world.relay.account(ALICE).signedPrekey?.id, 1)
  t.match(world.relay.account(ALICE).facts, {
    pushname: 'Alice',
    battery: 77,
    plugged: false,
    platform: 'android',
  })
})

t.test('it carries texts both ways between two phones, with receipts', async (t) => {
  const world = new PhoneWorld()
  t.teardown(() => world.stop())
  const alice = await world.phone(ALICE, 'Alice')
  const bob = await world.phone(BOB, 'Bob')
  const { id } = await alice.sendText(BOB, 'Hello Bob')
  await until(() => textsOf(bob, ALICE).length === 1, 'the first text')
  t.strictSame(textsOf(bob, ALICE), ['Hello Bob'])
  t.match(bob.messages(jid(ALICE))[0], { id, fromMe: false, author: jid(ALICE), status: 'received' })
  t.match(bob.chats(), [{ jid: jid(ALICE), name: 'Alice', unread: 1 }], 'named by the push name')
  await until(() => alice.messages(jid(BOB))[0]?.status === 'delivered', 'the delivery receipt')

  await bob.sendText(`${ALICE}@c.us`, 'Hello Alice')
  await until(() => textsOf(alice, BOB).length === 2, 'the answer')
  await bob.markRead(jid(ALICE))
  await until(() => alice.messages(jid(BOB))[0]?.status === 'read', 'the read receipt')
  t.equal(bob.chats()[0]?.unread, 0)
  await until(() => world.relay.account(BOB).mailbox.length === 0, 'everything is taken')
  t.equal(world.relay.account(ALICE).mailbox.length, 0)
})
