import type * as Baileys from '@adiwajshing/baileys'
import t, { type Test } from 'tap'
import { ALICE_JID, BOB_JID, MUM_JID, oldText } from '../src/backstory.ts'
import { baileys3Story } from '../src/baileys3-story.ts'
import { library, sendText, textOf } from '../src/baileys3.ts'

const { MessageType } = library

t.jobs = 4 // the client waits more than it works

/** Baileys with Alice, our own client with Bob. */
async function stage(t: Test, messages = 5) {
  const story = await baileys3Story(t, { messages })
  const client = await story.paired()
  const bobsBrowser = await story.browsers.pair('bob', story.bob)
  const last = () => story.bob.messages(ALICE_JID).at(-1)
  const ba = client.connection
  // its types ask for class instances where plain objects do
  const write = (content: object, type: Baileys.MessageType) =>
    ba.sendMessage(BOB_JID, content as never, type)
  return { ...story, client, ba, write, bobsBrowser, last }
}

t.test('it sends every content that is no file, and each arrives as it is', async (t) => {
  const { ba, write, bob, world, client, last } = await stage(t)
  const vcard = 'BEGIN:VCARD\nVERSION:3.0\nFN:Nora\nEND:VCARD'
  // prettier-ignore
  const sent = [
    ['extendedTextMessage', await sendText(client, BOB_JID, 'bare')],
    ['extendedTextMessage', await write({ text: '@15550002222', contextInfo: { mentionedJid: [BOB_JID] } }, MessageType.extendedText)],
    ['locationMessage', await write({ degreesLatitude: 52.5, degreesLongitude: 13.4 }, MessageType.location)],
    ['contactMessage', await write({ displayName: 'Nora', vcard }, MessageType.contact)],
    ['contactsArrayMessage', await write({ displayName: '2', contacts: [{ displayName: 'Nora', vcard }] }, MessageType.contactsArray)],
    ['groupInviteMessage', await write({ groupJid: '15550001111-1600000000@g.us', inviteCode: 'AbCd', groupName: 'Choir' }, MessageType.groupInviteMessage)],
    ['listMessage', await write({ buttonText: 'Open', description: 'Menu', listType: 1, sections: [{ title: 'Soup', rows: [{ title: 'Pumpkin', rowId: '1' }] }] }, MessageType.listMessage)],
    ['listMessage', await ba.sendListMessage(BOB_JID, { buttonText: 'Open', title: 'Menu', description: 'All' }, [{ title: 'Pumpkin', rowId: '1' }])],
    ['buttonsMessage', await write({ contentText: 'Sure?', headerType: 1, buttons: [{ buttonId: 'y', buttonText: { displayText: 'Yes' }, type: 1 }] }, MessageType.buttonsMessage)],
  ] as const
  await world.until(() => last()?.id === sent.at(-1)![1].key.id)
  t.strictSame(
    bob.messages(ALICE_JID, sent.length).map(({ id, type }) => [type, id]),
    sent.map(([type, message]) => [type, message.key.id]),
  )
})

t.test('it quotes, forwards and takes back, and the other side sees it', async (t) => {
  const { ba, bob, world, client, bobsBrowser, last } = await stage(t)
  const asked = client.connection.chats.get(BOB_JID).messages.all().at(-1)!
  await ba.sendMessage(BOB_JID, 'an answer', MessageType.text, { quoted: asked, detectLinks: false })
  const forwarded = await ba.forwardMessage(BOB_JID, asked)
  await world.until(() => last()?.id === forwarded.key.id)
  t.match(last(), { text: oldText(5), type: 'extendedTextMessage' })

  const regretted = await sendText(client, BOB_JID, 'regretted')
  await world.until(() => bobsBrowser.messages(ALICE_JID).some(({ text }) => text === 'regretted'))
  await ba.deleteMessage(BOB_JID, { id: regretted.key.id!, remoteJid: BOB_JID, fromMe: true })
  await world.until(() => last()?.type === 'revoked')
  await world.until(() => !bobsBrowser.messages(ALICE_JID).some(({ text }) => text === 'regretted'))
  t.equal(bob.messages(ALICE_JID).filter(({ text }) => text === 'regretted').length, 0)

  const { id } = await bob.sendText(ALICE_JID, 'his regret')
  await world.until(() => client.texts(BOB_JID).includes('his regret'))
  await bob.revoke(ALICE_JID, id)
  await world.until(() => client.message(BOB_JID, id)?.messageStubType === 1)
  t.notOk(client.texts(BOB_JID).includes('his regret'))
})

