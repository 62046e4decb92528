/**
 * A page is closed and opened again: what it knew is readable at once, phone or not; what the phone has changed in the
 * meantime is believed; what was written goes out once; and after a log-out nothing is left.
 */
import t from 'tap'
import { ALICE_JID, BOB_JID, MUM_JID, oldText } from '../src/backstory.ts'
import { browserPlace } from '../src/browser.ts'
import { clientStory } from '../src/client-story.ts'
import { bringBack, takeOffline } from '../src/phone-absence.ts'

const textsOf = (page: { messages(jid: string): readonly { text: string }[] }, jid: string) =>
  page.messages(jid).map(({ text }) => text)

t.test(
  'without phone and server the chats are readable at once, and joined with the news later',
  async (t) => {
    const { world, browsers, alice, bob } = await clientStory(t, { messages: 60 })
    const place = browserPlace('alice')
    const before = await browsers.pair(place, alice)
    await world.until(() => before.messages(BOB_JID).length === 20)
    await world.finish(before.loadOlder(BOB_JID))
    const known = textsOf(before, BOB_JID)
    t.equal(known.length, 45)
    before.drafts.put(BOB_JID, { text: 'what I was about to', quote: before.messages(BOB_JID)[0] })
    await world.pass(2_000)
    const syncedAt = before.syncedAt
    await takeOffline(world, alice)
    before.stop()
    await world.pass(1_000)
    await world.finish(bob.sendText(ALICE_JID, 'while you were away'))

    const page = browsers.open(place)
    const opening = page.start()
    await world.pass(1)
    t.same(textsOf(page, BOB_JID), known, 'before the server has said a word')
    t.match(page.chats(), [
      { jid: BOB_JID, name: 'Bob', unread: 0 },
      { jid: MUM_JID, name: 'Mum' },
    ])
    t.match(page.drafts.find(BOB_JID), { text: 'what I was about to', quote: { text: known[0] } })
    t.equal(page.syncedAt, syncedAt)
    await world.finish(opening)
    await world.until(() => page.state === 'phoneUnreachable')
    const sent = page.send(BOB_JID, 'written in the tunnel')
    page.drafts.put(BOB_JID, null)
    page.stop()
    await world.pass(60_000)

    const last = browsers.open(place)
    await world.finish(last.start())
    t.equal(textsOf(last, BOB_JID).at(-1), 'written in the tunnel', 'it waits')
    await bringBack(world, alice)
    await world.until(() => last.messages(BOB_JID).find(({ id }) => id === sent.id)?.status === 'delivered', {
      withinMs: 60_000,
    })
    await world.pass(5_000)
    const all = textsOf(last, BOB_JID)
    t.equal(all.length, 47)
    t.equal(new Set(all).size, 47, 'each once')
    t.same(all.slice(0, 45), known)
    t.same([...all.slice(45)].sort(), ['while you were away', 'written in the tunnel'])
    t.equal(bob.messages(ALICE_JID).filter(({ text }) => text === 'written in the tunnel').length, 1)
    t.equal(last.drafts.find(BOB_JID), null)
    t.ok(last.syncedAt! > syncedAt!)
  },
)

t.test(
  'what is deleted elsewhere is not shown again: a message, a whole chat, what was cleared',
  async (t) => {
    const { world, browsers, alice } = await clientStory(t, { messages: 12 })
    const place = browserPlace('alice')
    const before = await browsers.pair(place, alice)
    await world.until(() => before.messages(BOB_JID).length === 12)
    const [third, last] = [before.messages(BOB_JID)[2], before.messages(BOB_JID)[11]]
    before.stop()
    await world.pass(1_000)

    const elsewhere = await browsers.pair('alice elsewhere', alice)
    await world.until(() => elsewhere.messages(BOB_JID).length === 12)
    await world.finish(elsewhere.changes.removeMessages(BOB_JID, [third, last]))
    await world.finish(elsewhere.changes.remove(MUM_JID))
    elsewhere.stop()
    await world.pass(1_000)

    const page = browsers.open(place)
    await world.finish(page.start())
    await world.until(() => page.messages(BOB_JID).length === 10)
    const left = [1, 2, 4, 5, 6, 7, 8, 9, 10, 11].map(oldText)
    t.same(textsOf(page, BOB_JID), left)
    t.same(page.chats().map(({ jid }) => jid), [BOB_JID]) // prettier-ignore
    await world.pass(2_000)
    page.stop()
    const again = await browsers.pair('alice in a third place', alice)
    await world.until(() => again.messages(BOB_JID).length === 10)
    await world.finish(again.changes.clear(BOB_JID))
    again.stop()
    await world.pass(1_000)

    const empty = browsers.open(place)
    await world.finish(empty.start())
    t.equal(empty.messages(BOB_JID).length, 10)
    await world.until(() => empty.messages(BOB_JID).length === 0, { withinMs: 10_000 })
    t.ok(empty.chat(BOB_JID), 'the chat is there')
  },
)

t.test('paused stays paused over a reload, says since when, and goes on when asked', async (t) => {
  const { world, browsers, alice, bob } = await clientStory(t, {})
  const place = browserPlace('alice')
  const before = await browsers.pair(place, alice)
  await world.pass(5_000)
  before.pause()
  const { syncedAt } = before
  t.ok(world.clock.now() - syncedAt! < 25_000)
  await world.finish(bob.sendText(ALICE_JID, 'not yet'))
  await world.pass(60_000)
  before.stop()

  const page = browsers.open(place)
  await world.finish(page.start())
  await world.pass(60_000)
  t.same([page.state, page.syncedAt, page.messages(BOB_JID).length], ['paused', syncedAt, 5])
  t.match(alice.companions(), [{ state: 'offline' }])
  page.unpause()
  await world.until(() => page.messages(BOB_JID).length === 6)
  await world.pass(5_000)
  t.ok(page.syncedAt! > syncedAt!)
  page.stop()
  const last = browsers.open(place)
  await world.finish(last.start())
  await world.until(() => last.state === 'open')
})

t.test('a log-out leaves nothing, here or from the phone', async (t) => {
  const { world, browsers, alice } = await clientStory(t, {})
  for (const end of ['here', 'phone'] as const) {
    const place = browserPlace(`alice ${end}`)
    const page = await browsers.pair(place, alice)
    await world.until(() => page.messages(BOB_JID).length === 5)
    page.drafts.put(BOB_JID, { text: 'secret', quote: null })
    await world.pass(5_000)
    t.ok(await place.cache.load(ALICE_JID))
    page.drafts.put(BOB_JID, { text: 'more of it', quote: null })
    const login = alice.companions().find(({ state }) => state === 'online')!
    await world.finish(end === 'here' ? page.logout() : alice.unpair(login.id))
    await world.until(() => page.state === 'loggedOut', { withinMs: 30_000 })
    await world.pass(5_000)
    t.equal(await place.cache.load(ALICE_JID), null)
    t.equal(page.drafts.find(BOB_JID), null)
    t.same(page.chats(), [])
  }
})
