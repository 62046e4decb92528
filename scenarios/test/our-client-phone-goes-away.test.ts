import t from 'tap'
import { ALICE_JID, BOB_JID } from '../src/backstory.ts'
import { BOTH_TIMES, clientStory } from '../src/client-story.ts'
import { takeOffline } from '../src/phone-absence.ts'

for (const clock of BOTH_TIMES) {
  t.test(
    `it tells an unreachable phone from a lost server, and catches up when it is back (${clock} time)`,
    async (t) => {
      const { browsers, alice, bob, world } = await clientStory(t, { clock })
      const client = await browsers.pair('alice', alice)
      await world.until(() => client.messages(BOB_JID).length === 5)

      await takeOffline(world, alice)
      const sent = client.send(BOB_JID, 'Are you there?')
      await world.finish(bob.sendText(ALICE_JID, 'I am here.'))
      await world.until(() => client.state === 'phoneUnreachable', { withinMs: 20_000 })
      t.equal(client.messages(BOB_JID).find(({ id }) => id === sent.id)?.status, 'pending')
      t.notOk(bob.messages(ALICE_JID).some(({ text }) => text === 'Are you there?'))

      alice.setDevice({ network: 'wifi' })
      await world.until(() => client.state === 'open', { withinMs: 20_000 })
      await world.until(
        () => client.messages(BOB_JID).find(({ id }) => id === sent.id)?.status === 'delivered',
      )
      await world.until(() => client.messages(BOB_JID).some(({ text }) => text === 'I am here.'))

      t.equal(bob.messages(ALICE_JID).filter(({ text }) => text === 'Are you there?').length, 1)
      t.equal(client.messages(BOB_JID).filter(({ text }) => text === 'I am here.').length, 1)
    },
  )
}

t.test('it keeps what is sent to a phone that sleeps for a week (virtual time)', async (t) => {
  const { browsers, alice, bob, world } = await clientStory(t, { clock: 'virtual' })
  const client = await browsers.pair('bob', bob)
  alice.setDevice({ app: 'killed' })
  const sent = client.send(ALICE_JID, 'See you next week!')
  await world.until(() => client.messages(ALICE_JID).find(({ id }) => id === sent.id)?.status === 'server')

  await world.virtual!.jump(7 * 86_400_000)
  await world.pass(60_000)
  t.notOk(alice.messages(BOB_JID).some(({ text }) => text === 'See you next week!'))

  alice.setDevice({ app: 'running' })
  await world.until(() => alice.messages(BOB_JID).some(({ text }) => text === 'See you next week!'))
  await world.until(() => client.messages(ALICE_JID).find(({ id }) => id === sent.id)?.status === 'delivered')
  t.equal(alice.messages(BOB_JID).filter(({ text }) => text === 'See you next week!').length, 1)
})

t.test(
  'it sends again under the same id what was lost together with the link of the phone (virtual time)',
  async (t) => {
    const { browsers, alice, bob, world } = await clientStory(t, { clock: 'virtual' })
    const client = await browsers.pair('alice', alice)
    await world.pass(5_000)
    const lost = world.faults.add(
      { hop: 'phone-server', at: `phone:${alice.number}`, way: 'in', frame: 'binary', ordinal: 1 },
      { do: 'drop' },
    )
    const sent = client.send(BOB_JID, 'Did you get this?')
    await world.pass(100)
    t.equal(lost.worked, 1)
    await takeOffline(world, alice)
    alice.setDevice({ network: 'wifi' })

    await world.until(() => client.messages(BOB_JID).find(({ id }) => id === sent.id)?.status === 'delivered')
    t.equal(bob.messages(ALICE_JID).filter(({ text }) => text === 'Did you get this?').length, 1)
  },
)
