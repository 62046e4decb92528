import t from 'tap'
import { baileys3Story, refusalOf } from '../src/baileys3-story.ts'

t.jobs = 4 // the client waits more than it works

t.test('it logs out, and its old credentials are refused', async (t) => {
  const { paired, client, alice, world } = await baileys3Story(t)
  const first = await paired()
  const saved = first.credentials()
  t.equal(alice.companions().length, 1)

  await first.connection.logout()
  await world.until(() => alice.companions().length === 0)

  const second = client(saved)
  const closed = second.event('close')
  t.match(await refusalOf(second), { status: 401 })
  t.match(await closed, { reason: 'invalid_session' })
})

t.test('it is logged out when the phone unpairs it', async (t) => {
  const { paired, client, alice } = await baileys3Story(t)
  const first = await paired()
  const saved = first.credentials()
  const closed = first.event('close')

  await alice.unpair(alice.companions()[0].id)

  t.match(await closed, { reason: 'unknown' })
  t.match(await refusalOf(client(saved)), { status: 401 })
})
