import t from 'tap'
import { ALICE_JID, BOB_JID } from 'scenarios/backstory'
import { baileys4Story } from '../src/baileys4-story.ts'
import type { Baileys4 } from '../src/baileys4.ts'

t.test('it sees when the other comes, writes and goes', async (t) => {
  const { paired, bob, browsers, world } = await baileys4Story(t)
  const client = await paired()
  await client.socket.presenceSubscribe(BOB_JID)
  await world.until(() => seenOf(client).includes('unavailable'))
  const bobsBrowser = await browsers.pair('bob', bob)
  await world.until(() => seenOf(client).includes('available'))

  for (const type of ['composing', 'paused', 'recording', 'unavailable'] as const) {
    bobsBrowser.showPresence(type, type === 'unavailable' ? undefined : ALICE_JID)
    await world.until(() => seenOf(client).at(-1) === type)
  }

  t.strictSame(seenOf(client), [
    'unavailable',
    'available',
    'composing',
    'paused',
    'recording',
    'unavailable',
  ])
  const { lastSeen } = client.all('presence.update').at(-1)!.presences[BOB_JID]
  t.ok(Math.abs(lastSeen! - Date.now() / 1000) < 60, 'seen last just now')
})

t.test('the other sees when it comes, writes and goes', async (t) => {
  const { paired, bob, browsers, world } = await baileys4Story(t)
  const client = await paired()
  const bobsBrowser = await browsers.pair('bob', bob)
  bobsBrowser.watch(ALICE_JID)
  const typing = () => bobsBrowser.chat(ALICE_JID)?.typing ?? null

  for (const [type, shown] of [
    ['composing', 'composing'],
    ['paused', null],
    ['recording', 'recording'],
    ['unavailable', null],
  ] as const) {
    await client.socket.sendPresenceUpdate(type, type === 'unavailable' ? undefined : BOB_JID)
    await world.until(() => typing() === shown)
    t.equal(typing(), shown, type)
  }
})

function seenOf(client: Baileys4): unknown[] {
  return client.all('presence.update').map(({ presences }) => presences[BOB_JID].lastKnownPresence)
}
