import t, { type Test } from 'tap'
import type { GroupFacts } from 'proto/group'
import { limit } from 'proto/limits'
import { createPair, createWorld, type ScriptedLink, type TestPhone } from './world.ts'

const ALICE = '15550001111'
const BOB = '15550002222'
const CAROL = '15550003333'

/** Alice, Bob and Carol, each with an open browser that has been told nothing yet. */
async function three(t: Test) {
  const world = await createWorld()
  t.teardown(() => world.server.close())
  const [alice, bob, carol] = [
    await createPair(world, ALICE),
    await createPair(world, BOB),
    await createPair(world, CAROL),
  ]
  for (const { browser } of [alice, bob, carol]) browser.take()
  return { world, alice, bob, carol }
}

/** Presences that a browser was told since it was last asked. */
function told(browser: ScriptedLink): unknown[] {
  return browser
    .take()
    .filter((text) => text.includes('["Presence"'))
    .map((text) => (JSON.parse(text.slice(text.indexOf(',') + 1)) as unknown[])[1])
}

async function watch(browser: ScriptedLink, jid: string): Promise<void> {
  await browser.say(`w,["action","presence","subscribe","${jid}"]`)
}

function say(phone: TestPhone, state: string, more: { to?: string; by?: number } = {}): Promise<void> {
  return phone.tell({ type: 'presence', state, ...more } as never)
}

t.test('answers a subscription, and then says what is known at once', async (t) => {
  const { alice, bob } = await three(t)
  await watch(alice.browser, `${BOB}@s.whatsapp.net`)
  t.same(alice.browser.take(), [
    'w,{"status":200}',
    `s5,["Presence",{"id":"${BOB}@c.us","type":"unavailable","deny":false}]`,
  ])
  await say(bob.phone, 'available')
  await watch(alice.browser, BOB)
  t.same(told(alice.browser), [
    { id: `${BOB}@c.us`, type: 'available', deny: false },
    { id: `${BOB}@c.us`, type: 'available', deny: false },
  ])
})

t.test('tells only who asked, and each change once', async (t) => {
  const { alice, bob, carol, world } = await three(t)
  await watch(alice.browser, BOB)
  alice.browser.take()
  await say(bob.phone, 'available')
  await say(bob.phone, 'available')
  t.same(told(alice.browser), [{ id: `${BOB}@c.us`, type: 'available', deny: false }])
  await world.clock.pass(5_000)
  await say(bob.phone, 'unavailable')
  const t0 = Math.floor(world.clock.now() / 1000)
  t.same(told(alice.browser), [{ id: `${BOB}@c.us`, type: 'unavailable', t: t0, deny: false }])
  t.same(told(carol.browser), [])
  await alice.browser.hangUp()
  await say(bob.phone, 'available')
  t.same(told(alice.browser), [])
})

t.test('holds somebody for there until the last of phone and browser has gone', async (t) => {
  const { alice, bob } = await three(t)
  await watch(alice.browser, BOB)
  await say(bob.phone, 'available')
  await say(bob.phone, 'available', { by: bob.connection })
  await say(bob.phone, 'unavailable')
  t.match(told(alice.browser), [{ type: 'unavailable' }, { type: 'available' }])
  await bob.browser.hangUp()
  t.match(told(alice.browser), [{ type: 'unavailable', t: Number }])
})

t.test('takes no word for a browser of somebody else, or one that has gone', async (t) => {
  const { alice, bob, carol } = await three(t)
  await watch(alice.browser, BOB)
  alice.browser.take()
  await say(bob.phone, 'available', { by: carol.connection })
  await say(bob.phone, 'available', { by: 9_999 })
  t.same(told(alice.browser), [])
})

t.test(
  'holds nobody for there whose phone is away, and its browser again when the phone is back',
  async (t) => {
    const { alice, bob, world } = await three(t)
    await watch(alice.browser, BOB)
    await say(bob.phone, 'available')
    await say(bob.phone, 'available', { by: bob.connection })
    alice.browser.take()
    await bob.phone.link.hangUp()
    t.match(told(alice.browser), [{ type: 'unavailable', t: Math.floor(world.clock.now() / 1000) }])
    const back = await bob.phone.attach()
    t.match(told(alice.browser), [{ type: 'available' }])
    await say(back, 'unavailable', { by: bob.connection })
    t.match(told(alice.browser), [{ type: 'unavailable' }], 'the phone itself has not said anything since')
  },
)

