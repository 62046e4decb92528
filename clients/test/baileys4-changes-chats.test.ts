import t from 'tap'
import { ALICE_JID, BOB_JID, MUM_JID, oldText } from 'scenarios/backstory'
import { baileys4Story, type Baileys4Story } from '../src/baileys4-story.ts'
import { refusalOf, textOf, type Baileys4 } from '../src/baileys4.ts'

const HOUR_S = 3_600

t.test('it reads a chat: its phone counts nothing any more, and the writer is told', async (t) => {
  const { paired, alice, bob, world } = await baileys4Story(t)
  const client = await paired()
  await bob.sendText(ALICE_JID, 'one')
  await bob.sendText(ALICE_JID, 'two')
  await world.until(() => client.announced(BOB_JID).length === 2)
  t.equal(unreadOf(alice, BOB_JID), 2)

  await client.socket.chatRead(client.announced(BOB_JID)[1].key, 2)

  t.equal(unreadOf(alice, BOB_JID), 0)
  await world.until(() =>
    bob
      .messages(ALICE_JID)
      .slice(-2)
      .every(({ status }) => status === 'read'),
  )
  t.match(client.all('chats.update').at(-1), [{ id: BOB_JID, unreadCount: 0 }])
})

t.test('it marks a chat unread and read again', async (t) => {
  const { paired, alice } = await baileys4Story(t)
  const client = await paired()
  const lastMessages = client.history(BOB_JID)

  await client.socket.chatModify({ markRead: false, lastMessages }, BOB_JID, {})
  t.equal(unreadOf(alice, BOB_JID), -1)
  t.equal((await chatOf(client, BOB_JID))?.unreadCount, -1)

  await client.socket.chatModify({ markRead: true, lastMessages }, BOB_JID, {})
  t.equal(unreadOf(alice, BOB_JID), 0)
})

t.test('it is told when a chat is read on the phone', async (t) => {
  const { paired, alice, bob, world } = await baileys4Story(t)
  const client = await paired()
  await bob.sendText(ALICE_JID, 'for the phone')
  await world.until(() => client.announced(BOB_JID).length === 1)

  await alice.markRead(BOB_JID)
  await world.until(() =>
    client
      .all('chats.update')
      .flat()
      .some(({ unreadCount }) => unreadCount === 0),
  )

  t.match(client.all('chats.update').at(-1), [{ id: BOB_JID, unreadCount: 0 }])
})

t.test('it is told what the person changes on the phone', async (t) => {
  const { paired, alice, world } = await baileys4Story(t)
  const client = await paired()
  const { tidying } = alice
  const changes = () => client.all('chats.update').flat()
  const becomes = async (
    work: Promise<unknown>,
    isSo: (chat: ReturnType<typeof changes>[number] | undefined) => boolean,
  ) => {
    await work
    await world.until(() => isSo(changes().at(-1)))
    t.equal(changes().at(-1)!.id, BOB_JID)
  }
  const untilMs = Math.floor(Date.now() / 1000 + HOUR_S) * 1000

  await becomes(tidying.change(BOB_JID, { archived: true }), (chat) => chat?.archive === true)
  await becomes(tidying.change(BOB_JID, { archived: false }), (chat) => chat?.archive === false)
  await becomes(tidying.change(BOB_JID, { pinned: true }), (chat) => Number(chat?.pin) > 1_600_000_000)
  await becomes(
    tidying.change(BOB_JID, { pinned: false }),
    (chat) => chat !== undefined && 'pin' in chat && !chat.pin,
  )
  await becomes(tidying.change(BOB_JID, { mutedUntilMs: untilMs }), (chat) => chat?.mute === untilMs / 1000)
  await becomes(
    tidying.change(BOB_JID, { mutedUntilMs: null }),
    (chat) => chat !== undefined && 'mute' in chat && !chat.mute,
  )
  await becomes(tidying.change(BOB_JID, { unread: true }), (chat) => chat?.unreadCount === -1)
  await becomes(tidying.change(BOB_JID, { unread: false }), (chat) => chat?.unreadCount === 0)

  const [first, second] = alice.messages(BOB_JID)
  const stars = () => client.all('messages.update').flat()
  for (const starred of [true, false]) {
    await tidying.star(BOB_JID, first, starred)
    await world.until(() => stars().at(-1)?.update.starred === starred)
    t.match(stars().at(-1), { key: { remoteJid: BOB_JID, id: first.id, fromMe: first.fromMe } })
  }
  await tidying.deleteMessage(BOB_JID, second)
  await world.until(() => client.all('messages.delete').length === 1)
  t.match(client.all('messages.delete'), [{ keys: [{ id: second.id, remoteJid: BOB_JID }] }])
  await tidying.clear(BOB_JID)
  await world.until(() => client.all('messages.delete').length === 2)
  t.strictSame(client.all('messages.delete').at(-1), { jid: BOB_JID, all: true })
  await tidying.delete(BOB_JID)
  await world.until(() => client.all('chats.delete').length === 1)
  t.strictSame(client.all('chats.delete'), [[BOB_JID]])
  t.strictSame(client.complaints, [])
})

