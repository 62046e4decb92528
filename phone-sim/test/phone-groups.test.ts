import t from 'tap'
import { choir, lines } from './group-world.ts'
import { ALICE, BOB, CARLA } from './phone-world.ts'
import { until } from './test-clock.ts'

t.test('it makes, shows, changes and leaves groups', async (t) => {
  const { alice, bob, group } = await choir(t)
  t.strictSame(alice.groups.list(), [
    {
      ...{ jid: group, subject: 'Choir', description: null, owner: ALICE, isMember: true },
      ...{ restrict: false, announce: false, ephemeral: 0 },
      members: [
        { number: ALICE, role: 'owner' },
        { number: BOB, role: 'member' },
        { number: CARLA, role: 'member' },
      ],
    },
  ])
  t.equal(alice.groups.find('15550001111-1@g.us'), null)
  const { group: changed, results } = await alice.groups.change(group, { kind: 'promote', members: [BOB] })
  t.match(changed.members, [{}, { role: 'admin' }, {}])
  t.strictSame(results, { [BOB]: '200' })
  await bob.groups.leave(group)
  t.match(bob.groups.list(), [{ jid: group, isMember: false }], 'known at once, and still known')
  await until(() => lines(alice, group).at(-1) === 'GROUP_PARTICIPANT_LEAVE', 'told')
})

t.test('it takes numbers in any spelling, and refuses what is none', async (t) => {
  const { alice } = await choir(t)
  const { group } = await alice.groups.create('Duo', [`+${BOB}`])
  t.equal(group.members.length, 2)
  await t.rejects(alice.groups.create('Duo', ['Bob']), { code: 'TETHER_ERR_JID' })
  await t.rejects(alice.groups.change(BOB, { kind: 'leave' }), { code: 'TETHER_ERR_JID' })
  await t.rejects(alice.groups.leave('1-2@g.us'), { code: 'TETHER_ERR_JID' })
  await t.rejects(alice.groups.inviteCode(BOB), { code: 'TETHER_ERR_JID' })
})

t.test('it invites, and comes by an invitation', async (t) => {
  const { world, alice, group } = await choir(t)
  const dora = await world.phone('15550005555', 'Dora')
  const code = await alice.groups.inviteCode(group)
  t.match(await dora.groups.join(code), { jid: group, isMember: true })
  await t.rejects(dora.groups.join('guess'), { code: 'TETHER_ERR_GROUP_UNKNOWN' })
  t.not(await alice.groups.inviteCode(group, true), code)
})