t.test('shows typing to the person it is meant for, and ends it by the clock', async (t) => {
  const { alice, bob, carol, world } = await three(t)
  await watch(alice.browser, BOB)
  await watch(carol.browser, BOB)
  await say(bob.phone, 'available')
  for (const { browser } of [alice, carol]) browser.take()
  await say(bob.phone, 'composing', { to: ALICE })
  await say(bob.phone, 'composing', { to: ALICE })
  t.match(told(alice.browser), [{ id: `${BOB}@c.us`, type: 'composing' }])
  await watch(alice.browser, BOB)
  await watch(carol.browser, BOB)
  t.match(told(alice.browser), [{ type: 'composing' }])
  t.match(told(carol.browser), [{ type: 'available' }])
  await world.clock.pass(limit('PRESENCE_TYPING_MS') - 1)
  t.same(told(alice.browser), [])
  await world.clock.pass(1)
  t.match(told(alice.browser), [{ type: 'paused' }])
  await world.clock.pass(limit('PRESENCE_TYPING_MS'))
  t.same([...told(alice.browser), ...told(carol.browser)], [])
})

t.test('ends typing with the word that ends it', async (t) => {
  const { alice, bob } = await three(t)
  await watch(alice.browser, BOB)
  alice.browser.take()
  const types = () => told(alice.browser).map((each) => (each as { type: string }).type)
  await say(bob.phone, 'composing', { to: ALICE })
  t.same(types(), ['available', 'composing'], 'who types is there')
  await say(bob.phone, 'recording', { to: ALICE })
  await say(bob.phone, 'paused', { to: ALICE })
  await say(bob.phone, 'paused', { to: ALICE })
  t.same(types(), ['recording', 'paused'])
  await say(bob.phone, 'composing', { to: ALICE })
  await say(bob.phone, 'available')
  t.same(types(), ['composing', 'available'])
  await say(bob.phone, 'composing', { to: ALICE })
  await say(bob.phone, 'composing', { to: CAROL })
  t.same(types(), ['composing', 'paused'], 'one types in one chat at a time')
  await say(bob.phone, 'composing', { to: ALICE })
  await say(bob.phone, 'unavailable')
  t.same(types(), ['composing', 'unavailable'])
})

t.test('counts typing to nobody as bad input', async (t) => {
  const { bob, world } = await three(t)
  await say(bob.phone, 'composing')
  t.equal(world.server.counters.value('errors', 'TETHER_ERR_BODY'), 1)
  t.equal(bob.phone.link.closed, null)
})

t.test(
  'denies who is blocked, from the moment of blocking, and shows the state again after it',
  async (t) => {
    const { alice, bob, carol } = await three(t)
    await watch(alice.browser, BOB)
    await say(bob.phone, 'available')
    alice.browser.take()
    await bob.phone.ask({ type: 'block', add: true, numbers: [ALICE] })
    t.same(told(alice.browser), [{ id: `${BOB}@c.us`, type: 'unavailable', deny: true }])
    await say(bob.phone, 'unavailable')
    await say(bob.phone, 'available')
    await say(bob.phone, 'composing', { to: ALICE })
    t.same(told(alice.browser), [])
    await watch(alice.browser, BOB)
    t.same(told(alice.browser), [{ id: `${BOB}@c.us`, type: 'unavailable', deny: true }])
    await bob.phone.ask({ type: 'block', add: false, numbers: [ALICE] })
    t.match(told(alice.browser), [{ type: 'composing', deny: false }])
    await watch(bob.browser, ALICE)
    await alice.phone.ask({ type: 'block', add: true, numbers: [BOB] })
    await say(bob.phone, 'recording', { to: ALICE })
    t.same(told(alice.browser), [], 'nobody sees the typing of whom they blocked')
    t.match(told(bob.browser), [{ deny: false }, { deny: true }])
    t.same(told(carol.browser), [])
  },
)

