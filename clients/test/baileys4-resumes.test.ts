import t from 'tap'
import { ALICE_JID, BOB_JID, oldText } from 'scenarios/backstory'
import { baileys4Story } from '../src/baileys4-story.ts'
import { library, textOf } from '../src/baileys4.ts'

const { connectionLost, loggedOut } = library.DisconnectReason

for (const challenge of [false, true]) {
  const how = challenge ? 'with a challenge' : 'without a challenge'

  t.test(`it resumes from what it saved, ${how}, and has what it missed exactly once`, async (t) => {
    const { paired, client, alice, bob, world } = await baileys4Story(t, { challenge })
    const first = await paired()
    const saved = first.credentials()
    first.loseSocket()
    await world.until(() => first.closedWith !== null)
    t.equal(first.closedWith, connectionLost)

    for (const text of ['missed one', 'missed two']) await bob.sendText(ALICE_JID, text)
    await world.until(() => alice.messages(BOB_JID).some(({ text }) => text === 'missed two'))
    const second = client({ saved })
    await world.until(() => second.isSynced)

    t.equal(second.state, 'open')
    t.equal(second.socket.state.legacy?.user?.name, 'Alice')
    t.notOk(
      second.all('connection.update').some(({ qr }) => qr !== undefined),
      'no second code',
    )
    t.strictSame(second.history(BOB_JID).map(textOf), [
      ...[1, 2, 3, 4, 5].map(oldText),
      'missed one',
      'missed two',
    ])
    t.strictSame(second.announced(BOB_JID), [], 'the sync has them, so none is relayed')
    t.equal(second.all('chats.set')[0].chats.find(({ id }) => id === BOB_JID)?.unreadCount, 2)
    t.equal(
      world.trace.findAll({ party: 'server', kind: 'state', fields: { input: 'challenge' } }).length,
      +challenge,
    )

    await bob.sendText(ALICE_JID, 'after')
    await world.until(() => second.announced(BOB_JID).length > 0)
    t.strictSame(second.announced(BOB_JID).map(textOf), ['after'])
    t.equal(second.credentials(), saved, 'the tokens are still the same')
  })
}

t.test('it ends a connection of its own accord, and its login stays', async (t) => {
  const { paired, client, alice, world } = await baileys4Story(t)
  const first = await paired()
  first.stop()
  await world.until(() => alice.companions()[0].state === 'offline')

  const second = client({ saved: first.credentials() })
  await world.until(() => second.isSynced)

  t.equal(second.state, 'open')
  t.equal(alice.companions().length, 1)
})

t.test('it is refused when it cannot answer the challenge', async (t) => {
  const { paired, client, world } = await baileys4Story(t, { challenge: true })
  const creds = JSON.parse((await paired()).credentials()) as Record<string, unknown>
  const macKey = { type: 'Buffer', data: Buffer.alloc(32, 7).toString('base64') }

  const thief = client({ saved: JSON.stringify({ ...creds, macKey }) })
  await world.until(() => thief.closedWith !== null)

  t.equal(thief.closedWith, loggedOut)
})
