/** What the server says about people and itself, word by word (spec 4, 6, 14.1, 15). */
import t, { type Test } from 'tap'
import { ALICE, BOB } from 'harness'
import { utf8 } from 'proto/bytes'
import { limit } from 'proto/limits'
import type { Node } from 'proto/node'
import { RawBrowser } from '../src/raw-browser.ts'
import { change, rawStory } from '../src/raw-story.ts'

const [ALICE_JSON, BOB_JSON] = [`${ALICE.number}@c.us`, `${BOB.number}@c.us`]
const image = Uint8Array.of(0xff, 0xd8, 0xff, 1)

/** Browsers at Alice's and Bob's phones, nothing said yet. */
async function two(t: Test, options: Parameters<typeof rawStory>[1] = {}) {
  const story = await rawStory(t, options)
  const atAlice = await story.paired()
  const atBob = await RawBrowser.connect(story.world, 'bob')
  await atBob.pair(story.bob)
  await story.world.pass(1_000)
  return { ...story, atAlice, atBob }
}

const named = (browser: RawBrowser, name: string) =>
  browser.pushes.filter(({ body }) => body[0] === name).map(({ body }) => body[1])
const node = (tag: string, attrs: Record<string, string>, content: Node['content'] = null): Node => ({
  tag,
  attrs,
  content,
})

t.test('changes of profile are told in these words, to the others', async (t) => {
  const { atAlice, atBob, world } = await two(t)
  t.match(await atAlice.json(atAlice.sayNode(change(node('status', {}, utf8('Away'))))), { status: 200 })
  const parts = [node('image', {}, image), node('preview', {}, image)]
  const set = atAlice.sayNode(
    change(node('picture', { jid: ALICE_JSON, id: '1.--p', type: 'set' }, parts)),
    '1.--p',
  )
  t.match(await atAlice.json(set), { status: 200, eurl: /^http:\/\/localhost\/pictures\/[\w-]+$/, tag: '1' })
  t.match(await atAlice.json(atAlice.sayNode(change(node('profile', { name: 'Al' })))), {
    status: 200,
    pushname: 'Al',
  })
  await world.pass(1_000)
  t.strictSame(named(atBob, 'Status'), [{ id: ALICE_JSON, status: 'Away' }])
  t.strictSame(named(atBob, 'Cmd'), [{ type: 'picture', jid: ALICE_JSON, tag: '1' }])
  t.strictSame(named(atAlice, 'Status'), [])
  t.match(named(atAlice, 'Conn').at(-1), { pushname: 'Al' })
  t.notOk('wid' in (named(atAlice, 'Conn').at(-1) as object), 'some members only')
})

t.test('questions about people are answered in these words', async (t) => {
  const { atAlice, atBob, alice, bob, world } = await two(t)
  const ask = (...body: unknown[]) => atAlice.say(body)
  await world.finish(bob.profile.setAbout('Here'))
  await world.finish(bob.profile.setPicture({ image }))
  t.strictSame(await atAlice.json(ask('query', 'Status', BOB_JSON)), { status: 'Here' })
  t.match(await atAlice.json(ask('query', 'ProfilePicThumb', BOB_JSON)), { eurl: /pictures/, tag: '1' })
  t.strictSame(await atAlice.json(ask('query', 'exist', BOB.number)), { status: 200, jid: BOB_JSON })
  t.strictSame(await atAlice.json(ask('query', 'Presence', 'lastseen', BOB_JSON)), { status: 404 })
  t.strictSame(
    await atBob.json(atBob.say(['action', 'editBusinessProfile', { description: 'Bread', v: 2 }])),
    { status: 200 },
  )
  const wids = [{ wid: BOB_JSON }, { wid: ALICE_JSON }]
  t.strictSame(await atAlice.json(ask('query', 'businessProfile', wids, 84)), {
    status: 200,
    profiles: [{ wid: BOB_JSON, profile: { description: 'Bread' } }],
  })
  for (const body of [
    ['query', 'bizCatalog', {}],
    ['query', 'order', {}],
    ['action', 'addProduct_reh', {}],
    ['action', 'editProduct_reh', {}],
    ['action', 'deleteProduct_reh', {}],
  ])
    t.strictSame(await atAlice.json(ask(...body)), { status: 404 }, JSON.stringify(body))
  await world.finish(bob.profile.showPresence('available'))
  t.strictSame(await atAlice.json(ask('query', 'Presence', 'lastseen', BOB_JSON)), {
    t: Math.floor(world.clock.now() / 1000),
  })
  await world.finish(bob.profile.block(ALICE.number))
  for (const body of [
    ['query', 'Status', BOB_JSON],
    ['query', 'ProfilePicThumb', BOB_JSON],
    ['query', 'Presence', 'lastseen', BOB_JSON],
  ])
    t.strictSame(await atAlice.json(ask(...body)), { status: 401 }, body[1])
  await atAlice.json(ask('action', 'presence', 'subscribe', BOB_JSON))
  await world.pass(100)
  t.strictSame(named(atAlice, 'Presence'), [{ id: BOB_JSON, type: 'unavailable', deny: true }])
  t.equal(alice.status().about, '')
})