t.test('tells a group who types in it: members that asked, and nobody else', async (t) => {
  const { alice, bob, carol, world } = await three(t)
  const made = await bob.phone.ask({ type: 'groupCreate', subject: 'Mill', members: [ALICE] })
  const { jid: group } = (made.ok as { group: GroupFacts }).group
  const change = (kind: string) =>
    bob.phone.ask({ type: 'groupChange', group, change: { kind, members: [CAROL] } })
  for (const { browser } of [alice, bob, carol]) browser.take()
  await watch(alice.browser, group)
  await watch(carol.browser, group)
  t.same(alice.browser.take(), ['w,{"status":200}'])
  t.same(carol.browser.take(), ['w,{"status":401}'])
  await watch(carol.browser, `${CAROL}-1@g.us`)
  t.same(carol.browser.take(), ['w,{"status":404}'])
  await change('add')
  await watch(carol.browser, group)
  await watch(bob.browser, group)
  for (const { browser } of [alice, bob, carol]) browser.take()

  await say(bob.phone, 'composing', { to: group })
  const composing = { id: group, type: 'composing', participant: `${BOB}@c.us`, deny: false }
  t.same(told(alice.browser), [composing])
  t.same(told(carol.browser), [composing])
  t.same(told(bob.browser), [])
  await watch(alice.browser, group)
  t.same(told(alice.browser), [composing], 'a late one hears who types now')
  await change('remove')
  await world.clock.pass(limit('PRESENCE_TYPING_MS'))
  t.match(told(alice.browser), [{ id: group, type: 'paused' }])
  t.same(told(carol.browser), [], 'no member any more')
  await say(carol.phone, 'composing', { to: group })
  t.same(told(alice.browser), [])
  await say(bob.phone, 'composing', { to: group })
  await say(bob.phone, 'unavailable')
  t.match(told(alice.browser), [{ type: 'composing' }, { type: 'unavailable', participant: `${BOB}@c.us` }])
  await say(bob.phone, 'composing', { to: group })
  await alice.phone.ask({ type: 'block', add: true, numbers: [BOB] })
  told(alice.browser)
  await watch(alice.browser, group)
  t.same(told(alice.browser), [], 'not of whom she blocked')
})

t.test('tells nobody in a group of the typing of somebody with whom there is a block', async (t) => {
  const { alice, bob, carol } = await three(t)
  const made = await bob.phone.ask({ type: 'groupCreate', subject: 'Mill', members: [ALICE, CAROL] })
  const { jid: group } = (made.ok as { group: GroupFacts }).group
  for (const { browser } of [alice, bob, carol]) await watch(browser, group)
  await alice.phone.ask({ type: 'block', add: true, numbers: [BOB] })
  for (const { browser } of [alice, bob, carol]) browser.take()
  await say(bob.phone, 'composing', { to: group })
  t.same(told(alice.browser), [], 'she blocked him')
  t.match(told(carol.browser), [{ participant: `${BOB}@c.us` }])
  await say(alice.phone, 'composing', { to: group })
  t.same(told(bob.browser), [], 'he is blocked')
  t.match(told(carol.browser), [{ participant: `${ALICE}@c.us` }])
})

t.test('knows after a restart when everybody was last seen, those who were there too', async (t) => {
  const { bob, carol, world } = await three(t)
  await say(bob.phone, 'available')
  await world.clock.pass(1_000)
  await say(bob.phone, 'unavailable')
  const seen = world.clock.now()
  await say(carol.phone, 'available')
  await world.clock.pass(60_000)
  const saved = new Map<string, number>()
  const save = world.stores.profiles.saveLastSeen.bind(world.stores.profiles)
  world.stores.profiles.saveLastSeen = (times) => {
    for (const [number, at] of times) saved.set(number, at)
    return save(times)
  }
  t.equal(await world.stores.profiles.lastSeen(BOB), seen)
  await world.server.close()
  t.equal(saved.get(CAROL), world.clock.now())
})
