import t from 'tap'
import { ALICE, BOB, jid, PhoneWorld, textsOf } from './phone-world.ts'
import { turns, until } from './test-clock.ts'

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

t.test('it leaves no timer behind, whenever it is stopped', async (t) => {
  for (let turn = 0; turn < 40; turn++) {
    const world = new PhoneWorld()
    const bob = await world.phone(BOB, 'Bob')
    await bob.sendText(ALICE, 'nobody').catch(() => undefined)
    const starting = world.phone(ALICE, 'Alice')
    await turns(turn)
    const alice = world.phones[1]
    await alice?.stop()
    await starting.catch(() => undefined)
    await bob.stop()
    await turns(10)
    t.equal(world.clock.planned, 0, `stopped in turn ${turn}`)
  }
})

t.test('it keeps the order of what a browser and the person write at once', async (t) => {
  const world = new PhoneWorld()
  t.teardown(() => world.stop())
  const alice = await world.phone(ALICE, 'Alice')
  const bob = await world.phone(BOB, 'Bob')
  const [browser, his] = [await world.linked(alice), await world.linked(bob)]
  const texts = Array.from({ length: 20 }, (_, at) => `${at}`)
  const typed: Promise<unknown>[] = []
  for (const [at, text] of texts.entries()) {
    if (at % 2) typed.push(alice.sendText(BOB, text))
    else browser.relayText(`3EB0EEEE${at}`, jid(BOB), text)
    if (at % 5 === 0) await turns(1)
  }
  await Promise.all(typed)
  await until(() => textsOf(bob, ALICE).length === texts.length, 'all')
  t.strictSame(textsOf(bob, ALICE), textsOf(alice, BOB), 'one order on both phones')
  await until(() => his.relayed().length === texts.length, 'all in his browser')
  t.strictSame(his.relayed(), textsOf(bob, ALICE))
  for (const mine of [0, 1]) {
    const own = texts.filter((_, at) => at % 2 === mine)
    t.strictSame(
      textsOf(alice, BOB).filter((text) => own.includes(text)),
      own,
      'and each writer keeps its own',
    )
  }
  t.strictSame(
    browser.relayed(),
    texts.filter((_, at) => at % 2),
    'what was typed on the phone appears in the browser',
  )
})
