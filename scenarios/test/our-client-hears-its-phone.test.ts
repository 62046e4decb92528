/** What the phone and the server say unasked, in our client: what is unread, whom the person calls, that the phone is back. */
import t from 'tap'
import { ALICE_JID, BOB_JID, MUM_JID } from '../src/backstory.ts'
import { browserPlace } from '../src/browser.ts'
import { clientStory } from '../src/client-story.ts'
import { bringBack, takeOffline } from '../src/phone-absence.ts'

t.test('it has all that is unread from the sync, and knows whom the person writes to most', async (t) => {
  const { world, browsers, alice, bob } = await clientStory(t, { messages: 30 })
  const texts = Array.from({ length: 40 }, (_, n) => `unread ${n}`)
  for (const text of texts) await world.finish(bob.sendText(ALICE_JID, text))
  await world.until(() => alice.chats()[0].unread === 40)
  await world.finish(alice.sendText(MUM_JID, 'a letter').catch(() => {}))
  const page = await browsers.pair('alice', alice)
  await world.pass(3_000)
  t.equal(page.chat(BOB_JID)?.unread, 40)
  const shown = page.messages(BOB_JID).map(({ text }) => text)
  t.same(shown.slice(-40), texts, 'where reading begins is here without asking')
  t.ok(shown.length > 40, 'and something of before')
  t.equal(page.frequentContacts()[0], BOB_JID)
})

t.test('it opens while the phone is away, says so at once, and hears that it is back', async (t) => {
  const { world, browsers, alice } = await clientStory(t, {})
  const place = browserPlace('alice')
  const before = await browsers.pair(place, alice)
  await world.pass(3_000)
  before.stop()
  await takeOffline(world, alice)
  const page = browsers.open(place)
  await world.finish(page.start())
  await world.until(() => page.state === 'phoneUnreachable', { withinMs: 1_000 })
  t.match(page.whyStuck(page.send(BOB_JID, 'hello?')), { reason: 'phoneUnreachable', since: null })
  await bringBack(world, alice)
  await world.until(() => page.state === 'open', { withinMs: 2_000 })
  await world.until(() => page.messages(BOB_JID).at(-1)?.status === 'delivered')
})

t.test('a live location moves in place, in the browsers of both', async (t) => {
  const { world, browsers, alice, bob } = await clientStory(t, {})
  const [page, atBob] = [await browsers.pair('alice', alice), await browsers.pair('bob', bob)]
  const place = { degreesLatitude: 52.5, degreesLongitude: 13.4, caption: 'on my way' }
  const { id } = await world.finish(alice.send(BOB_JID, { liveLocationMessage: place }))
  const at = (client: typeof page, jid: string) => client.messages(jid).filter((message) => message.id === id)
  await world.until(() => at(atBob, ALICE_JID).length === 1)
  await world.finish(alice.moveLocation(BOB_JID, id, { degreesLatitude: 52.6 }))
  await world.until(() => at(atBob, ALICE_JID)[0].place?.latitude === 52.6)
  await world.until(() => at(page, BOB_JID)[0].place?.latitude === 52.6)
  t.match(at(page, BOB_JID), [{ text: 'on my way', place: { live: true } }], 'one message still')
  t.equal(at(atBob, ALICE_JID).length, 1)
})
