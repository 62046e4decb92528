import t from 'tap'
import { BOB_JID } from 'scenarios/backstory'
import { baileys4Story } from '../src/baileys4-story.ts'
import { library } from '../src/baileys4.ts'

const { connectionReplaced } = library.DisconnectReason

t.test('it is told when a second client with the same login takes over', async (t) => {
  const { paired, client, bob, world } = await baileys4Story(t)
  const first = await paired()

  const second = client({ saved: first.credentials() })
  await world.until(() => second.isSynced)
  await world.until(() => first.closedWith !== null)

  t.equal(first.closedWith, connectionReplaced)
  t.equal(second.state, 'open')
  await second.socket.sendMessage(BOB_JID, { text: 'here I am' })
  await world.until(() => bob.chats().some(({ lastMessage }) => lastMessage?.text === 'here I am'))
})

t.test('it is told when another browser pairs with the same phone, and takes over in turn', async (t) => {
  const { paired, client, browsers, alice, world } = await baileys4Story(t)
  const first = await paired()

  const ours = await browsers.pair('kitchen', alice)
  await world.until(() => first.closedWith !== null)
  t.equal(first.closedWith, connectionReplaced)
  t.equal(alice.companions().length, 2, 'both stay linked')

  const again = client({ saved: first.credentials() })
  await world.until(() => again.isSynced && ours.state !== 'open')
  t.equal(again.state, 'open')
})
