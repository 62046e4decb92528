import t from 'tap'
import { ALICE_JID, BOB_JID } from 'scenarios/backstory'
import { baileys4Story } from '../src/baileys4-story.ts'
import { textOf } from '../src/baileys4.ts'

t.test('what a blocked person writes does not arrive; after that it does again', async (t) => {
  const { paired, bob, world } = await baileys4Story(t)
  const client = await paired()
  const listed = () => client.all('blocklist.set').at(-1)?.blocklist

  await client.socket.blockUser(BOB_JID, 'add')
  await world.until(() => listed()?.length === 1)
  t.strictSame(listed(), ['15550002222@c.us'], 'the list comes as JSON spells it')
  t.strictSame(client.all('blocklist.update'), [{ blocklist: [BOB_JID], type: 'add' }])
  const { id: mail } = await bob.sendText(ALICE_JID, 'Why so silent?')
  await world.until(() => world.trace.findAll({ kind: 'mail.taken', fields: { mail } }).length > 0)

  await client.socket.blockUser(BOB_JID, 'remove')
  await world.until(() => listed()?.length === 0)
  await bob.sendText(ALICE_JID, 'Back again')
  await world.until(() => client.announced(BOB_JID).length > 0)
  t.strictSame(client.announced(BOB_JID).map(textOf), ['Back again'])
})

t.test('it is told of the list whenever it opens', async (t) => {
  const { paired, client, world } = await baileys4Story(t)
  const first = await paired()
  await first.socket.blockUser(BOB_JID, 'add')

  const second = client({ saved: first.credentials() })
  await world.until(() => second.isSynced)
  await world.until(() => second.all('blocklist.set').at(-1)?.blocklist.length === 1)
  t.strictSame(second.all('blocklist.set').at(-1), { blocklist: ['15550002222@c.us'] })
})
