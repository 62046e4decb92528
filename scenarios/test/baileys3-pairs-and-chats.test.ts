import t from 'tap'
import { ALICE_JID, BOB_JID, MUM_JID, oldText } from '../src/backstory.ts'
import { baileys3Story } from '../src/baileys3-story.ts'
import { sendText } from '../src/baileys3.ts'

t.jobs = 4 // the client waits more than it works

t.test('it pairs, learns who it is, and receives contacts and chats', async (t) => {
  const { paired, alice } = await baileys3Story(t)
  const client = await paired()
  const { user, contacts, chats } = client.connection

  t.equal(client.connection.state, 'open')
  t.equal(user.jid, ALICE_JID)
  t.equal(user.name, 'Alice')
  t.equal(contacts[BOB_JID]?.name, 'Bob')
  t.equal(contacts[MUM_JID]?.name, 'Mum')
  t.strictSame(
    chats
      .all()
      .map((chat) => chat.jid)
      .sort(),
    [BOB_JID, MUM_JID],
  )
  t.equal(client.texts(BOB_JID).at(-1), oldText(5))
  t.equal(client.events.filter(({ name }) => name === 'qr').length, 1)
  t.match(alice.companions(), [{ name: /Baileys/, state: 'online' }])
})

t.test('it shows a text that another phone sends, once', async (t) => {
  const { paired, bob, world } = await baileys3Story(t)
  const client = await paired()

  await bob.sendText(ALICE_JID, 'Do you have pumpkins?')
  await world.until(() => client.texts(BOB_JID).includes('Do you have pumpkins?'))

  t.strictSame(
    client.announced(BOB_JID).filter((text) => text === 'Do you have pumpkins?'),
    ['Do you have pumpkins?'],
  )
  t.equal(client.connection.chats.get(BOB_JID).count, 1)
})

t.test('it sends a text that arrives in the phone of the other and in their browser', async (t) => {
  const { paired, bob, browsers, world } = await baileys3Story(t)
  const client = await paired()
  const bobsBrowser = await browsers.pair('bob', bob)

  const sent = await sendText(client, BOB_JID, 'Two, and a bag.')
  const textsOfBob = () => bob.messages(ALICE_JID).map(({ text }) => text)
  await world.until(() => textsOfBob().includes('Two, and a bag.'))
  await world.until(() => bobsBrowser.messages(ALICE_JID).some(({ text }) => text === 'Two, and a bag.'))
  const DELIVERED = 3
  await world.until(() => client.message(BOB_JID, sent.key.id!)?.status === DELIVERED)

  t.equal(textsOfBob().filter((text) => text === 'Two, and a bag.').length, 1)
  t.match(bob.messages(ALICE_JID).at(-1), { id: sent.key.id, fromMe: false, author: ALICE_JID })
})
