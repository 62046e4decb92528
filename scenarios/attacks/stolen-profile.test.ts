/** S5: the profile of a browser is copied: tokens and keys lie there in clear. */
import t from 'tap'
import { memoryKeyStore } from 'web-client'
import { ALICE_JID, BOB_JID } from '../src/backstory.ts'
import { browserPlace, browsersOf, type BrowserPlace } from '../src/browser.ts'
import { clientStory } from '../src/client-story.ts'
import { query, rawStory, relayNode, textsIn } from '../src/raw-story.ts'

const ELSEWHERE = { address: '203.0.113.9' }

/** All that a thief needs of what a place keeps. */
async function copyOf(place: BrowserPlace): Promise<BrowserPlace> {
  return { ...browserPlace('thief'), keys: memoryKeyStore(await place.keys.load()) }
}

t.test('unhardened: who has copied the file of a client reads and writes as that client', async (t) => {
  const { world, bob, paired, connect } = await rawStory(t)
  const owner = await paired()
  owner.close()
  await world.pass(1_000)
  const thief = await connect({ ...owner.credentials! })
  await thief.resume()
  const asked = { jid: BOB_JID, kind: 'before', count: '50' }
  t.ok(textsIn(await thief.node(thief.sayNode(query('message', asked)))).includes('old message 1'))
  thief.sayNode(relayNode('3EB0000000000000000001', 'Lend me some money'))
  await world.until(() => bob.messages(ALICE_JID).some(({ text }) => text === 'Lend me some money'))
})

t.test('ours: the browser is told at once, the phone shows the use, and revoking ends both', async (t) => {
  const { world, browsers, alice } = await clientStory(t, { clock: 'virtual' })
  const place = browserPlace('desk')
  const owner = await browsers.pair(place, alice)
  await world.pass(60_000)
  const from = world.clock.now()
  const thief = browsers.open(await copyOf(place))
  await world.finish(thief.start())
  await world.until(() => thief.state === 'open')
  await world.until(() => owner.state === 'replaced')
  t.ok(world.clock.now() - from < 1_000, 'the owner is told that another page has the place')
  await world.pass(1_000)
  const [companion, ...others] = alice.companions()
  t.strictSame(others, [], 'one link, whoever uses it')
  t.ok(companion.lastSeen >= from, 'the phone shows the use')
  const at = world.clock.now()
  await world.finish(alice.unpair(companion.id))
  await world.until(() => thief.state !== 'open')
  t.ok(world.clock.now() - at < 1_000, 'the thief is out within a second')
  const again = browsers.open(await copyOf(place))
  await world.finish(again.start())
  await world.pass(5_000)
  t.not(again.state, 'open', 'and what was copied opens nothing more')
  t.strictSame(alice.companions(), [])
})

t.test('extended profile only: the copy opens anywhere, and answers every challenge', async (t) => {
  const { world, browsers, alice } = await clientStory(t, { clock: 'virtual', challenge: true })
  const place = browserPlace('desk')
  await browsers.pair(place, alice)
  const far = browsersOf({ ...world, dial: () => world.dial(ELSEWHERE) })
  t.teardown(() => far.stop())
  const thief = far.open(await copyOf(place))
  await world.finish(thief.start())
  await world.until(() => thief.state === 'open')
  await world.until(() => thief.chats().length > 0)
  t.pass('the keys are all that a challenge asks for')
})
