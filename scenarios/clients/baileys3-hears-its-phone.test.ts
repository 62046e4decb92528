/** What the phone tells Baileys 3.5.3 unasked, and what it makes of it (spec 6, 9.1, 10.3, 12). */
import t from 'tap'
import { ALICE_JID, BOB_JID, oldText } from '../src/backstory.ts'
import { baileys3Story } from '../src/baileys3-story.ts'
import { takeOffline } from '../src/phone-absence.ts'

const { SERVER_ACK, DELIVERY_ACK } = { SERVER_ACK: 2, DELIVERY_ACK: 3 }

t.jobs = 4 // the client waits more than it works

t.test('unread messages are in their chat, between the newest and the older ones', async (t) => {
  const { paired, alice, bob, world } = await baileys3Story(t, { messages: 30 })
  for (const text of ['one', 'two', 'three']) await bob.sendText(ALICE_JID, text)
  await world.until(() => alice.chats()[0].unread === 3)
  const client = await paired()
  t.strictSame(client.texts(BOB_JID).slice(-5), [oldText(29), oldText(30), 'one', 'two', 'three'])
  t.equal(client.texts(BOB_JID).length, 22)
  t.equal(client.connection.chats.get(BOB_JID).count, 3)
})

t.test('what is typed on the phone comes with the tick of the server, then the next one', async (t) => {
  const { paired, alice, world } = await baileys3Story(t)
  const client = await paired()
  const statuses: unknown[] = []
  client.connection.on('chat-update', ({ messages }) => {
    for (const { key, status } of messages?.all() ?? []) if (key.fromMe) statuses.push(status)
  })
  const { id } = await alice.sendText(BOB_JID, 'typed here')
  await world.until(() => client.message(BOB_JID, id)?.status === DELIVERY_ACK)
  t.strictSame(statuses, [SERVER_ACK, DELIVERY_ACK])
})

t.test('a live location that moves is one message, which is there then', async (t) => {
  const { paired, bob, world } = await baileys3Story(t)
  const client = await paired()
  const { id } = await bob.send(ALICE_JID, {
    liveLocationMessage: { degreesLatitude: 52.5, degreesLongitude: 13.4 },
  })
  await world.until(() => client.message(BOB_JID, id) !== null)
  const { length } = client.texts(BOB_JID)
  const { count } = client.connection.chats.get(BOB_JID)
  await bob.moveLocation(ALICE_JID, id, { degreesLatitude: 52.6 })
  const place = () => client.message(BOB_JID, id)?.message?.liveLocationMessage?.degreesLatitude
  await world.until(() => place() === 52.6)
  t.equal(client.texts(BOB_JID).length, length)
  t.equal(client.connection.chats.get(BOB_JID).count, count, 'nothing more to read')
})

t.test('a call that rings disturbs nothing; one that is missed is a notice', async (t) => {
  const { paired, bob, world } = await baileys3Story(t)
  const client = await paired()
  const rung = new Promise((resolve) => client.connection.on('CB:Call', resolve))
  const { id } = await bob.calls.call(ALICE_JID)
  t.match(await rung, ['Call', { id, type: 'offer' }])
  await bob.calls.end(id)
  await world.until(() => client.message(BOB_JID, id)?.messageStubType === 40)
  t.equal(client.connection.state, 'open')
})

t.test('it hears that the phone is back although it has not asked', async (t) => {
  const { paired, client: makeClient, alice, world } = await baileys3Story(t)
  const first = await paired()
  first.stop()
  await takeOffline(world, alice)
  const client = makeClient(first.credentials())
  const heard: unknown[] = []
  client.connection.on('CB:Pong', (json: unknown) => void heard.push(json))
  await client.connect()
  alice.setDevice({ network: 'wifi' })
  await world.until(() => heard.length > 0)
  t.strictSame(heard, [['Pong', true]])
  t.equal(client.connection.phoneConnected, true)
})
