import t, { type Test } from 'tap'
import { seededEntropy } from 'proto/entropy'
import { textMessage } from 'proto/web-message'
import { assertId, newId } from '../src/message-ids.ts'
import { ALICE, BOB, jid, PhoneWorld, textsOf } from './phone-world.ts'
import { until } from './test-clock.ts'

t.test('it makes ids of 32 upper-case hex digits, none twice', async (t) => {
  const entropy = seededEntropy('ids')
  t.match(newId(entropy), /^[0-9A-F]{32}$/)
  t.not(newId(entropy), newId(entropy))
})

t.test('it refuses ids that could not be sent, stored or answered', async (t) => {
  for (const id of ['3EB0C767D097', 'x', '!'.repeat(64)]) t.doesNotThrow(() => assertId(id))
  for (const id of ['', 'x'.repeat(65), 'a\0b', 'a b', 'é', 'a\nb']) {
    t.throws(() => assertId(id), { code: 'TETHER_ERR_PROTOBUF' })
  }
})

async function linkedWorld(t: Test) {
  const world = new PhoneWorld()
  t.teardown(() => world.stop())
  const alice = await world.phone(ALICE, 'Alice')
  const bob = await world.phone(BOB, 'Bob')
  return { world, alice, bob, browser: await world.linked(alice) }
}
const text = (id: string, timestampS = 1_600_000_000) =>
  textMessage({ remoteJid: jid(BOB), fromMe: true, id, timestampS, text: id })

t.test('it answers 400 for a message whose id could not be sent, and sends the next', async (t) => {
  const { bob, browser } = await linkedWorld(t)
  for (const id of ['x'.repeat(65), 'a\0b']) {
    const content = textMessage({ remoteJid: jid(BOB), fromMe: true, id: 'x', timestampS: 1, text: 'x' })
    content.key.id = id
    const tag = `tag${id.length}`
    browser.relay(content, tag)
    t.strictSame((await browser.answer(tag)).json, { status: 400 })
  }
  t.match((await browser.answer(browser.relay(text('GOOD')))).json, { status: 200 })
  await until(() => textsOf(bob, ALICE).length === 1, 'arrival')
})

t.test('it does not believe a time that cannot be', async (t) => {
  const { world, bob, browser } = await linkedWorld(t)
  const wild = text('WILD')
  wild.messageTimestamp = 2n ** 63n
  t.match((await browser.answer(browser.relay(wild))).json, { status: 200 })
  t.match((await browser.answer(browser.relay(text('FUTURE', 4_000_000_000)))).json, { status: 200 })
  await until(() => textsOf(bob, ALICE).length === 2, 'arrival')
  for (const { timestampMs } of bob.messages(jid(ALICE))) t.equal(timestampMs, world.clock.now())
  await until(() => world.relay.account(BOB).mailbox.length === 0, 'taken')
})
