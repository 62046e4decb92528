import t from 'tap'
import { ALICE_JID, BOB_JID } from '../src/backstory.ts'
import { baileys3Story, connectAndSync, refusalOf, type Baileys3Story } from '../src/baileys3-story.ts'
import { sendText } from '../src/baileys3.ts'

t.jobs = 4 // the client waits more than it works

const WHEN_NEEDED = { config: { challenge: 'when-needed' } } as const
/** Loopback has more networks than one. */
const ELSEWHERE = '127.0.5.1'

const challenges = ({ world }: Baileys3Story): number =>
  world.trace.findAll({ party: 'server', kind: 'state', fields: { input: 'challenge' } }).length

t.test('it comes back in its own network as if there were no challenges', async (t) => {
  const story = await baileys3Story(t, WHEN_NEEDED)
  const { paired, alice, bob, world } = story
  const client = await paired()
  const closed = client.event('close')
  client.loseSocket()
  await closed
  await bob.sendText(ALICE_JID, 'missed')
  await world.until(() => alice.messages(BOB_JID).some(({ text }) => text === 'missed'))
  await connectAndSync(client)
  t.equal(client.texts(BOB_JID).filter((text) => text === 'missed').length, 1)
  t.equal(challenges(story), 0)
})

t.test('in another network it answers a challenge, once, and chats on', async (t) => {
  const story = await baileys3Story(t, WHEN_NEEDED)
  const { paired, client, bob, world } = story
  const first = await paired()
  const saved = first.credentials()
  first.connection.close()
  for (const asked of [1, 1]) {
    const away = client(saved, ELSEWHERE)
    await connectAndSync(away)
    t.equal(challenges(story), asked)
    await sendText(away, BOB_JID, 'from elsewhere')
    away.connection.close()
  }
  await world.until(
    () => bob.messages(ALICE_JID).filter(({ text }) => text === 'from elsewhere').length === 2,
  )
})

t.test(
  'it takes over from its own open login by an answer, and a thief without the keys does not',
  async (t) => {
    const story = await baileys3Story(t, WHEN_NEEDED)
    const { paired, client } = story
    const owner = await paired()
    const saved = owner.credentials()
    const thief = client({ ...saved, macKey: Buffer.alloc(32, 7).toString('base64') })
    t.match(await refusalOf(thief), { status: 401 })
    t.equal(owner.connection.state, 'open')

    const closed = owner.event('close')
    const second = client(saved)
    await connectAndSync(second)
    t.match(await closed, { reason: 'replaced' })
    t.equal(challenges(story), 2)
  },
)
