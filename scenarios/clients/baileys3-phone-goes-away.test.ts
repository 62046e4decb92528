import t from 'tap'
import { ALICE_JID, BOB_JID } from '../src/backstory.ts'
import { baileys3Story } from '../src/baileys3-story.ts'
import { sendText } from '../src/baileys3.ts'
import { takeOffline } from '../src/phone-absence.ts'

const PHONE_CHECK_MS = 15_000 // of the client: it cannot be told otherwise without touching it

t.test('it notices that the phone is away, and that it is back; nothing is lost or doubled', async (t) => {
  const { paired, alice, bob, world } = await baileys3Story(t)
  const client = await paired()
  const from = client.events.length

  await takeOffline(world, alice)
  const sending = sendText(client, BOB_JID, 'Are you there?')
  await bob.sendText(ALICE_JID, 'I am here.')
  await world.until(() => client.events.slice(from).some(({ name }) => name === 'connection-phone-change'), {
    withinMs: PHONE_CHECK_MS + 5_000,
  })
  t.strictSame(await client.event('connection-phone-change', from), { connected: false })
  t.equal(client.connection.state, 'open', 'the connection stays')
  t.equal(bob.messages(ALICE_JID).filter(({ text }) => text === 'Are you there?').length, 0)

  const back = client.events.length
  alice.setDevice({ network: 'wifi' })
  await world.until(() => client.events.slice(back).some(({ name }) => name === 'connection-phone-change'))
  t.strictSame(await client.event('connection-phone-change', back), { connected: true })
  t.ok((await sending).key.id)
  await world.until(() => bob.messages(ALICE_JID).some(({ text }) => text === 'Are you there?'))
  await world.until(() => client.texts(BOB_JID).includes('I am here.'))

  t.equal(bob.messages(ALICE_JID).filter(({ text }) => text === 'Are you there?').length, 1)
  t.equal(client.texts(BOB_JID).filter((text) => text === 'I am here.').length, 1)
})
