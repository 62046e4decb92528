import t from 'tap'
import type { Node } from 'proto/node'
import { BOB, CARLA, infoOf, messageNode, node } from './scripted-phone.ts'
import { newWorld, type World } from './world.ts'

async function withMessages(count: number): Promise<World> {
  const world = newWorld()
  for (let at = 0; at < count; at++)
    world.relay.phone.write(BOB, { id: name(at), seconds: at, fromMe: at % 4 === 0 })
  await world.pair()
  return world
}
const name = (at: number): string => `M${String(at).padStart(4, '0')}`
const ids = (world: World, jid = BOB): string[] => world.client.messages(jid).map(({ id }) => id)
/** The `last` batch as a phone sends it that has no room for the message of one chat. */
const withoutBob = (batch: Node): Node =>
  batch.attrs.add === 'last' ? { ...batch, content: (batch.content as Node[]).slice(1) } : batch
const range = (from: number, to: number): string[] =>
  Array.from({ length: to - from }, (_, index) => name(from + index))

t.test('loads older messages page by page to the beginning, each once and in order', async (t) => {
  const world = await withMessages(100)
  t.same(ids(world), range(80, 100))
  const counts: number[] = []
  while (world.client.chat(BOB)?.hasOlder) counts.push(await world.client.loadOlder(BOB))
  t.same(counts, [25, 25, 25, 5, 0])
  t.same(ids(world), range(0, 100))
})

t.test('loads pages of the size that is asked for', async (t) => {
  const world = await withMessages(100)
  t.equal(await world.client.loadOlder(BOB, 50), 50)
  t.equal(world.client.chat(BOB)?.hasOlder, true)
  t.equal(await world.client.loadOlder(BOB, 50), 30)
  t.equal(await world.client.loadOlder(BOB, 50), 0)
  t.equal(world.client.chat(BOB)?.hasOlder, false)
  t.same(ids(world), range(0, 100))
})

t.test('ends at an empty page, not at a short one', async (t) => {
  const world = await withMessages(45)
  const counts: number[] = []
  while (world.client.chat(BOB)?.hasOlder) counts.push(await world.client.loadOlder(BOB))
  t.same(counts, [25, 0])
  t.same(ids(world), range(0, 45))
})

t.test('asks once when two ask for the same page', async (t) => {
  const world = await withMessages(100)
  await Promise.all([world.client.loadOlder(BOB), world.client.loadOlder(BOB)])
  t.equal(ids(world).length, 45)
  t.equal(world.relay.end.nodes.filter(({ node }) => node.attrs.type === 'message').length, 1)
})

t.test('names the oldest known message in the query, as the spec has it', async (t) => {
  const world = await withMessages(100)
  await world.client.loadOlder('15550002222@c.us')
  const query = world.relay.end.nodes.find(({ node }) => node.attrs.type === 'message')
  t.match(query, {
    metric: 7,
    flags: 128,
    node: { tag: 'query', attrs: { jid: BOB, kind: 'before', count: '25', index: name(80), owner: 'true' } },
  })
})

t.test('takes 404 as the beginning', async (t) => {
  const world = await withMessages(30)
  world.relay.phone.messages.set(BOB, [])
  t.equal(await world.client.loadOlder(BOB), 0)
  t.equal(world.client.chat(BOB)?.hasOlder, false)
  t.equal(ids(world).length, 20)
})

t.test('goes on past a whole page of messages that are not shown', async (t) => {
  const world = newWorld()
  for (let at = 0; at < 70; at++) {
    const info = world.relay.phone.write(BOB, { id: name(at), seconds: at })
    // A protocol message that is not a revocation is stored and never shown.
    if (at >= 20 && at < 50) delete info.message
  }
  await world.pair()
  while (world.client.chat(BOB)?.hasOlder) await world.client.loadOlder(BOB)
  t.same(ids(world), [...range(0, 20), ...range(50, 70)])
})

t.test('asks for what a sync left out when the chat list says that something came', async (t) => {
  const world = await withMessages(5)
  const { phone } = world.relay
  world.relay.up = false
  world.relay.end.close()
  await world.clock.run(10)
  phone.write(CARLA, { id: 'C1', seconds: 1 })
  phone.write(BOB, { id: 'M9000', seconds: 900 })
  phone.chats = [
    { jid: BOB, t: '1500000900', count: '1' },
    { jid: CARLA, t: '1500000001', count: '0' },
  ]
  const whole = phone.sync()
  phone.sync = () => whole.filter((each) => !JSON.stringify(each.attrs).includes('before')).map(withoutBob)
  world.relay.up = true
  await world.clock.run(10_000)
  t.equal(ids(world).at(-1), 'M9000')
})

t.test('rejects away from the server, and can be asked again', async (t) => {
  const world = await withMessages(100)
  world.relay.up = false
  world.relay.end.close()
  await world.clock.run(10)
  await t.rejects(world.client.loadOlder(BOB), { code: 'TETHER_ERR_STATE' })
  world.relay.up = true
  await world.clock.run(5000)
  t.equal(await world.client.loadOlder(BOB), 25)
})

