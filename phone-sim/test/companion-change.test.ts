import t, { type Test } from 'tap'
import { limit } from 'proto/limits'
import { openPhoneStore } from '../src/store-sqlite.ts'
import { ALICE, BOB, jid, PhoneWorld, synced, textsOf } from './phone-world.ts'
import { turns, until } from './test-clock.ts'

async function scene(t: Test) {
  const world = new PhoneWorld()
  t.teardown(() => world.stop())
  const path = `${t.testdir()}/alice.db`
  const open = () => openPhoneStore(path, { clock: world.clock })
  const alice = await world.phone(ALICE, 'Alice', { store: open() })
  const bob = await world.phone(BOB, 'Bob')
  return { world, alice, bob, open, browser: await world.linked(alice) }
}

t.test(
  'it leaves a paused browser without an answer, and answers all in order when the pause is over',
  async (t) => {
    const { alice, bob, browser } = await scene(t)
    await alice.changeCompanion(browser.login, { paused: true })
    t.match(alice.companions(), [{ state: 'paused' }])
    browser.arrived = []
    const tags = ['3EB00001', '3EB00002'].map((id) => browser.relayText(id, jid(BOB), id))
    await bob.sendText(ALICE, 'meanwhile')
    await until(() => textsOf(alice, BOB).includes('meanwhile'), 'on the phone')
    await turns(30)
    t.strictSame(browser.arrived, [], 'silence')
    t.strictSame(textsOf(bob, ALICE), ['meanwhile'], 'and nothing was sent')
    await alice.changeCompanion(browser.login, { paused: false })
    for (const tag of tags) t.match((await browser.answer(tag)).json, { status: 200 })
    await until(() => textsOf(bob, ALICE).length === 3, 'at Bob')
    t.strictSame(textsOf(bob, ALICE), ['meanwhile', ...tags])
    t.strictSame(browser.relayed(), ['meanwhile'])
    t.match(alice.companions(), [{ state: 'online' }])
  },
)

t.test('it syncs a browser that came while it was paused when the pause is over', async (t) => {
  const { alice, browser, bob } = await scene(t)
  await alice.changeCompanion(browser.login, { paused: true })
  browser.reconnect()
  await bob.sendText(ALICE, 'meanwhile')
  await until(() => textsOf(alice, BOB).includes('meanwhile'), 'on the phone')
  await turns(30)
  t.strictSame(browser.arrived, [])
  await alice.changeCompanion(browser.login, { paused: false })
  await synced(browser)
  t.strictSame(browser.allTexts(), ['meanwhile'], 'once')
})

t.test('it holds so many requests of a paused browser and drops the rest', async (t) => {
  const { world, alice, browser } = await scene(t)
  await alice.changeCompanion(browser.login, { paused: true })
  browser.arrived = []
  const count = limit('DOZE_QUEUE_FRAMES')
  const tags = Array.from({ length: count + 1 }, () =>
    browser.send({ tag: 'query', attrs: { type: 'emoji', epoch: '1' }, content: null }),
  )
  await turns(50)
  await alice.changeCompanion(browser.login, { paused: false })
  await browser.answer(tags[count - 1])
  await turns(30)
  const answered = browser.arrived.map(({ tag }) => tag).filter((tag) => tags.includes(tag))
  t.strictSame(answered, tags.slice(0, count))
  t.equal(world.meters.value('limits', 'DOZE_QUEUE_FRAMES'), 1)
})

t.test('it keeps name, pause, chats and time in the vault', async (t) => {
  const { world, alice, browser, open } = await scene(t)
  const change = { name: 'The laptop', paused: true, chats: [BOB], expiresInMs: 60_000, screen: 'a test' }
  const companion = await alice.changeCompanion(browser.login, change)
  const expiresAt = world.clock.now() + 60_000
  t.match(companion, { name: 'The laptop', state: 'paused', chats: [jid(BOB)], expiresAt })
  await alice.stop()
  const again = await world.phone(ALICE, 'Alice', { store: open() })
  t.match(again.companions(), [{ name: 'The laptop', state: 'paused', chats: [jid(BOB)], expiresAt }])
  await again.changeCompanion(browser.login, { paused: false })
  t.match((await browser.query('emoji')).node, { tag: 'response' }, 'the keys are the same')
  await world.clock.advance(60_000)
  t.strictSame(again.companions(), [], 'the new time counts')
})

t.test('it refuses nonsense, and records nothing when nothing changes', async (t) => {
  const { alice, browser } = await scene(t)
  const records = alice.auditRecords(99).length
  await t.rejects(alice.changeCompanion('nobody', { paused: true }), { code: 'TETHER_ERR_NOT_FOUND' })
  await t.rejects(alice.changeCompanion(browser.login, { scope: 'everything' }), { code: 'TETHER_ERR_BODY' })
  await t.rejects(alice.changeCompanion(browser.login, { chats: ['nobody'] }), { code: 'TETHER_ERR_JID' })
  await t.rejects(alice.changeCompanion(browser.login, { expiresInMs: 0 }), { code: 'TETHER_ERR_BODY' })
  await alice.changeCompanion(browser.login, { paused: false, scope: 'full' })
  t.equal(alice.auditRecords(99).length, records)
})

t.test('it ends all browsers at once', async (t) => {
  const { world, alice } = await scene(t)
  await world.linked(alice)
  await alice.unpairAll()
  t.strictSame(alice.companions(), [])
  await until(() => world.relay.account(ALICE).logins.length === 0, 'at the server too')
})

t.test('it knows when a browser was active last', async (t) => {
  const { world, alice, browser } = await scene(t)
  await world.clock.advance(30_000)
  await browser.query('emoji')
  t.equal(alice.companions()[0].lastSeen, world.clock.now())
})
