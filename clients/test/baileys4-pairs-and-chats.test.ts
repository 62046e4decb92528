import t from 'tap'
import { ALICE_JID, BOB_JID, MUM_JID, oldText } from 'scenarios/backstory'
import { baileys4Story } from '../src/baileys4-story.ts'
import { library, refusalOf, textOf } from '../src/baileys4.ts'

const { SERVER_ACK, DELIVERY_ACK, READ } = library.WAMessageStatus

t.test('it pairs, learns who it is, and receives contacts, chats and messages', async (t) => {
  const { paired, alice } = await baileys4Story(t)
  const client = await paired()

  t.equal(client.state, 'open')
  t.strictSame(client.socket.state.legacy?.user, { id: ALICE_JID, name: 'Alice' })
  t.match(alice.companions(), [{ name: /Baileys/, state: 'online' }])
  t.equal(client.all('connection.update').filter(({ qr }) => qr !== undefined).length, 1, 'one code')
  t.strictSame(
    client.all('contacts.set').map(({ contacts }) => contacts.map(({ id, name }) => [id, name])),
    [
      [
        [BOB_JID, 'Bob'],
        [MUM_JID, 'Mum'],
      ],
    ],
  )
  t.match(client.all('chats.set'), [
    {
      isLatest: true,
      chats: [
        { id: BOB_JID, unreadCount: 0, notSpam: true },
        { id: MUM_JID, unreadCount: 0, notSpam: true },
      ],
    },
  ])
  t.strictSame(client.history(BOB_JID).map(textOf), [1, 2, 3, 4, 5].map(oldText), 'each once, in order')
  t.strictSame(
    client.all('messages.set').map(({ isLatest }) => isLatest),
    [true, false],
    'the newest first',
  )
  t.strictSame(client.complaints, [])
})

t.test('it is told of a text that another phone sends, once', async (t) => {
  const { paired, bob, world } = await baileys4Story(t)
  const client = await paired()

  await bob.sendText(ALICE_JID, 'Do you have pumpkins?')
  await bob.sendText(ALICE_JID, 'Or a marrow?')
  await world.until(() => client.announced(BOB_JID).some((message) => textOf(message) === 'Or a marrow?'))

  t.strictSame(client.announced(BOB_JID).map(textOf), ['Do you have pumpkins?', 'Or a marrow?'])
  t.match(client.announced(BOB_JID)[0], { key: { fromMe: false }, pushName: 'Bob' })
  t.strictSame(
    client.all('messages.upsert').map(({ type }) => type),
    ['notify', 'notify'],
  )
  t.strictSame(
    client.all('chats.update').flatMap((chats) => chats.map(({ id, unreadCount }) => [id, unreadCount])),
    [
      [BOB_JID, 1],
      [BOB_JID, 1],
    ],
    'each adds one to the unread count',
  )
})

t.test('it is told of a text that its own phone sends', async (t) => {
  const { paired, alice, world } = await baileys4Story(t)
  const client = await paired()

  const { id } = await alice.sendText(BOB_JID, 'From the phone.')
  await world.until(() => client.statusesOf(id).includes(DELIVERY_ACK))

  t.match(client.announced(BOB_JID), [{ key: { fromMe: true, id } }])
  t.strictSame(client.announced(BOB_JID).map(textOf), ['From the phone.'])
})

t.test('it sends a text that arrives once, and follows it to the reader', async (t) => {
  const { paired, bob, browsers, world } = await baileys4Story(t)
  const client = await paired()
  const bobsBrowser = await browsers.pair('bob', bob)

  const sent = await client.socket.sendMessage(BOB_JID, { text: 'Two, and a bag.' })
  const id = sent!.key.id!
  t.equal(sent!.status, SERVER_ACK)
  await world.until(() => client.statusesOf(id).includes(DELIVERY_ACK))
  await world.until(() => bobsBrowser.messages(ALICE_JID).some((message) => message.id === id))
  t.notOk(client.statusesOf(id).includes(READ), 'not read yet')
  await bob.markRead(ALICE_JID)
  await world.until(() => client.statusesOf(id).includes(READ))

  t.strictSame(client.statusesOf(id), [DELIVERY_ACK, READ])
  t.match(
    client.all('message-receipt.update').flat(),
    [
      {
        key: { id, remoteJid: BOB_JID, fromMe: true },
        receipt: { userJid: BOB_JID, receiptTimestamp: Number },
      },
      { key: { id, remoteJid: BOB_JID, fromMe: true }, receipt: { userJid: BOB_JID, readTimestamp: Number } },
    ],
    'and each receipt has its time',
  )
  t.strictSame(
    bob
      .messages(ALICE_JID)
      .filter(({ text }) => text === 'Two, and a bag.')
      .map((message) => message.id),
    [id],
  )
})

t.test('without waiting for the answer it hears of every step', async (t) => {
  const { paired, world } = await baileys4Story(t)
  const client = await paired()

  const sent = await client.socket.sendMessage(BOB_JID, { text: 'No hurry.' }, { waitForAck: false })
  await world.until(() => client.statusesOf(sent!.key.id!).includes(DELIVERY_ACK))

  t.strictSame(client.statusesOf(sent!.key.id!), [SERVER_ACK, DELIVERY_ACK])
})

t.test('it writes to itself, and to a number that nobody has', async (t) => {
  const { paired, alice, world } = await baileys4Story(t)
  const client = await paired()

  const note = await client.socket.sendMessage(ALICE_JID, { text: 'Buy seeds.' })
  t.equal(note!.status, READ)
  await world.until(() => alice.messages(ALICE_JID).some(({ text }) => text === 'Buy seeds.'))
  t.equal(alice.messages(ALICE_JID).length, 1)

  const toNobody = client.socket.sendMessage('15550009999@s.whatsapp.net', { text: 'Anybody?' })
  t.equal(await refusalOf(toNobody), 404)
  t.equal(client.state, 'open')
})