for (const { missed, what } of [
  { missed: 0, what: 'nothing' },
  { missed: 5, what: 'less than the sync brings' },
  { missed: 20, what: 'exactly what the sync brings' },
  { missed: 21, what: 'one more than the sync brings' },
  { missed: 90, what: 'several pages' },
]) {
  t.test(`shows each message once after a reconnect that missed ${what}`, async (t) => {
    const world = await withMessages(30)
    await world.client.loadOlder(BOB)
    world.relay.end.close()
    for (let at = 30; at < 30 + missed; at++) world.relay.phone.write(BOB, { id: name(at), seconds: at })
    await world.clock.run(8000)
    t.equal(world.client.state, 'open')
    t.same(ids(world), range(0, 30 + missed))
  })
}

t.test('starts afresh from the sync when the phone no longer knows what was known here', async (t) => {
  const world = await withMessages(30)
  world.relay.end.close()
  world.relay.phone.messages.set(BOB, [])
  for (let at = 50; at < 90; at++) world.relay.phone.write(BOB, { id: name(at), seconds: at })
  await world.clock.run(8000)
  t.same(ids(world), range(70, 90))
  t.equal(world.client.chat(BOB)?.hasOlder, true)
})

t.test('shows a message once that comes by relay and by sync, in either order', async (t) => {
  const world = await withMessages(3)
  const relayed = infoOf(BOB, { id: 'TWICE', seconds: 10 })
  const relay = node('action', { add: 'relay' }, [messageNode(relayed)])
  const sync = node('action', { add: 'before' }, [messageNode(relayed)])
  for (const each of [relay, sync, relay]) world.relay.end.node(each)
  const other = messageNode(infoOf(CARLA, { id: 'TWICE', seconds: 11 }))
  world.relay.end.node(node('action', { add: 'before' }, [other]))
  world.relay.end.node(node('action', { add: 'relay' }, [other]))
  await world.clock.run(10)
  t.same(ids(world), [...range(0, 3), 'TWICE'])
  t.same(ids(world, CARLA), ['TWICE'], 'the same id in another chat is another message')
  t.equal(world.client.chat(BOB)?.unread, 3, 'counted once')
  t.equal(world.events.filter((event) => event.type === 'message').length, 1)
})

/** Loses the connection, lets something happen to the phone, and comes back with the sync over. */
async function meanwhile(world: World, change: () => void): Promise<void> {
  world.relay.end.close()
  await world.clock.run(10)
  change()
  await world.clock.run(5_000)
}
const without = (world: World, ...gone: string[]): void => {
  const left = world.relay.phone.messages.get(BOB)!.filter(({ key }) => !gone.includes(key.id))
  world.relay.phone.messages.set(BOB, left)
}

t.test(
  'what the phone has deleted meanwhile goes, in the middle and at the end of what it tells',
  async (t) => {
    const world = await withMessages(30)
    t.same(ids(world), range(10, 30))
    await meanwhile(world, () => without(world, name(15), name(29)))
    t.same(ids(world), [...range(8, 15), ...range(16, 29)])
    await meanwhile(world, () => without(world, name(12)))
    t.notOk(ids(world).includes(name(12)))
  },
)

t.test('what the phone tells nothing of stays: it is older than the sync', async (t) => {
  const world = await withMessages(60)
  await world.client.loadOlder(BOB)
  t.same(ids(world), range(15, 60))
  await meanwhile(world, () => without(world, name(20)))
  t.ok(ids(world).includes(name(20)), 'nobody has said that it is gone')
})

t.test('a message that waits here is not taken for one that was deleted', async (t) => {
  const world = await withMessages(5)
  world.relay.phoneAway = true
  world.client.send(BOB, 'waits')
  await world.clock.run(10)
  await meanwhile(world, () => without(world, name(4)))
  t.same(
    world.client.messages(BOB).map(({ text }) => text),
    [...range(0, 4), 'waits'],
  )
})

t.test('a chat of which the sync tells nothing may have been cleared: the phone is asked', async (t) => {
  const world = await withMessages(5)
  await meanwhile(world, () => world.relay.phone.messages.set(BOB, []))
  t.same(ids(world), [])
  t.equal(world.client.chats().length, 1)
})

t.test('asks about so many resting chats and no more', async (t) => {
  const world = newWorld()
  const { phone } = world.relay
  const jids = Array.from({ length: 30 }, (_, n) => `155510000${String(n).padStart(2, '0')}@s.whatsapp.net`)
  phone.chats = jids.map((jid) => ({ jid, t: '1500000000', count: '0' }))
  for (const jid of jids) phone.write(jid, { id: 'A' })
  await world.pair()
  const sync = phone.sync.bind(phone)
  phone.sync = () => sync().slice(0, 2) // the lists alone
  await meanwhile(world, () => {})
  t.equal(world.relay.end.nodes.filter(({ node }) => node.attrs.type === 'message').length, 20)
  t.equal(world.client.messages(jids[29]).length, 1)
})
