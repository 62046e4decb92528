import t from 'tap'
import { ALICE_JID, BOB_JID } from '../src/backstory.ts'
import { baileys3Story } from '../src/baileys3-story.ts'
import { sendText, textOf } from '../src/baileys3.ts'

t.test('it sees stories, tells its own, and writes to a list', async (t) => {
  const { paired, alice, bob, browsers, world } = await baileys3Story(t)
  const client = await paired()
  const { connection } = client
  t.strictSame(await connection.getStories(), [])
  await bob.sendStory({ conversation: 'market day' })
  await world.until(() => client.texts('status@broadcast').includes('market day'))
  const [told] = await connection.getStories()
  t.match(told, { unread: '1', count: '1' })
  t.strictSame(told.messages.map(textOf), ['market day'])
  await sendText(client, 'status@broadcast', 'mine')
  t.equal((await connection.getStories()).length, 2)

  const list = await alice.createBroadcastList('Choir', [BOB_JID])
  t.match(await connection.getBroadcastListInfo(list.jid), {
    name: 'Choir',
    recipients: [{ id: '15550002222@c.us' }],
  })
  const bobsBrowser = await browsers.pair('bob', bob)
  await sendText(client, list.jid, 'to all')
  await world.until(() => bobsBrowser.messages(ALICE_JID).some(({ text }) => text === 'to all'))
})
