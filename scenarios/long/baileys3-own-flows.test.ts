/**
 * The flows that the client's authors tried by hand against the real service, with a person who scans codes and
 * switches the phone off when asked. Here the phone is told; the waits are the client's own.
 */
import { limit } from 'proto/limits'
import t from 'tap'
import { ALICE_JID, BOB_JID } from '../src/backstory.ts'
import { baileys3Story, connectAndSync, refusalOf } from '../src/baileys3-story.ts'
import { library, sendText, type Baileys3 } from '../src/baileys3.ts'

const { ChatModification, ReconnectMode } = library

t.jobs = 6 // the client waits more than it works

const eventsAfter = (client: Baileys3, from: number, name: string) =>
  client.events.slice(from).filter((event) => event.name === name)

t.test('it shows codes until nobody has scanned the last one', async (t) => {
  const { client } = await baileys3Story(t, { config: { refTtlMs: 300 } })
  const alone = client()
  t.match(await refusalOf(alone), { message: /429/ })
  t.equal(eventsAfter(alone, 0, 'qr').length, 6, 'the first code and five more')
})

t.test('it connects, restores its session, logs out, and cannot come back', async (t) => {
  const { paired, client } = await baileys3Story(t)
  const first = await paired()
  const { user, chats } = first.connection
  t.equal(user.jid, ALICE_JID)
  t.match(user.phone, { device_manufacturer: String, os_version: String })
  t.notOk(user.imgUrl)
  for (const chat of chats.all()) {
    t.match(chat, { jid: /@/, t: Number, count: Number })
    const keys = chat.messages.all().map(({ key }) => `${key.id}|${key.fromMe}`)
    t.equal(new Set(keys).size, keys.length, 'no message twice')
  }
  const saved = first.credentials()
  first.connection.close()

  const second = client(saved)
  await connectAndSync(second)
  t.equal(second.connection.user.jid, ALICE_JID)
  await second.connection.logout()
  t.match(await refusalOf(client(saved)), { status: 401 })
})

t.test('it waits for a phone that is away with many requests open, and gets them all answered', async (t) => {
  const { paired, alice, world } = await baileys3Story(t, { messages: 60 })
  const client = await paired()
  const from = client.events.length
  alice.setDevice({ network: 'none' })
  const history = client.connection.loadMessages(BOB_JID, 50)
  const about = client.connection.getStatus(BOB_JID)
  const picture = client.connection.getProfilePicture(BOB_JID).catch(() => '')
  t.ok(await about, 'the server answers what needs no phone')
  t.equal(await picture, '')
  await world.until(() => eventsAfter(client, from, 'connection-phone-change').length === 1, {
    withinMs: 30_000,
  })
  alice.setDevice({ network: 'wifi' })
  await world.until(() => eventsAfter(client, from, 'connection-phone-change').length === 2, {
    withinMs: 30_000,
  })
  t.strictSame(
    eventsAfter(client, from, 'connection-phone-change').map(({ value }) => value),
    [{ connected: false }, { connected: true }],
  )
  t.equal((await history).messages.length, 50)
  t.notOk((client.connection as unknown as { phoneCheckInterval?: unknown }).phoneCheckInterval)
})

t.test('it comes back by itself from broken connections, and then stays', async (t) => {
  const { paired, world, bob } = await baileys3Story(t)
  const client = await paired()
  client.connection.autoReconnect = ReconnectMode.onConnectionLost
  for (let round = 0; round < 3; round++) {
    const opened = client.event('open')
    client.loseSocket()
    await opened
  }
  const from = client.events.length
  await world.pass(62_000) // three of its keep-alives, and one phone check
  t.strictSame(eventsAfter(client, from, 'close'), [])
  t.ok(eventsAfter(client, from, 'received-pong').length >= 2)
  t.ok(await client.connection.getStatus())
  await bob.sendText(ALICE_JID, 'still there?')
  await world.until(() => client.texts(BOB_JID).includes('still there?'))
})

t.test('a frame that it cannot read ends its session, and it comes back', async (t) => {
  const { paired, world, bob } = await baileys3Story(t)
  const client = await paired()
  client.connection.autoReconnect = ReconnectMode.onAllErrors
  const from = client.events.length
  const rule = world.faults.add(
    { at: 'server', hop: 'browser-server', way: 'out', frame: 'binary' },
    { do: 'alter', to: () => 'some-tag,sdjjij1jo2ejo1je' },
  )
  await bob.sendText(ALICE_JID, 'first')
  await world.until(() => eventsAfter(client, from, 'close').length === 1)
  rule.remove()
  t.match(eventsAfter(client, from, 'close')[0].value, { reason: 'bad_session' })
  await world.until(() => eventsAfter(client, from, 'open').length === 1, { withinMs: 15_000 })
  await world.until(() => client.texts(BOB_JID).includes('first'))
})

t.test('closed again and again at other points of its start, it opens in the end', async (t) => {
  const { paired, client, world } = await baileys3Story(t)
  const saved = (await paired()).credentials()
  const second = client(saved)
  second.connection.autoReconnect = ReconnectMode.onAllErrors
  for (let afterMs = 5; ; afterMs *= 2) {
    const opening = second.connect().then(
      () => true,
      () => false,
    )
    await world.pass(afterMs)
    if (second.connection.state === 'open') break
    second.connection.close()
    if (await opening) break
  }
  t.equal(second.connection.state, 'open')
  await world.pass(2_000)
  t.equal(second.connection.state, 'open')

  const third = client(second.credentials())
  third.connection.autoReconnect = ReconnectMode.onAllErrors
  Object.assign(third.connection.connectOptions, { maxRetries: 10 })
  const opened = third.connect()
  for (const afterMs of [5, 40, 120]) {
    await world.pass(afterMs)
    third.loseSocket()
  }
  await opened
  t.equal(third.connection.state, 'open')
})

