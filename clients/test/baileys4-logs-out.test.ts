import t from 'tap'
import { baileys4Story } from '../src/baileys4-story.ts'
import { library } from '../src/baileys4.ts'

const { connectionLost, loggedOut } = library.DisconnectReason

t.test('it logs out, and its old credentials are refused', async (t) => {
  const { paired, client, alice, world } = await baileys4Story(t)
  const first = await paired()
  const saved = first.credentials()
  t.equal(alice.companions().length, 1)

  await first.socket.logout()
  await world.until(() => alice.companions().length === 0)
  t.equal(first.closedWith, loggedOut)

  const second = client({ saved })
  await world.until(() => second.closedWith !== null)
  t.equal(second.closedWith, loggedOut)
})

t.test('it loses the connection when the phone unpairs it, and is refused from then on', async (t) => {
  const { paired, client, alice, world } = await baileys4Story(t)
  const first = await paired()
  const saved = first.credentials()

  await alice.unpair(alice.companions()[0].id)
  await world.until(() => first.closedWith !== null)
  t.equal(first.closedWith, connectionLost, 'the push has no kind, so it cannot tell')

  const second = client({ saved })
  await world.until(() => second.closedWith !== null)
  t.equal(second.closedWith, loggedOut)
})
