import t from 'tap'
import { ALICE_JID, BOB_JID } from 'scenarios/backstory'
import { baileys4Story } from '../src/baileys4-story.ts'
import type { Baileys4 } from '../src/baileys4.ts'

const WEEK_S = 7 * 86_400
const DAY_S = 86_400

t.test('it switches the timer of a chat on, and what the other writes then will disappear', async (t) => {
  const { paired, bob, world } = await baileys4Story(t)
  const client = await paired()

  const sent = await client.socket.sendMessage(BOB_JID, { disappearingMessagesInChat: true })
  await world.until(() => bob.messages(ALICE_JID).some(({ id }) => id === sent!.key.id))
  t.equal(timerOf(client), WEEK_S, 'a week, unless said otherwise')
  await bob.sendText(ALICE_JID, 'Not for long.')
  await world.until(() => client.announced(BOB_JID).at(-1)?.key.fromMe === false)

  const { message } = client.announced(BOB_JID).at(-1)!
  t.match(message?.ephemeralMessage?.message?.extendedTextMessage, {
    text: 'Not for long.',
    contextInfo: { expiration: WEEK_S },
  })
})

t.test('it is told when the other switches the timer, off too', async (t) => {
  const { paired, bob, world } = await baileys4Story(t)
  const client = await paired()

  for (const seconds of [DAY_S, 0]) {
    await bob.setTimer(ALICE_JID, seconds)
    await world.until(() => timerOf(client) === seconds)
    t.equal(timerOf(client), seconds)
  }
})

t.test('a message that it sends with a time is gone from both phones when that is over', async (t) => {
  const { paired, alice, bob, world } = await baileys4Story(t)
  const client = await paired()
  const options = { ephemeralExpiration: 2, waitForAck: true }
  const sent = await client.socket.sendMessage(BOB_JID, { text: 'Read quickly.' }, options)
  const id = sent!.key.id!
  const has = () =>
    [alice.messages(BOB_JID), bob.messages(ALICE_JID)].map((all) => all.some((one) => one.id === id))
  await world.until(() => has().every(Boolean))

  await world.until(() => !has().some(Boolean))
  await world.until(() => client.all('messages.delete').length > 0)

  t.match(client.all('messages.delete'), [{ keys: [{ id, remoteJid: BOB_JID }] }])
})

function timerOf(client: Baileys4): number | undefined {
  const timers = client.all('chats.update').flatMap((chats) => chats.map((chat) => chat.ephemeralExpiration))
  return timers.findLast((timer) => typeof timer === 'number') ?? undefined
}