t.test('its disappearing messages disappear from both phones', async (t) => {
  const { ba, alice, bob, world, client, last } = await stage(t)
  await ba.toggleDisappearingMessages(BOB_JID, 2)
  await world.until(() => last()?.type === 'protocolMessage')
  await bob.sendText(ALICE_JID, 'gone in two seconds')
  await world.until(() => client.texts(BOB_JID).includes('gone in two seconds'))
  t.equal(ba.chats.get(BOB_JID).ephemeral, '2')
  const own = await sendText(client, BOB_JID, 'this too')
  await world.until(() => last()?.id === own.key.id)
  await world.until(() =>
    [alice.messages(BOB_JID), bob.messages(ALICE_JID)].every(
      (messages) => messages.at(-1)?.type === 'protocolMessage',
    ),
  )
  // the client itself goes on showing it: it filters a copy of its list when single messages are cleared
  await ba.toggleDisappearingMessages(BOB_JID, 0)
  await world.until(
    () => bob.messages(ALICE_JID).filter(({ type }) => type === 'protocolMessage').length === 2,
  )
})

t.test('it finds messages: by search, page, id and date, and how far they came', async (t) => {
  const { ba, alice, bob, world, client } = await stage(t, 60)
  const found = await ba.searchMessages('message 3', null, 5, 1)
  t.strictSame(found.messages.map(textOf), [39, 38, 37, 36, 35].map(oldText))
  t.equal(found.last, false)
  t.strictSame((await ba.searchMessages('plums', MUM_JID, 5, 1)).messages.length, 1)
  t.strictSame((await ba.searchMessages('plums', BOB_JID, 5, 1)).messages.length, 0)

  const newest = ba.chats.get(BOB_JID).messages.all().at(-1)!
  t.strictSame(
    (await ba.fetchMessagesFromWA(BOB_JID, 2, newest.key as never)).map(textOf),
    [58, 59].map(oldText),
  )
  t.strictSame((await ba.loadMessages(BOB_JID, 30)).messages.length, 30)
  const all: string[] = []
  await ba.loadAllMessages(BOB_JID, (message) => void all.push(textOf(message)), 40)
  t.strictSame(
    all,
    Array.from({ length: 60 }, (_, at) => oldText(60 - at)),
  )
  let seen = ''
  await ba.findMessage(BOB_JID, 25, (message) => (seen = textOf(message)) === oldText(4))
  t.equal(seen, oldText(4))
  const fourth = alice.messages(BOB_JID, 60)[3]
  t.equal((await ba.loadMessage(BOB_JID, fourth.id)).key.id, fourth.id)
  await bob.sendText(ALICE_JID, 'just now')
  await world.until(() => client.texts(BOB_JID).includes('just now'))
  t.strictSame((await ba.loadAllUnreadMessages()).map(textOf), ['just now'])
  t.ok((await ba.messagesReceivedAfter(new Date(Date.now() - 60_000))).map(textOf).includes('just now'))

  const sent = await sendText(client, BOB_JID, 'how far?')
  await world.until(() => bob.messages(ALICE_JID).at(-1)?.id === sent.key.id)
  await bob.markRead(ALICE_JID)
  await world.until(() => client.message(BOB_JID, sent.key.id!)?.status === 4)
  const info = await ba.messageInfo(BOB_JID, sent.key.id!)
  t.match(info, { reads: [{ jid: BOB_JID }], deliveries: [{ jid: BOB_JID }] })
})
