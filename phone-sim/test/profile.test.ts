import t, { type Test } from 'tap'
import { limit } from 'proto/limits'
import { openPhoneStore } from '../src/store-sqlite.ts'
import { ALICE, BOB, jid, PhoneWorld, textsOf } from './phone-world.ts'
import { until } from './test-clock.ts'

const CAROL = '15550003333'

async function linkedWorld(t: Test) {
  const world = new PhoneWorld()
  t.teardown(() => world.stop())
  const alice = await world.phone(ALICE, 'Alice')
  return { world, alice, browser: await world.linked(alice), account: world.relay.account(ALICE) }
}

async function reattach(world: PhoneWorld, account: { attached: boolean }): Promise<void> {
  world.relay.cut(ALICE)
  await world.clock.advance(limit('PHONE_BACKOFF_MAX_MS'))
  await until(() => account.attached, 'attached again')
}

t.test('it tells the server whom it knows, at every attach and when that changes', async (t) => {
  const { world, alice, account } = await linkedWorld(t)
  t.match(account.rosters, [{ numbers: [], since: 0 }])
  await alice.addContact({ number: BOB, name: 'Bob' })
  await alice.addContact({ number: ALICE, name: 'Me' })
  await until(() => account.rosters.length === 3, 'two more')
  t.strictSame(account.rosters.at(-1)?.numbers, [BOB], 'nobody knows itself')
  await reattach(world, account)
  await until(() => account.rosters.length === 4, 'and again')
  t.strictSame(account.rosters.at(-1)?.numbers, [BOB])
})

t.test('it names no more than ROSTER_NUMBERS', async (t) => {
  const world = new PhoneWorld()
  t.teardown(() => world.stop())
  const store = openPhoneStore(':memory:', { clock: world.clock })
  const most = limit('ROSTER_NUMBERS')
  store.transaction(() => {
    for (let n = 0; n <= most; n++)
      store.contacts.put({ jid: jid(`1777${1_000_000 + n}`), name: 'N', notify: null, blocked: false })
  })
  const alice = await world.phone(ALICE, 'Alice', { store })
  const account = world.relay.account(ALICE)
  await alice.addContact({ number: BOB, name: 'Bob' })
  await until(() => account.rosters.length === 2, 'told')
  t.equal(account.rosters.at(-1)?.numbers.length, most)
})

t.test('it tells browsers of pictures that changed, now and while it was away', async (t) => {
  const { world, browser, account } = await linkedWorld(t)
  const told = (of: string, tag: string) => ['Cmd', { type: 'picture', jid: of, tag }]
  world.relay.send(ALICE, { type: 'profileChanged', of: BOB, tag: '4', revision: 9 })
  world.relay.send(ALICE, {
    type: 'profileChanged',
    of: `${BOB}-1600000000@g.us`,
    tag: 'removed',
    revision: 8,
  })
  await until(() => browser.pushes.length === 2, 'two pictures')
  t.strictSame(browser.pushes, [told(`${BOB}@c.us`, '4'), told(`${BOB}-1600000000@g.us`, 'removed')])
  world.relay.pictureChanges = [{ of: CAROL, tag: '1' }]
  world.relay.pictureRevision = 12
  await reattach(world, account)
  await until(() => browser.pushes.length === 3, 'one more')
  t.equal(account.rosters.at(-1)?.since, 9, 'it has heard of all up to there')
  t.strictSame(browser.pushes.at(-1), told(`${CAROL}@c.us`, '1'))
  await reattach(world, account)
  await until(() => account.rosters.at(-1)?.since === 12, 'and up to there')
})

t.test(
  'it takes the block list of the server for its own, and tells browsers when it was another',
  async (t) => {
    const { world, alice, browser, account } = await linkedWorld(t)
    await alice.profile.block(BOB)
    await until(() => browser.pushes.length === 1, 'the own list')
    account.blocked = [CAROL]
    await reattach(world, account)
    await until(() => browser.pushes.length === 2, 'the list')
    t.strictSame(browser.pushes.at(-1), ['Blocklist', { id: 1, blocklist: [`${CAROL}@c.us`] }])
    t.strictSame(alice.profile.blocked(), [CAROL])
    await reattach(world, account)
    await until(() => account.rosters.length === 3, 'attached')
    t.equal(browser.pushes.length, 2, 'nothing new, nothing told')
  },
)

t.test('it tells browsers under which name somebody writes, when it is another one', async (t) => {
  const { world, alice, browser } = await linkedWorld(t)
  const bob = await world.phone(BOB, 'Bob')
  const names = () =>
    browser.arrived.flatMap(({ node }) =>
      node?.tag === 'action' && Array.isArray(node.content) && node.content[0]?.tag === 'user'
        ? [node.content[0].attrs['notify']]
        : [],
    )
  await bob.sendText(ALICE, 'one')
  await bob.sendText(ALICE, 'two')
  await bob.profile.setName('Robert')
  await bob.sendText(ALICE, 'three')
  await until(() => textsOf(alice, BOB).length === 3, 'three texts')
  await until(() => names().length === 2 && browser.relayed().length === 3, 'told')
  t.strictSame(names(), ['Bob', 'Robert'])
})
