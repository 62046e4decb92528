import t from 'tap'
import { ALICE_JID, BOB_JID, MUM_JID, oldText } from '../src/backstory.ts'
import { baileys3Story, connectAndSync } from '../src/baileys3-story.ts'
import { library, sendText } from '../src/baileys3.ts'

const { ChatModification } = library
const DAY_MS = 86_400_000

t.test('what it does to chats is true on the phone, for a browser that comes later, and after', async (t) => {
  const story = await baileys3Story(t)
  const { alice, bob, browsers, world } = story
  const client = await story.paired()
  const ba = client.connection
  const unread = () => alice.chats().find(({ jid }) => jid === BOB_JID)?.unread

  await bob.sendText(ALICE_JID, 'unread')
  await world.until(() => client.texts(BOB_JID).includes('unread'))
  t.equal(unread(), 1)
  await ba.chatRead(BOB_JID)
  t.equal(unread(), 0)
  await world.until(() => bob.messages(ALICE_JID).at(-1)?.status === 'read')
  await ba.chatRead(BOB_JID, 'unread')
  t.equal(unread(), -1)
  const last = ba.chats.get(BOB_JID).messages.all().at(-1)!
  // eslint-disable-next-line @typescript-eslint/no-deprecated -- programs of that time call it
  await ba.sendReadReceipt(BOB_JID, last.key, 1)
  t.equal(unread(), 0)

  await ba.modifyChat(BOB_JID, ChatModification.archive)
  await ba.modifyChat(BOB_JID, ChatModification.mute, DAY_MS)
  await ba.modifyChat(MUM_JID, ChatModification.pin, 0)
  await ba.starMessage(last.key)

  const later = await browsers.pair('later', alice)
  await world.until(() => later.chat(BOB_JID) !== null && later.chat(MUM_JID) !== null)
  t.match(later.chat(BOB_JID), { archived: true, mutedUntil: Number })
  t.match(later.chat(MUM_JID), { pinned: true })
  browsers.stop()

  const again = story.client(client.credentials())
  await connectAndSync(again)
  t.match(again.connection.chats.get(BOB_JID), { archive: 'true' })
  t.match(again.connection.chats.get(BOB_JID).messages.all().at(-1), { starred: true })
  await again.connection.modifyChat(BOB_JID, ChatModification.unarchive)
  await again.connection.modifyChat(BOB_JID, ChatModification.unmute)
  await again.connection.modifyChat(MUM_JID, ChatModification.unpin)
  await again.connection.starMessage(last.key, 'unstar')
  const third = story.client(again.credentials())
  await connectAndSync(third)
  const { chats } = third.connection
  t.equal(chats.get(BOB_JID).archive, undefined)
  t.equal(chats.get(BOB_JID).mute, undefined)
  t.equal(chats.get(MUM_JID).pin, undefined)
  t.notOk(chats.get(BOB_JID).messages.all().at(-1)!.starred)
})

t.test('what it deletes is gone from the phone, and only from this one', async (t) => {
  const story = await baileys3Story(t)
  const { alice, bob, world } = story
  const client = await story.paired()
  const ba = client.connection
  const texts = () => alice.messages(BOB_JID).map(({ text }) => text)

  const sent = await sendText(client, BOB_JID, 'only for him')
  await world.until(() => bob.messages(ALICE_JID).some(({ text }) => text === 'only for him'))
  await ba.clearMessage(sent.key)
  t.notOk(texts().includes('only for him'))
  t.ok(bob.messages(ALICE_JID).some(({ text }) => text === 'only for him'))

  const kept = ba.chats.get(BOB_JID).messages.all().at(-1)!
  await ba.starMessage(kept.key)
  await ba.modifyChat(BOB_JID, ChatModification.clear, true)
  t.strictSame(texts(), [oldText(5)], 'the starred one stays')
  await ba.modifyChat(BOB_JID, ChatModification.clear, false)
  t.strictSame(texts(), [])
  await ba.modifyChat(MUM_JID, ChatModification.delete)
  t.notOk(alice.chats().some(({ jid }) => jid === MUM_JID))
  t.equal(bob.messages(ALICE_JID).length, 6, 'nothing is lost at the other side')
})

t.test('what the phone does shows in it at once', async (t) => {
  const { world, alice, paired, bob } = await baileys3Story(t)
  const client = await paired()
  const { contacts, chats } = client.connection
  await alice.addContact({ number: '15550007777', name: 'Zoe' })
  await world.until(() => contacts['15550007777@s.whatsapp.net']?.name === 'Zoe')
  await bob.sendText(ALICE_JID, 'read me')
  await world.until(() => chats.get(BOB_JID).count === 1)
  await alice.markRead(BOB_JID)
  await world.until(() => chats.get(BOB_JID).count === 0)
  await alice.sendText(BOB_JID, 'typed on the phone')
  await world.until(() => client.texts(BOB_JID).includes('typed on the phone'))

  t.match(await client.connection.getContacts(), ['response', { type: 'contacts' }])
  t.match(await client.connection.getChats(), ['response', { type: 'chat' }])
  t.strictSame(
    client.connection.loadChats(10, null).chats.map(({ jid }) => jid),
    [BOB_JID, MUM_JID],
  )
})

t.test('what the person changes on the phone shows in it at once, as far as it listens', async (t) => {
  const { world, alice, paired } = await baileys3Story(t)
  const client = await paired()
  const { chats, contacts } = client.connection
  const { tidying } = alice
  const chat = () => chats.get(BOB_JID)
  const texts = () => client.texts(BOB_JID)

  await tidying.change(BOB_JID, { archived: true })
  await world.until(() => chat().archive === 'true')
  await tidying.change(BOB_JID, { archived: false })
  await world.until(() => chat().archive === undefined)
  await tidying.change(BOB_JID, { pinned: true })
  await world.until(() => Number(chat().pin) > 1_600_000_000)
  await tidying.change(BOB_JID, { pinned: false })
  await world.until(() => chat().pin === undefined)
  await tidying.change(BOB_JID, { unread: true })
  await world.until(() => chat().count === -1)
  await tidying.change(BOB_JID, { unread: false })
  await world.until(() => chat().count === 0)

  // it does not listen to these (spec 10.3), and goes on
  const [first] = alice.messages(BOB_JID)
  await tidying.change(BOB_JID, { mutedUntilMs: -1 })
  await tidying.star(BOB_JID, first, true)

  await alice.addContact({ number: '15550007777', name: 'Zoe' })
  await world.until(() => contacts['15550007777@s.whatsapp.net']?.name === 'Zoe')
  await alice.removeContact('15550007777')
  await world.until(() => contacts['15550007777@s.whatsapp.net']?.name === undefined)

  t.equal(texts().length, 5)
  await tidying.clear(BOB_JID)
  await world.until(() => texts().length === 0)
  // of a chat that was archived and taken out again it loses the place, and cannot delete it
  await tidying.delete(MUM_JID)
  await world.until(() => chats.get(MUM_JID) === undefined)
  t.equal(client.connection.state, 'open')
})
