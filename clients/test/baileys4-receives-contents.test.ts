import t from 'tap'
import { contentMessage } from 'proto/contents'
import { encodeWebMessage } from 'proto/web-message'
import { ALICE_JID, BOB_JID } from 'scenarios/backstory'
import { contents } from 'scenarios/contents'
import { baileys4Story } from '../src/baileys4-story.ts'
import { contentOf, library } from '../src/baileys4.ts'

const { getContentType, proto } = library

t.test('a content of every kind arrives once, field by field', async (t) => {
  const { paired, bob, world } = await baileys4Story(t)
  const client = await paired()
  const all = Object.entries(contents)

  for (const [, content] of all) await bob.send(ALICE_JID, content)
  await world.until(() => client.announced(BOB_JID).length === all.length)

  for (const [index, [what, content]] of all.entries()) {
    const message = client.announced(BOB_JID)[index]
    const written = contentMessage({ remoteJid: BOB_JID, fromMe: false, id: 'X', timestampS: 1, content })
    t.strictSame(contentOf(message), contentOf(proto.WebMessageInfo.decode(encodeWebMessage(written))), what)
    t.equal(getContentType(message.message!), Object.keys(content)[0], `${what} is known by name`)
  }
})
