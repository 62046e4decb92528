import t from 'tap'
import { fillPhone, largeHistory } from 'harness/large-history'
import { BOB_JID, MUM_JID } from '../src/backstory.ts'
import { baileys3Story } from '../src/baileys3-story.ts'
import { textOf } from '../src/baileys3.ts'

const CHATS = 500
const CONTACTS = 2_000

t.test('it shows 500 chats with their newest message, and 2,000 contacts by name', async (t) => {
  const { paired, alice, world } = await baileys3Story(t)
  const history = largeHistory(
    'baileys',
    { messages: 2_000, chats: CHATS, contacts: CONTACTS },
    world.clock.now(),
  )
  await fillPhone(alice, history)
  const { connection, texts } = await paired()
  const known = connection.contacts
  for (const { number, name } of history.contacts) {
    const jid = `${number}@s.whatsapp.net`
    if (known[jid]?.name !== name) t.fail(`${jid} is ${known[jid]?.name} instead of ${name}`)
  }
  t.ok(Object.keys(known).length >= CONTACTS + 2)
  const chats = connection.chats.all()
  t.equal(chats.length, CHATS + 2)
  t.strictSame(
    chats.map(({ jid, count }) => [jid, count]).sort(),
    alice
      .chats()
      .map(({ jid, unread }) => [jid, unread])
      .sort(),
  )
  for (const { jid, lastMessage } of alice.chats()) {
    const newest = chats
      .find((chat) => chat.jid === jid)
      ?.messages.all()
      .at(-1)
    if (newest === undefined || textOf(newest) !== lastMessage?.text) t.fail(`newest message of ${jid}`)
  }
  const largest = `${history.partners[0]}@s.whatsapp.net`
  const [oldest] = connection.chats.get(largest).messages.all()
  const cursor = { id: oldest.key.id!, fromMe: oldest.key.fromMe! }
  const { messages } = await connection.loadMessages(largest, 50, cursor)
  const before = alice
    .messages(largest, 2_000)
    .filter(({ timestampMs }) => timestampMs < Number(oldest.messageTimestamp) * 1_000)
  t.strictSame(
    messages.map(textOf),
    before.slice(-50).map(({ text }) => text),
    'the page before what it has',
  )
  t.ok(texts(BOB_JID).length > 0 && texts(MUM_JID).length > 0, 'the older chats are there too')
})