t.test('it archives a chat and takes it out again', async (t) => {
  const { paired } = await baileys4Story(t)
  const client = await paired()
  const lastMessages = client.history(BOB_JID)

  await client.socket.chatModify({ archive: true, lastMessages }, BOB_JID, {})
  t.match(client.all('chats.update').at(-1), [{ id: BOB_JID, archive: true }])
  t.equal((await chatOf(client, BOB_JID))?.archive, true)

  await client.socket.chatModify({ archive: false, lastMessages }, BOB_JID, {})
  t.equal((await chatOf(client, BOB_JID))?.archive, undefined)
})

t.test('it pins a chat and unpins it', async (t) => {
  const { paired } = await baileys4Story(t)
  const client = await paired()

  await client.socket.chatModify({ pin: true }, MUM_JID, {})
  const { pin } = (await chatOf(client, MUM_JID))!
  t.strictSame(client.all('chats.update').at(-1), [{ id: MUM_JID, pin }])
  t.ok(Math.abs(pin! - Date.now() / 1000) < 60, 'since now')

  await client.socket.chatModify({ pin: false }, MUM_JID, { pin: pin! })
  t.equal((await chatOf(client, MUM_JID))?.pin, undefined)
})

t.test('it mutes a chat for an hour and unmutes it', async (t) => {
  const { paired } = await baileys4Story(t)
  const client = await paired()

  await client.socket.chatModify({ mute: HOUR_S }, BOB_JID, {})
  const { mute } = (await chatOf(client, BOB_JID))!
  t.strictSame(client.all('chats.update').at(-1), [{ id: BOB_JID, mute }])
  t.ok(Math.abs(mute! - Date.now() / 1000 - HOUR_S) < 60, 'until in an hour')

  await client.socket.chatModify({ mute: null }, BOB_JID, { mute: mute! })
  t.equal((await chatOf(client, BOB_JID))?.mute, undefined)
})

t.test('it stars messages, which stays with them, and takes the star away', async (t) => {
  const { paired } = await baileys4Story(t)
  const client = await paired()
  const [, second, third] = client.history(BOB_JID)
  const messages = [second, third].map(({ key }) => ({ id: key.id!, fromMe: key.fromMe! }))
  const starred = async () =>
    (await client.socket.fetchMessagesFromWA(BOB_JID, 5)).filter((message) => message.starred).map(textOf)

  await client.socket.chatModify({ star: { messages, star: true } }, BOB_JID, {})
  t.strictSame(await starred(), [oldText(2), oldText(3)])
  t.strictSame(
    client.all('messages.update').flat(),
    messages.map(({ id, fromMe }) => ({
      key: { remoteJid: BOB_JID, id, fromMe },
      update: { starred: true },
    })),
  )

  await client.socket.chatModify({ star: { messages: messages.slice(0, 1), star: false } }, BOB_JID, {})
  t.strictSame(await starred(), [oldText(3)])
})

