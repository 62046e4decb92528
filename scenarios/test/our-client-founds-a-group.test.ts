/** A group from its first day to the last in our client: founded, joined by invitation, described, left, remembered. */
import t from 'tap'
import { ALICE, BOB, createWorld } from 'harness'
import { codeOf } from 'proto/errors'
import { ALICE_JID, BOB_JID } from '../src/backstory.ts'
import { browsersOf } from '../src/browser.ts'
import { CARLA, CARLA_JID } from '../src/group-story.ts'

t.test('it is founded, joined by a code, and left; and the phone remembers it', async (t) => {
  const world = await createWorld({ phones: [ALICE, BOB, CARLA] })
  const browsers = browsersOf(world)
  t.teardown(async () => {
    browsers.stop()
    await world.stop()
  })
  const [alice, bob, carla] = world.phones
  const [atAlice, atBob, atCarla] = [
    await browsers.pair('alice', alice),
    await browsers.pair('bob', bob),
    await browsers.pair('carla', carla),
  ]
  const made = await world.finish(atAlice.groups.create('Choir', [BOB_JID]))
  t.strictSame(made.codes, new Map([[BOB_JID, '200']]))
  const group = made.jid
  await world.until(() => [atAlice, atBob].every((page) => page.chat(group)?.name === 'Choir'))
  t.match(atBob.messages(group), [{ kind: 'notice', notice: { stub: 'GROUP_CREATE' } }])

  const old = await world.finish(atAlice.groups.inviteCode(group))
  await world.finish(atAlice.groups.resetInvite(group))
  const code = await world.finish(atAlice.groups.inviteCode(group))
  t.not(code, old)
  t.equal(
    await world.finish(atCarla.groups.join(old).then(() => 'in', codeOf)),
    'TETHER_ERR_GROUP_UNKNOWN',
    'the old code lets nobody in',
  )
  t.equal(await world.finish(atCarla.groups.join(code)), group)
  await world.until(() => atCarla.chat(group)?.readOnly === false)
  t.match(await world.finish(atCarla.groups.find(group)), {
    ...{ subject: 'Choir', owner: ALICE_JID },
    members: [{ jid: ALICE_JID, isAdmin: true }, { jid: BOB_JID }, { jid: CARLA_JID }],
  })

  const told: unknown[] = []
  atAlice.subscribe((event) => {
    if (event.type === 'group') told.push([event.kind, event.by])
  })
  await world.finish(atAlice.groups.rename(group, 'Band'))
  await world.until(() => atBob.chat(group)?.name === 'Band')
  t.strictSame(told, [], 'the browser that asked is not told')
  await world.finish(alice.groups.change(group, { kind: 'subject', subject: 'Duo' }))
  await world.until(() => told.length > 0)
  t.strictSame(told, [['subject', ALICE_JID]], 'of a change on its own phone it is')

  await world.finish(atBob.groups.leave(group))
  await world.until(() => atBob.chat(group)?.readOnly === true)
  await world.until(() => atAlice.messages(group).at(-1)?.notice?.stub === 'GROUP_PARTICIPANT_LEAVE')
  t.match(await world.finish(atBob.groups.recall(group)), { jid: group, owner: ALICE_JID })
})
