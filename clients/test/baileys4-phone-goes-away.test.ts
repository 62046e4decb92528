import t from 'tap'
import { ALICE_JID, BOB_JID } from 'scenarios/backstory'
import { takeOffline } from 'scenarios/phone-absence'
import { baileys4Story } from '../src/baileys4-story.ts'
import { refusalOf, textOf } from '../src/baileys4.ts'

/** Its own are 20 s and 60 s; both are options. */
const timers = { phoneResponseTimeMs: 1_000, expectResponseTimeout: 20_000 }

t.jobs = 4 // the client waits more than it works

t.test('it notices that the phone is away, and that it is back; nothing is lost or doubled', async (t) => {
  const { paired, alice, bob, world } = await baileys4Story(t)
  const client = await paired({ timers })

  await takeOffline(world, alice)
  const sending = client.socket.sendMessage(BOB_JID, { text: 'Are you there?' })
  const asking = client.socket.fetchMessagesFromWA(BOB_JID, 5)
  await bob.sendText(ALICE_JID, 'I am here.')
  await world.until(() => client.phoneStates.at(-1) === false)
  t.equal(client.state, 'open', 'the connection stays')
  t.notOk(bob.messages(ALICE_JID).some(({ text }) => text === 'Are you there?'))

  alice.setDevice({ network: 'wifi' })
  await world.until(() => client.phoneStates.at(-1) === true)
  t.ok((await sending)!.key.id, 'what waited is answered')
  t.equal((await asking).length, 5)
  await world.until(() => bob.messages(ALICE_JID).some(({ text }) => text === 'Are you there?'))
  await world.until(() => client.announced(BOB_JID).some((message) => textOf(message) === 'I am here.'))

  t.strictSame(client.phoneStates, [false, true, false, true], 'unknown, paired, away, back')
  t.equal(bob.messages(ALICE_JID).filter(({ text }) => text === 'Are you there?').length, 1)
  t.equal(client.announced(BOB_JID).filter((message) => textOf(message) === 'I am here.').length, 1)
})

t.test(
  'it asks by itself whether the phone is there, and silence is the answer when it is not',
  async (t) => {
    const { paired, alice, world } = await baileys4Story(t)
    const client = await paired({ timers })
    let pongs = 0
    client.socket.ws.on('CB:Pong', () => pongs++)

    await client.socket.sendAdminTest()
    await world.until(() => pongs === 1)
    await takeOffline(world, alice)
    await client.socket.sendAdminTest()
    await client.socket.onWhatsApp(BOB_JID) // answered by the server, which has had the test by then
    t.equal(pongs, 1)
    alice.setDevice({ network: 'wifi' })
    await world.until(() => pongs === 2)
    t.equal(client.closedWith, null)
  },
)

t.test('it gives up a request whose answer got lost, once the phone has said that it is there', async (t) => {
  const { paired, world } = await baileys4Story(t)
  const client = await paired({ timers: { phoneResponseTimeMs: 500, expectResponseTimeout: 500 } })
  const lost = world.faults.add(
    { hop: 'browser-server', at: 'server', way: 'in', frame: 'binary', ordinal: 1 },
    { do: 'drop' },
  )

  t.equal(await refusalOf(client.socket.fetchMessagesFromWA(BOB_JID, 5)), 422)

  t.equal(lost.worked, 1)
  t.equal((await client.socket.fetchMessagesFromWA(BOB_JID, 5)).length, 5, 'the next one is answered')
  t.equal(client.phoneStates.at(-1), true)
})
