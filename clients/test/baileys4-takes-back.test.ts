import t from 'tap'
import { ALICE_JID, BOB_JID } from 'scenarios/backstory'
import { baileys4Story } from '../src/baileys4-story.ts'
import { library } from '../src/baileys4.ts'

const { REVOKE } = library.WAMessageStubType

t.test('it takes a message back: it is gone on both phones and in the browser of the other', async (t) => {
  const { paired, alice, bob, browsers, world } = await baileys4Story(t)
  const client = await paired()
  const bobsBrowser = await browsers.pair('bob', bob)
  const sent = await client.socket.sendMessage(BOB_JID, { text: 'The key is under the pot.' })
  const id = sent!.key.id!
  const shown = () => bobsBrowser.messages(ALICE_JID).find((message) => message.id === id)
  await world.until(() => shown()?.kind === 'text')

  await client.socket.sendMessage(BOB_JID, { delete: sent!.key })
  await world.until(() => shown()?.kind === 'revoked')

  for (const [phone, chat] of [
    [alice, BOB_JID],
    [bob, ALICE_JID],
  ] as const) {
    t.match(phone.messages(chat).at(-1), { id, type: 'revoked', text: '' })
  }
  t.match(
    client
      .all('messages.update')
      .flat()
      .filter(({ update }) => update.messageStubType === REVOKE),
    [{ key: { id, remoteJid: BOB_JID }, update: { message: null } }],
  )
})

t.test('it is told when the other takes a message back', async (t) => {
  const { paired, bob, world } = await baileys4Story(t)
  const client = await paired()
  const { id } = await bob.sendText(ALICE_JID, 'Forget this.')
  await world.until(() => client.announced(BOB_JID).length === 1)

  await bob.revoke(ALICE_JID, id)
  await world.until(() => client.all('messages.update').length > 0)

  t.match(client.all('messages.update'), [
    [{ key: { id, remoteJid: BOB_JID, fromMe: false }, update: { message: null, messageStubType: REVOKE } }],
  ])
  t.equal(client.announced(BOB_JID).length, 1)
  const [newest] = await client.socket.fetchMessagesFromWA(BOB_JID, 1)
  t.match(newest, { key: { id }, messageStubType: REVOKE })
})
