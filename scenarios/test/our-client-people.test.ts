/** What one changes about itself, others see: at once, while phones are away, and after everything was switched off. */
import t from 'tap'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { ALICE, BOB, createWorld, type World } from 'harness'
import { limit } from 'proto/limits'
import type { Client, ClientEvent } from 'web-client'
import { ALICE_JID, BOB_JID, giveBackstory } from '../src/backstory.ts'
import { browserPlace, browsersOf } from '../src/browser.ts'
import { bringBack, takeOffline } from '../src/phone-absence.ts'
import { virtualFetch } from '../src/virtual-fetch.ts'

const CAROL = { number: '15550003333', name: 'Carol' }
const CAROL_JID = `${CAROL.number}@s.whatsapp.net`
const image = Uint8Array.of(0xff, 0xd8, 0xff, 1, 2, 3)
const preview = Uint8Array.of(0xff, 0xd8, 0xff, 9)

/** Everything of one type that a client has been told. */
function listen(client: Client) {
  const events: ClientEvent[] = []
  client.subscribe((event) => void events.push(event))
  return <T extends ClientEvent['type']>(type: T) =>
    events.filter((event): event is Extract<ClientEvent, { type: T }> => event.type === type)
}

async function three(t: { teardown(task: () => Promise<void>): void }) {
  const world = await createWorld({ phones: [ALICE, BOB, CAROL] })
  const pages = browsersOf(world)
  t.teardown(async () => {
    pages.stop()
    await world.stop()
  })
  await giveBackstory(world)
  const [alice, bob, carol] = [ALICE, BOB, CAROL].map(({ number }) => world.phone(number)) as [
    World['phones'][number],
    World['phones'][number],
    World['phones'][number],
  ]
  const [atAlice, atBob, atCarol] = [
    await pages.pair('alice', alice),
    await pages.pair('bob', bob),
    await pages.pair('carol', carol),
  ]
  return { world, alice, bob, carol, atAlice, atBob, atCarol }
}

const bytesAt = async (world: World, url: string) => {
  const answer = await virtualFetch(world, new URL(url).pathname, { headers: { host: 'localhost' } })
  return answer.status === 200 ? new Uint8Array(await answer.arrayBuffer()) : answer.status
}

t.test('what one sets is there for others, for those who come back, and after a restart', async (t) => {
  const storage = mkdtempSync(join(tmpdir(), 'people-'))
  t.teardown(() => rmSync(storage, { recursive: true }))
  const [placeA, placeB] = [browserPlace('alice'), browserPlace('bob')]

  const before = await createWorld({ storage, seed: 'first day', phones: [ALICE, BOB, CAROL] })
  await giveBackstory(before)
  const pages = browsersOf(before)
  const atAlice = await pages.pair(placeA, before.phone(ALICE.number))
  const atBob = await pages.pair(placeB, before.phone(BOB.number))
  const told = listen(atBob)

  await before.finish(atAlice.people.setAbout('At the mill'))
  await before.until(() => told('about').length === 1)
  t.match(told('about'), [{ jid: ALICE_JID, text: 'At the mill' }])
  const set = await before.finish(atAlice.people.setPicture(image, preview))
  await before.until(() => told('picture').length === 1)
  t.match(told('picture'), [{ jid: ALICE_JID, tag: set.tag }])
  await before.finish(atAlice.people.setName('Alice Miller'))
  await before.finish(atAlice.people.setBusinessProfile({ description: 'Flour' }))
  await before.finish(atAlice.people.block(CAROL_JID))
  await before.until(() => atAlice.people.blocked.length === 1)
  t.equal(before.phone(ALICE.number).status().name, 'Alice Miller')

  await takeOffline(before, before.phone(BOB.number))
  await before.finish(before.phone(ALICE.number).profile.setPicture({ image: preview }))
  await before.pass(1_000)
  t.equal(told('picture').length, 1, 'his phone is away, it cannot tell')
  await bringBack(before, before.phone(BOB.number))
  await before.until(() => told('picture').length === 2)
  t.match(told('picture')[1], { jid: ALICE_JID, tag: '2' }, 'told when it is back')
  pages.stop()
  await before.stop()

  const after = await createWorld({
    ...{ storage, seed: 'second day', phones: [ALICE, BOB, CAROL] },
    startMs: before.clock.now() + 3_600_000,
  })
  const later = browsersOf(after)
  const [again, bobAgain] = [later.open(placeA), later.open(placeB)]
  await after.finish(Promise.all([again.start(), bobAgain.start()]))
  await after.until(() => again.state === 'open' && bobAgain.state === 'open')
  const atCarol = await later.pair('carol', after.phone(CAROL.number))

  t.strictSame(await after.finish(bobAgain.people.about(ALICE_JID)), { text: 'At the mill' })
  const picture = await after.finish(bobAgain.people.picture(ALICE_JID))
  t.match(picture, { tag: '2' })
  t.strictSame(await bytesAt(after, (picture as { url: string }).url), preview)
  t.equal(await bytesAt(after, set.url), 404, 'the first one is gone')
  const profiles = await after.finish(bobAgain.people.businessProfiles([ALICE_JID, BOB_JID]))
  t.strictSame([...profiles], [[ALICE_JID, { description: 'Flour' }]])
  t.strictSame(await after.finish(bobAgain.people.find(ALICE.number)), { jid: ALICE_JID, isBusiness: true })
  t.match(again.me, { name: 'Alice Miller' })
  await after.until(() => again.people.blocked.length === 1)
  t.strictSame(again.people.blocked, [CAROL_JID], 'told by the server when it opened')
  t.strictSame(after.phone(ALICE.number).profile.blocked(), [CAROL.number])
  t.equal(await after.finish(atCarol.people.about(ALICE_JID)), 'hidden')
  t.equal(await after.finish(atCarol.people.picture(ALICE_JID)), 'hidden')
  const seen = await after.finish(bobAgain.people.lastSeen(ALICE_JID))
  t.ok(typeof seen === 'object' && seen.at > before.clock.now(), 'she is here again')
  later.stop()
  await after.stop()
})

