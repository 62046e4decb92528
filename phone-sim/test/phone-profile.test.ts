import t from 'tap'
import { ALICE, BOB, PhoneWorld } from './phone-world.ts'
import { until } from './test-clock.ts'

const image = Uint8Array.of(0xff, 0xd8, 0xff, 1)

t.test('it changes what others see of the person, and tells the browsers', async (t) => {
  const world = new PhoneWorld()
  t.teardown(() => world.stop())
  const alice = await world.phone(ALICE, 'Alice')
  const browser = await world.linked(alice)
  const account = world.relay.account(ALICE)
  await alice.profile.setName('Al')
  t.equal(alice.status().name, 'Al')
  await alice.profile.setAbout('At the mill')
  t.equal(account.about, 'At the mill')
  t.equal(alice.profile.about, 'At the mill')
  t.strictSame(await alice.profile.setPicture({ image }), { tag: '1', url: 'http://double/pictures/1' })
  await alice.profile.removePicture()
  await alice.profile.block(`${BOB}@c.us`)
  await alice.profile.unblock(BOB)
  await until(() => browser.pushes.length === 4, 'four pushes')
  t.match(browser.pushes, [
    ['Cmd', { type: 'picture', tag: '1' }],
    ['Cmd', { type: 'picture', tag: 'removed' }],
    ['Blocklist', { blocklist: [`${BOB}@c.us`] }],
    ['Blocklist', { blocklist: [] }],
  ])
  await t.rejects(alice.profile.block('nobody'), { code: 'TETHER_ERR_JID' })
})

t.test(
  'it refuses without a link what only the server can do, and changes the name all the same',
  async (t) => {
    const world = new PhoneWorld()
    t.teardown(() => world.stop())
    const alice = await world.phone(ALICE, 'Alice')
    alice.setDevice({ network: 'none' })
    const away = { code: 'TETHER_ERR_PHONE_AWAY' }
    await t.rejects(alice.profile.setAbout('x'), away)
    await t.rejects(alice.profile.setPicture({ image }), away)
    await t.rejects(alice.profile.block(BOB), away)
    await alice.profile.setName('Al')
    alice.setDevice({ network: 'wifi' })
    await until(() => (world.relay.account(ALICE).facts as { pushname: string }).pushname === 'Al', 'told')
    t.equal(alice.profile.about, '')
    t.strictSame(alice.profile.blocked(), [])
  },
)

t.test('it says that the person is there again on the next link, but not that it types', async (t) => {
  const world = new PhoneWorld()
  t.teardown(() => world.stop())
  const alice = await world.phone(ALICE, 'Alice')
  const { presences } = world.relay
  await alice.profile.showPresence('composing', BOB)
  await alice.profile.showPresence('recording', `${BOB}-1600000000@g.us`)
  await until(() => presences.length === 2, 'said')
  t.strictSame(presences, [
    { type: 'presence', state: 'composing', to: BOB },
    { type: 'presence', state: 'recording', to: `${BOB}-1600000000@g.us` },
  ])
  await t.rejects(alice.profile.showPresence('composing', 'nobody'), { code: 'TETHER_ERR_JID' })
  for (const network of ['none', 'wifi'] as const) alice.setDevice({ network })
  await until(() => presences.length === 3, 'said again')
  t.strictSame(presences[2], { type: 'presence', state: 'available' })
  await alice.profile.showPresence('unavailable')
  await until(() => presences.length === 4, 'said at once')
  for (const network of ['none', 'wifi'] as const) alice.setDevice({ network })
  await until(() => world.relay.account(ALICE).rosters.length === 3, 'attached again')
  t.equal(presences.length, 4)
})
