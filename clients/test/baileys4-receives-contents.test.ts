import t from 'tap'
import type { ContentInit } from 'proto/contents'
import { ALICE_JID, BOB_JID, MUM_JID } from 'scenarios/backstory'
import { baileys4Story } from '../src/baileys4-story.ts'

t.jobs = 4 // the client waits more than it works

const contents: readonly ContentInit[] = [
  { conversation: 'plain' },
  { extendedTextMessage: { text: 'Ask @15550003333', contextInfo: { mentionedJid: [MUM_JID] } } },
  { extendedTextMessage: { text: 'see example.org', matchedText: 'example.org', title: 'Example' } },
  { locationMessage: { degreesLatitude: 48.5, degreesLongitude: 9.25, name: 'The garden' } },
  { liveLocationMessage: { degreesLatitude: 48.5, degreesLongitude: 9.25, sequenceNumber: 1n } },
  { contactMessage: { displayName: 'Mum', vcard: 'BEGIN:VCARD\nEND:VCARD' } },
]

t.test('what the other phone writes arrives once each, field by field', async (t) => {
  const { paired, bob, world } = await baileys4Story(t)
  const client = await paired()

  for (const content of contents) await bob.send(ALICE_JID, content)
  await world.until(() => client.announced(BOB_JID).length === contents.length)

  t.match(
    client.announced(BOB_JID).map(({ message }) => JSON.parse(JSON.stringify(message)) as unknown),
    contents.map((content) => JSON.parse(JSON.stringify(content, bigAsText)) as unknown),
  )
})

const bigAsText = (_key: string, value: unknown) => (typeof value === 'bigint' ? String(value) : value)