t.test('who types, comes and goes is seen by those who asked, and ends by the clock', async (t) => {
  const { world, alice, atAlice, atBob, atCarol } = await three(t)
  const told = listen(atBob)
  const states = () => told('presence').map(({ presence }) => presence.state)
  atBob.watch(ALICE_JID)
  atCarol.watch(ALICE_JID)
  await world.until(() => states().length === 1)
  t.strictSame(states(), ['available'], 'known at once: her page is open')

  atAlice.showPresence('composing', BOB_JID)
  await world.until(() => states().length === 2)
  t.equal(atBob.chat(ALICE_JID)?.typing, 'composing')
  await world.pass(limit('PRESENCE_TYPING_MS') + 100)
  t.strictSame(states(), ['available', 'composing', 'paused'])
  t.equal(atBob.chat(ALICE_JID)?.typing, null)
  t.equal(atCarol.people.presence(ALICE_JID)?.state, 'available', 'it was not meant for her')

  await takeOffline(world, alice)
  await world.until(() => states().length === 4)
  const gone = atBob.people.presence(ALICE_JID)
  t.match(gone, { state: 'unavailable', denied: false })
  t.ok(world.clock.now() - gone!.lastSeen! < 5_000, 'seen just now')
  await bringBack(world, alice)
  await world.until(() => states().length === 5)
  t.equal(states().at(-1), 'available', 'her page is still open')
  atAlice.stop()
  await world.until(() => states().length === 6)
  t.equal(states().at(-1), 'unavailable', 'the last page has gone')
  await world.finish(alice.profile.showPresence('available'))
  await world.until(() => states().length === 7)
  t.strictSame(states().slice(-2), ['unavailable', 'available'], 'she is at the phone')
})

t.test(
  'what the server knows is answered while the own phone is away; what needs the phone waits',
  async (t) => {
    const { world, alice, bob, atAlice } = await three(t)
    await world.finish(bob.profile.setAbout('Here'))
    await takeOffline(world, alice)
    t.strictSame(await world.finish(atAlice.people.about(BOB_JID)), { text: 'Here' })
    t.strictSame(await world.finish(atAlice.people.find(BOB.number)), { jid: BOB_JID, isBusiness: false })
    t.equal(await world.finish(atAlice.people.picture(BOB_JID)), 'none')
    let done = false
    const setting = atAlice.people.setAbout('written in the cellar').then(() => (done = true))
    await world.pass(10_000)
    t.equal(done, false)
    t.equal(alice.status().about, '')
    await bringBack(world, alice)
    await world.finish(setting)
    t.equal(alice.status().about, 'written in the cellar')
  },
)

t.test('a phone that sleeps is told as asleep, once, and as awake when it speaks', async (t) => {
  const { world, alice, atAlice } = await three(t)
  const told = listen(atAlice)
  const sleeps = () => told('phone').map(({ phone }) => phone.asleep)
  alice.setDevice({ app: 'dozing' })
  await world.until(() => atAlice.phone.asleep, { withinMs: 60_000 })
  await world.pass(60_000)
  t.equal(atAlice.state, 'phoneUnreachable')
  t.strictSame(sleeps(), [true])
  alice.setDevice({ app: 'running' })
  await world.until(() => !atAlice.phone.asleep)
  t.equal(atAlice.state, 'open')
})

t.test('a picture of a group is seen by its members, and hidden from others', async (t) => {
  const { world, bob, atAlice, atBob, atCarol } = await three(t)
  const { group } = await world.finish(bob.groups.create('Mill', [ALICE.number]))
  await world.pass(1_000)
  const told = listen(atAlice)
  const set = await world.finish(atBob.people.setPicture(image, preview, group.jid))
  await world.until(() => told('picture').length === 1)
  t.match(told('picture'), [{ jid: group.jid, tag: set.tag }])
  const seen = await world.finish(atAlice.people.picture(group.jid))
  t.strictSame(seen, set)
  t.strictSame(await bytesAt(world, set.url), image)
  t.equal(await world.finish(atCarol.people.picture(group.jid)), 'hidden')
  await t.rejects(world.finish(atCarol.people.setPicture(image, preview, group.jid)), {
    code: 'TETHER_ERR_GROUP_MEMBER',
  })
  await world.finish(bob.groups.change(group.jid, { kind: 'restrict', value: true }))
  await t.rejects(world.finish(atAlice.people.removePicture(group.jid)), {
    code: 'TETHER_ERR_CONSENT_DENIED',
  })
  atAlice.watch(group.jid)
  await world.pass(100)
  atBob.showPresence('composing', group.jid)
  await world.until(() => atAlice.people.presence(BOB_JID, group.jid)?.state === 'composing')
  await world.pass(limit('PRESENCE_TYPING_MS'))
  t.equal(atAlice.people.presence(BOB_JID, group.jid)?.state, 'paused')
})
