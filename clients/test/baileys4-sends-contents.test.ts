import t from 'tap'
import type { AnyMessageContent, WAMessage } from '@adiwajshing/baileys'
import { ALICE_JID, BOB_JID, MUM_JID } from 'scenarios/backstory'
import { baileys4Story } from '../src/baileys4-story.ts'
import { contentOf, library } from '../src/baileys4.ts'

const { proto } = library

const card = (name: string) => ({
  displayName: name,
  vcard: `BEGIN:VCARD\nVERSION:3.0\nFN:${name}\nEND:VCARD`,
})

/** What is sent, and the type that the other phone takes it for. */
const contents: readonly (readonly [what: string, type: string, content: AnyMessageContent])[] = [
  ['a text', 'extendedTextMessage', { text: 'Just words' }],
  ['a text with a mention', 'extendedTextMessage', { text: 'Ask @15550003333', mentions: [MUM_JID] }],
  ['a location', 'locationMessage', { location: { degreesLatitude: -13.163, degreesLongitude: -72.545 } }],
  ['a contact', 'contactMessage', { contacts: { contacts: [card('Mum')] } }],
  [
    'two contacts',
    'contactsArrayMessage',
    { contacts: { displayName: '2', contacts: [card('Mum'), card('Bob')] } },
  ],
  [
    'a text with buttons',
    'buttonsMessage',
    { text: 'Tea?', buttons: [{ buttonId: 'y', buttonText: { displayText: 'Yes' } }] },
  ],
  [
    'a list',
    'listMessage',
    {
      text: 'Pick',
      buttonText: 'Open',
      sections: [{ title: 'Fruit', rows: [{ rowId: '1', title: 'Plum' }] }],
    },
  ],
  [
    'an answer to a button',
    'buttonsResponseMessage',
    { type: 'plain', buttonReply: { id: 'y', displayText: 'Yes', index: 0 } },
  ],
  [
    'a text with template buttons',
    'templateMessage',
    { text: 'Go', templateButtons: [{ index: 1, urlButton: { displayText: 'x', url: 'y' } }] },
  ],
]

t.test('what it sends arrives at the other client as it was, field by field', async (t) => {
  const { paired, bob, world } = await baileys4Story(t)
  const alices = await paired()
  const bobs = await paired({ phone: bob })

  for (const [what, type, content] of contents) {
    const sent = await alices.socket.sendMessage(BOB_JID, content)
    const arrived = () => bobs.announced(ALICE_JID).find(({ key }) => key.id === sent!.key.id)
    await world.until(() => arrived() !== undefined)

    t.strictSame(contentOf(arrived()!), contentOf(sent!), what)
    t.equal(bob.messages(ALICE_JID).at(-1)?.type, type, `${what} is known to the phone`)
  }
  t.strictSame(bobs.complaints, [])
})

t.test('it quotes a message, and what the other quotes it can read', async (t) => {
  const { paired, bob, world } = await baileys4Story(t)
  const alices = await paired()
  const bobs = await paired({ phone: bob })
  const quoted = alices.history(BOB_JID).at(-1)!

  const sent = await alices.socket.sendMessage(BOB_JID, { text: 'This one?' }, { quoted, waitForAck: true })
  await world.until(() => bobs.announced(ALICE_JID).length > 0)
  const [question] = bobs.announced(ALICE_JID)

  t.strictSame(contentOf(question), contentOf(sent!))
  t.match(question.message?.extendedTextMessage?.contextInfo, {
    stanzaId: quoted.key.id,
    participant: BOB_JID,
    quotedMessage: { conversation: 'old message 5' },
  })

  await bobs.socket.sendMessage(ALICE_JID, { text: 'That one.' }, { quoted: question, waitForAck: true })
  await world.until(() => alices.announced(BOB_JID).some(({ key }) => key.fromMe === false))
  const answer = alices.announced(BOB_JID).at(-1)!
  t.equal(answer.message?.extendedTextMessage?.contextInfo?.stanzaId, sent!.key.id)
  t.equal(answer.message?.extendedTextMessage?.contextInfo?.participant, ALICE_JID)
})

t.test('it forwards a message, which says so', async (t) => {
  const { paired, bob, world } = await baileys4Story(t)
  const alices = await paired()
  const bobs = await paired({ phone: bob })

  await alices.socket.sendMessage(BOB_JID, { forward: alices.history(MUM_JID)[0] })
  await world.until(() => bobs.announced(ALICE_JID).length > 0)

  t.match(bobs.announced(ALICE_JID)[0].message?.extendedTextMessage, {
    text: 'The last of the plums',
    contextInfo: { isForwarded: true, forwardingScore: 1 },
  })
})

t.test('a reaction reaches the message that it is about', async (t) => {
  const { paired, bob, world } = await baileys4Story(t)
  const alices = await paired()
  const bobs = await paired({ phone: bob })
  const about = alices.history(BOB_JID).at(-1)!.key

  await alices.socket.sendMessage(BOB_JID, { react: { key: about, text: '🌱' } })
  await world.until(() => bobs.all('messages.reaction').length > 0)

  t.match(bobs.all('messages.reaction').flat(), [{ key: { id: about.id }, reaction: { text: '🌱' } }])
})

t.test('a content that nobody here knows passes through both phones unharmed', async (t) => {
  const { paired, bob, world } = await baileys4Story(t)
  const alices = await paired()
  const bobs = await paired({ phone: bob })
  const message: WAMessage = {
    key: { remoteJid: BOB_JID, fromMe: true, id: 'BAE5000000000001' },
    messageTimestamp: Math.floor(Date.now() / 1000),
    message: {
      pollCreationMessage: { name: 'Tea?', options: [{ optionName: 'Yes' }], selectableOptionsCount: 1 },
    },
  }

  await alices.socket.relayMessage(proto.WebMessageInfo.fromObject(message))
  await world.until(() => bobs.announced(ALICE_JID).length > 0)

  t.strictSame(contentOf(bobs.announced(ALICE_JID)[0]), contentOf(message))
})