t.test('it deletes single messages for itself, then all; the other keeps them', async (t) => {
  const { paired, alice, bob } = await baileys4Story(t)
  const client = await paired()
  const texts = () => alice.messages(BOB_JID).map(({ text }) => text)
  const messages = client
    .history(BOB_JID)
    .slice(1, 3)
    .map(({ key, messageTimestamp }) => ({
      id: key.id!,
      fromMe: key.fromMe!,
      timestamp: Number(messageTimestamp),
    }))

  await client.socket.chatModify({ clear: { messages } }, BOB_JID, {})
  t.strictSame(texts(), [1, 4, 5].map(oldText))
  t.strictSame(client.all('messages.delete'), [
    { keys: messages.map(({ id }) => ({ id, remoteJid: BOB_JID })) },
  ])

  await client.socket.chatModify({ clear: 'all' }, BOB_JID, {})
  t.strictSame(texts(), [])
  t.strictSame(client.all('messages.delete').at(-1), { jid: BOB_JID, all: true })
  t.ok(await chatOf(client, BOB_JID), 'the chat itself stays')
  t.strictSame(
    bob.messages(ALICE_JID).map(({ text }) => text),
    [1, 2, 3, 4, 5].map(oldText),
  )
})

t.test('it deletes a chat, which comes back with the next message', async (t) => {
  const { paired, alice, bob, world } = await baileys4Story(t)
  const client = await paired()

  await client.socket.chatModify({ delete: true, lastMessages: client.history(BOB_JID) }, BOB_JID, {})
  t.strictSame(client.all('chats.delete'), [[BOB_JID]])
  t.strictSame(
    alice.chats().map(({ jid }) => jid),
    [MUM_JID],
  )

  await bob.sendText(ALICE_JID, 'Still there?')
  await world.until(() => client.announced(BOB_JID).length > 0)
  t.strictSame(
    alice.messages(BOB_JID).map(({ text }) => text),
    ['Still there?'],
  )
})

t.test('a chat that does not exist cannot be changed', async (t) => {
  const { paired } = await baileys4Story(t)
  const client = await paired()

  t.equal(await refusalOf(client.socket.chatModify({ pin: true }, '15550009999@s.whatsapp.net', {})), 404)
  t.strictSame(client.all('chats.update'), [])
  t.equal(client.state, 'open')
})

t.test('what it changed is what the next browser of the phone shows', async (t) => {
  const { paired, browsers, alice, world } = await baileys4Story(t)
  const client = await paired()
  await client.socket.chatModify({ pin: true }, MUM_JID, {})
  await client.socket.chatModify({ mute: HOUR_S }, MUM_JID, {})
  await client.socket.chatModify({ archive: true, lastMessages: client.history(BOB_JID) }, BOB_JID, {})

  const ours = await browsers.pair('kitchen', alice)
  await world.until(() => ours.chats().length === 2)

  t.match(
    ours.chats().map(({ jid, pinned, archived, mutedUntil }) => ({
      jid,
      pinned,
      archived,
      muted: mutedUntil !== null,
    })),
    [
      { jid: MUM_JID, pinned: true, archived: false, muted: true },
      { jid: BOB_JID, pinned: false, archived: true, muted: false },
    ],
  )
})

/** The chat as the phone lists it now. */
async function chatOf(client: Baileys4, jid: string) {
  const { socket } = client
  const list = socket.waitForMessage(await socket.sendChatsQuery(socket.currentEpoch()), true)
  await list.promise
  return client
    .all('chats.set')
    .at(-1)!
    .chats.find(({ id }) => id === jid)
}

function unreadOf(phone: Baileys4Story['alice'], jid: string): number | undefined {
  return phone.chats().find((chat) => chat.jid === jid)?.unread
}
