/** A voice note is played in a browser, and the browser of the one who spoke it shows that (spec 11.3, 11.4). */
import t from 'tap'
import { contentMessage } from 'proto/contents'
import { encodeWebMessage } from 'proto/web-message'
import { ALICE_JID, BOB_JID } from '../src/backstory.ts'
import { contents } from '../src/contents.ts'
import { change, rawStory } from '../src/raw-story.ts'

const ID = '3EB0C767D097'

t.test('it is told to the one who spoke, as level 4, once', async (t) => {
  const { paired, connect, bob, world } = await rawStory(t)
  const [alices, bobs] = [await paired(), await connect()]
  await bobs.pair(bob)
  const content = contents['a voice note']
  const spoken = contentMessage({
    remoteJid: ALICE_JID,
    fromMe: true,
    id: ID,
    timestampS: 1_559_390_400,
    content,
  })
  const message = { tag: 'message', attrs: {}, content: encodeWebMessage(spoken) }
  bobs.sayNode({ tag: 'action', attrs: { type: 'relay', epoch: '1' }, content: [message] }, ID)
  t.match(await bobs.json(ID), { status: 200 })
  await world.pass(1_000)

  const attrs = { type: 'played', index: ID, from: BOB_JID, owner: 'false', count: '1' }
  const played = () => alices.sayNode(change({ tag: 'received', attrs, content: null }))
  t.match(await alices.json(played()), { status: 200 })
  t.match(await alices.json(played()), { status: 200 })
  await world.pass(1_000)
  const levels = bobs.pushes.filter(({ body }) => body[0] === 'Msg').map(({ body }) => body[1])
  t.match(levels, [
    { id: ID, ack: 2 },
    { id: ID, ack: 4 },
  ])
  t.match(bob.messages(ALICE_JID).at(-1), { id: ID, status: 'played' })
})

t.test('it is refused for a message that nobody sent', async (t) => {
  const { paired } = await rawStory(t)
  const alices = await paired()
  const attrs = { type: 'played', index: 'NEVER', from: BOB_JID, owner: 'false' }
  t.match(await alices.json(alices.sayNode(change({ tag: 'received', attrs, content: null }))), {
    status: 404,
  })
})
