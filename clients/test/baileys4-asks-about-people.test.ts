import t from 'tap'
import { ALICE_JID, BOB_JID } from 'scenarios/backstory'
import { baileys4Story } from '../src/baileys4-story.ts'
import { library } from '../src/baileys4.ts'

const { DELIVERY_ACK, READ } = library.WAMessageStatus

t.test('it learns who has an account', async (t) => {
  const { paired } = await baileys4Story(t)
  const { socket } = await paired()

  t.match(await socket.onWhatsApp(BOB_JID), { exists: true, jid: BOB_JID })
  t.equal(await socket.onWhatsApp('15550009999@s.whatsapp.net'), undefined)
})

t.test('it learns who has received and read a message', async (t) => {
  const { paired, bob, world } = await baileys4Story(t)
  const client = await paired()
  const sent = await client.socket.sendMessage(BOB_JID, { text: 'Seen this?' })
  const id = sent!.key.id!
  await world.until(() => client.statusesOf(id).includes(DELIVERY_ACK))

  await bob.markRead(ALICE_JID)
  await world.until(() => client.statusesOf(id).includes(READ))
  const info = await client.socket.messageInfo(BOB_JID, id)

  t.match(info, [{ userJid: BOB_JID, receiptTimestamp: Number, readTimestamp: Number }])
  t.equal(info.length, 1)
})
