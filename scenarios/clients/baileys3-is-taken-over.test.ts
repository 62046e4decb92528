import t from 'tap'
import { BOB_JID } from '../src/backstory.ts'
import { baileys3Story, connectAndSync } from '../src/baileys3-story.ts'
import { sendText } from '../src/baileys3.ts'

t.jobs = 4 // the client waits more than it works

t.test('it is told when a second client with the same login takes over, and stays away', async (t) => {
  const { paired, client, bob, world } = await baileys3Story(t)
  const first = await paired()
  const closed = first.event('close')

  const second = client(first.credentials())
  await connectAndSync(second)

  t.match(await closed, { reason: 'replaced', isReconnecting: false })
  t.equal(first.connection.state, 'close')
  await sendText(second, BOB_JID, 'here I am')
  await world.until(() => bob.chats().some(({ lastMessage }) => lastMessage?.text === 'here I am'))
})

t.test('it is told when another browser pairs with the same phone', async (t) => {
  const { paired, browsers, alice } = await baileys3Story(t)
  const first = await paired()
  const closed = first.event('close')

  const ours = await browsers.pair('kitchen', alice)

  t.match(await closed, { reason: 'replaced' })
  t.equal(ours.state, 'open')
  t.equal(alice.companions().length, 2, 'both stay linked')
})