t.test('what changed on the phone while it was closed is told as a change, and nothing else', async (t) => {
  const { paired, alice, world } = await baileys3Story(t)
  const client = await paired()
  const { connection } = client
  connection.close()
  await alice.addContact({ number: '15550002222', name: 'Bobby' })
  Object.assign(connection.chats.get(BOB_JID), { archive: 'true', modify_tag: '1234' }) // as if it had known so
  const updates: object[] = []
  connection.on('chats-update', (chats) => updates.push(...chats))
  const contacts = new Promise<unknown>((resolve) => connection.once('contacts-received', resolve))
  await client.connect()
  t.match(await contacts, { updatedContacts: [{ jid: BOB_JID, name: 'Bobby' }] })
  await world.until(() => updates.some((update) => 'archive' in update))
  const changed = updates.filter((update) => 'modify_tag' in update)
  t.match(changed, [{ jid: BOB_JID, modify_tag: String }])
  t.equal(changed.length, 1)
})

t.test(
  'a request made while it is closed, or cut off with its connection, is answered when it is open',
  async (t) => {
    const { paired, world } = await baileys3Story(t)
    const client = await paired()
    client.connection.close()
    const asked = client.connection.query({ json: ['query', 'exist', BOB_JID], waitForOpen: true })
    await world.pass(500)
    await client.connect()
    t.match(await asked, { status: 200 })

    client.connection.autoReconnect = ReconnectMode.onConnectionLost
    const rule = world.faults.add(
      { at: 'server', hop: 'browser-server', way: 'out', frame: 'text' },
      { do: 'alter', to: () => '1234,["Pong",false]' },
    )
    const cancelled = client.connection.query({ json: ['query', 'exist', BOB_JID], waitForOpen: true })
    await world.until(() => rule.worked > 0)
    rule.remove()
    t.match(await cancelled, { status: 200 })
  },
)

t.test('a new message brings an archived chat back, on the phone as in the client', async (t) => {
  const { paired, client: makeClient, bob, world } = await baileys3Story(t)
  const client = await paired()
  const chat = () => client.connection.chats.get(BOB_JID)
  const places = () => client.connection.chats.all().findIndex(({ jid }) => jid === BOB_JID)
  const before = places()
  await client.connection.modifyChat(BOB_JID, ChatModification.archive)
  t.equal(chat().archive, 'true')
  t.ok(places() > before, 'it moves down')
  await sendText(client, BOB_JID, 'back')
  t.equal(chat().archive, undefined)
  t.equal(places(), before)
  await world.until(() => bob.messages(ALICE_JID).at(-1)?.text === 'back')
  client.connection.close()
  const fresh = makeClient(client.credentials())
  await connectAndSync(fresh)
  t.equal(fresh.connection.chats.get(BOB_JID).archive, undefined, 'and stays back')
})

t.test('it sees the gap between what it kept and what came meanwhile', async (t) => {
  const { paired, bob, alice, world } = await baileys3Story(t, { messages: 60 })
  const client = await paired()
  const { connection } = client
  connection.maxCachedMessages = 200
  await connection.loadMessages(BOB_JID, 60)
  connection.close()
  const missed = limit('SYNC_UNREAD_MESSAGES') + 20 // more than a sync brings
  for (let n = 0; n < missed; n++) await bob.sendText(ALICE_JID, `meanwhile ${n}`)
  await world.until(() => alice.messages(BOB_JID).at(-1)?.text === `meanwhile ${missed - 1}`)
  const data = new Promise<unknown>((resolve) => connection.once('initial-data-received', resolve))
  await client.connect()
  t.match(await data, { chatsWithMissingMessages: [{ jid: BOB_JID, count: Number }] })
  t.notOk(client.texts(BOB_JID).includes('old message 1'), 'what lies behind the gap is let go')
  // it sorts messages of one second by a hash of their ids
  t.ok(client.texts(BOB_JID).includes(`meanwhile ${missed - 1}`))
})

t.test('what it searches for may be in any script', async (t) => {
  const { paired, alice } = await baileys3Story(t)
  const client = await paired()
  await alice.sendText(BOB_JID, '剛剛試咗😋一個字')
  for (const jid of [null, BOB_JID]) {
    const found = await client.connection.searchMessages('試咗😋', jid, 25, 1)
    t.equal(found.messages.length, 1)
    t.equal((await client.connection.searchMessages('not there', jid, 25, 1)).messages.length, 0)
  }
})

t.test('a message that was sent already is taken as sent: nothing is sent twice', async (t) => {
  const { paired, bob, world } = await baileys3Story(t)
  const client = await paired()
  const message = await sendText(client, BOB_JID, 'once')
  await client.connection.relayWAMessage(message)
  await sendText(client, BOB_JID, 'last')
  await world.until(() => bob.messages(ALICE_JID).at(-1)?.text === 'last')
  t.equal(bob.messages(ALICE_JID).filter(({ text }) => text === 'once').length, 1)
})
