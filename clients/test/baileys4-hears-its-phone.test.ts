/** What the phone tells Baileys 4.4.0 unasked, and what it makes of it (spec 6, 9.1, 10.3, 12). */
import t from 'tap'
import { ALICE_JID, BOB_JID, oldText } from 'scenarios/backstory'
import { takeOffline } from 'scenarios/phone-absence'
import { baileys4Story } from '../src/baileys4-story.ts'
import { library, textOf } from '../src/baileys4.ts'

const { SERVER_ACK, DELIVERY_ACK } = library.WAMessageStatus

t.jobs = 4 // the client waits more than it works

t.test('unread messages come with the sync, each once', async (t) => {
  const { paired, alice, bob, world } = await baileys4Story(t, { messages: 30 })
  for (const text of ['one', 'two', 'three']) await bob.sendText(ALICE_JID, text)
  await world.until(() => alice.chats()[0].unread === 3)
  const client = await paired()
  const texts = client.history(BOB_JID).map(textOf)
  t.strictSame(texts.slice(-5), [oldText(29), oldText(30), 'one', 'two', 'three'])
  t.equal(texts.length, 22)
  t.equal(
    client
      .all('chats.set')
      .at(-1)
      ?.chats.find(({ id }) => id === BOB_JID)?.unreadCount,
    3,
  )
})

t.test('what is typed on the phone comes with the tick of the server, then the next one', async (t) => {
  const { paired, alice, world } = await baileys4Story(t)
  const client = await paired()
  const { id } = await alice.sendText(BOB_JID, 'typed here')
  await world.until(() => client.statusesOf(id).includes(DELIVERY_ACK))
  t.match(client.announced(BOB_JID), [{ key: { id, fromMe: true }, status: SERVER_ACK }])
  t.strictSame(client.statusesOf(id), [DELIVERY_ACK])
  t.strictSame(client.complaints, [], 'no receipt that it cannot read')
})

t.test('a live location that moves is announced again under its key, and is not new', async (t) => {
  const { paired, bob, world } = await baileys4Story(t)
  const client = await paired()
  const { id } = await bob.send(ALICE_JID, {
    liveLocationMessage: { degreesLatitude: 52.5, degreesLongitude: 13.4 },
  })
  await world.until(() => client.announced(BOB_JID).length === 1)
  await bob.moveLocation(ALICE_JID, id, { degreesLatitude: 52.6 })
  await world.until(() => client.announced(BOB_JID).length === 2)
  t.match(
    client
      .all('messages.upsert')
      .map(({ type, messages: [{ key, message }] }) => [
        type,
        key.id,
        message?.liveLocationMessage?.degreesLatitude,
      ]),
    [
      ['notify', id, 52.5],
      ['append', id, 52.6],
    ],
  )
})

t.test('a call that rings disturbs nothing; one that is missed is a notice', async (t) => {
  const { paired, bob, world } = await baileys4Story(t)
  const client = await paired()
  let rung = 0
  client.socket.ws.on('CB:Call', () => rung++)
  const { id } = await bob.calls.call(ALICE_JID)
  await world.until(() => rung === 1)
  await bob.calls.end(id)
  await world.until(() => client.announced(BOB_JID).length === 1)
  t.match(client.announced(BOB_JID), [{ key: { id }, messageStubType: 40 }])
  t.equal(client.state, 'open')
})

t.test('it hears that the phone is back although it has not asked', async (t) => {
  const { paired, client: makeClient, alice, world } = await baileys4Story(t)
  const first = await paired()
  const saved = first.credentials()
  first.stop()
  await takeOffline(world, alice)
  const client = makeClient({ saved })
  const heard: unknown[] = []
  client.socket.ws.on('CB:Pong', (json: unknown) => void heard.push(json))
  await world.until(() => client.state === 'open')
  alice.setDevice({ network: 'wifi' })
  await world.until(() => heard.length > 0)
  t.strictSame(heard, [['Pong', true]])
  t.equal(client.closedWith, null)
})

t.test('an outdated one is told to load again, and goes on', async (t) => {
  const { paired } = await baileys4Story(t, { config: { oldestClient: [2, 9_999, 0] } })
  const client = await paired()
  t.equal(client.state, 'open')
  t.strictSame(client.complaints, [])
})

t.test('it knows who is on a broadcast list of the phone, and writes to it', async (t) => {
  const { paired, alice, bob, world } = await baileys4Story(t)
  const client = await paired()
  const list = await alice.createBroadcastList('Choir', [BOB_JID])
  t.match(await client.socket.getBroadcastListInfo(list.jid), {
    subject: 'Choir',
    participants: [{ id: BOB_JID }],
  })
  await client.socket.sendMessage(list.jid, { text: 'to all' })
  await world.until(() => bob.messages(ALICE_JID).at(-1)?.text === 'to all')
})