t.test('an outdated client is told so three times over, and works', async (t) => {
  const { atAlice, alice } = await two(t, { config: { oldestClient: [2, 2143] } })
  const [init] = atAlice.texts
  t.match(init?.text, /"update":true,"curr":"2.2142.12"/)
  t.strictSame(atAlice.pushes.map(({ tag, body }) => [tag, body[0]]).slice(0, 5), [
    ['s1', 'Conn'],
    ['s2', 'Blocklist'],
    ['s3', 'Stream'],
    ['s4', 'Props'],
    ['s5', 'Cmd'],
  ])
  t.strictSame(atAlice.pushes[2]?.body, ['Stream', 'update', true, '2.2142.12'])
  t.strictSame(atAlice.pushes[4]?.body, ['Cmd', { type: 'update' }])
  t.match(await atAlice.json(atAlice.sayNode(change(node('profile', { name: 'Al' })))), { status: 200 })
  t.equal(alice.status().name, 'Al')
})

t.test('a client that is refused for its age gets a status, and no code to show', async (t) => {
  const { connect } = await rawStory(t, { config: { oldestClient: [2, 2143], outdatedClients: 'refuse' } })
  const browser = await connect()
  t.strictSame(await browser.json(browser.init()), { status: 426 })
  t.strictSame(await browser.json(browser.say(['admin', 'Conn', 'reref'])), { status: 400 })
  t.equal(browser.closed, null)
})

t.test('a phone that sleeps is told once, and never Pong false', async (t) => {
  const { atAlice, alice, world } = await two(t)
  alice.setDevice({ app: 'dozing' })
  const tests = [atAlice.say(['admin', 'test'])]
  await world.pass(limit('PHONE_ASLEEP_MS') + 10)
  tests.push(atAlice.say(['admin', 'test']))
  await world.pass(limit('PHONE_ASLEEP_MS') + 10)
  t.strictSame(
    atAlice.pushes.filter(({ body }) => body[1] === 'asleep').map(({ body }) => body),
    [['Stream', 'asleep']],
  )
  t.notOk(atAlice.texts.some(({ text }) => text.includes('["Pong",')))
  alice.setDevice({ app: 'running' })
  await world.pass(1_000)
  for (const tag of tests) t.strictSame(await atAlice.json(tag), ['Pong', true])
})

t.test('a phone that rings tells its browser, and a call that nobody takes is a missed one', async (t) => {
  const { atAlice, alice, bob, world } = await two(t)
  const { id } = await world.finish(bob.calls.call(ALICE.number))
  await world.pass(1_000)
  t.strictSame(named(atAlice, 'Call'), [{ id, from: BOB_JSON, type: 'offer' }])
  const seen = atAlice.nodes.length
  await world.pass(limit('CALL_RING_MS'))
  const [relayed] = atAlice.nodes.slice(seen)
  t.match(relayed?.node, { tag: 'action', attrs: { add: 'relay' } })
  t.match(alice.messages(BOB_JSON).at(-1), { id, text: 'Missed call', notice: { stub: 'CALL_MISSED_VOICE' } })
  const again = await world.finish(bob.calls.call(ALICE.number))
  await world.pass(1_000)
  await world.finish(alice.calls.answer(again.id))
  await world.pass(2 * limit('CALL_RING_MS'))
  t.match(named(atAlice, 'Call').at(-1), { id: again.id, type: 'accept' })
  t.equal(alice.messages(BOB_JSON).filter(({ notice }) => notice).length, 1)
})
