import t from 'tap'
import { ALICE, BOB, jid, PhoneWorld, textsOf } from './phone-world.ts'

const CARLA = '15550003333'
const row = (text: string, timestampMs: number, change = {}) => ({
  with: BOB,
  fromMe: false,
  text,
  timestampMs,
  ...change,
})

t.test('it adds messages in the order of their times, each id once', async (t) => {
  const world = new PhoneWorld()
  t.teardown(() => world.stop())
  const alice = await world.phone(ALICE, 'Alice')
  await alice.importHistory([row('second', 2_000, { id: 'B' }), row('first', 1_000, { id: 'A' })])
  await alice.importHistory([row('again', 3_000, { id: 'B' }), row('third', 3_000)])
  t.strictSame(textsOf(alice, BOB), ['first', 'second', 'third'])
})

t.test('it keeps what was not seen, starred, pinned, muted and archived', async (t) => {
  const world = new PhoneWorld()
  t.teardown(() => world.stop())
  const alice = await world.phone(ALICE, 'Alice')
  const browser = await world.linked(alice)
  await alice.importHistory(
    [
      row('unseen', 1_000, { seen: false }),
      row('starred', 2_000, { starred: true }),
      { ...row('x', 1), with: CARLA },
    ],
    [
      { with: BOB, pinnedS: 5, mutedUntilS: -1 },
      { with: CARLA, archived: true },
    ],
  )
  t.match((await browser.query('chat')).node?.content, [
    { attrs: { jid: jid(BOB), count: '1', pin: '5', mute: '-1' } },
    { attrs: { jid: jid(CARLA), archive: 'true' } },
  ])
  t.equal(((await browser.query('star', { count: '9' })).node?.content as []).length, 1)
})

t.test('it puts an address book in at once, or nothing of it', async (t) => {
  const world = new PhoneWorld()
  t.teardown(() => world.stop())
  const alice = await world.phone(ALICE, 'Alice')
  const browser = await world.linked(alice)
  const bob = { number: BOB, name: 'Bob Jones' }
  await t.rejects(alice.importContacts([bob, { number: 'nobody', name: 'Nobody' }]), {
    code: 'TETHER_ERR_JID',
  })
  t.strictSame((await browser.query('contacts')).node?.content, [])
  await alice.importContacts([bob])
  t.match((await browser.query('contacts')).node?.content, [{ attrs: { jid: jid(BOB), name: 'Bob Jones' } }])
})
