import t from 'tap'
import type { Node } from 'proto/node'
import { BOB, infoOf, messageNode, node } from './scripted-phone.ts'
import { newWorld } from './world.ts'

t.test('pairs, and shows who it is, contacts, chats and messages', async (t) => {
  const world = newWorld()
  const { relay } = world
  relay.phone.write(BOB, { id: 'A1', seconds: 1 })
  relay.phone.write(BOB, { id: 'A2', seconds: 2, fromMe: true })
  relay.phone.write(BOB, { id: 'A3', seconds: 3 })
  await world.pair()
  const { client } = world
  t.equal(client.state, 'open')
  t.equal(client.qr, null)
  t.same(client.me, { jid: '15550001111@s.whatsapp.net', name: 'Alice' })
  t.same(client.phone, { batteryPercent: 77, plugged: false, model: 'Sim Phone', asleep: false })
  t.match(client.chats(), [{ jid: BOB, name: 'Bob', unread: 2, newest: { id: 'A3' } }])
  t.same(
    client.contacts().map(({ name, notify }) => name ?? notify),
    ['Bob', 'carla~'],
  )
  t.same(
    client.messages(BOB).map(({ id, fromMe, status }) => [id, fromMe, status]),
    [
      ['A1', false, null],
      ['A2', true, 'server'],
      ['A3', false, null],
    ],
  )
})

t.test('asks what the legacy client asks after opening, with its metrics and flags', async (t) => {
  const world = newWorld()
  await world.pair()
  const asked = world.relay.end.nodes.map(({ node, metric, flags }) => [
    node.tag,
    node.attrs.type,
    metric,
    flags,
  ])
  t.same(asked, [
    ['query', 'contacts', 6, 128],
    ['query', 'status', 30, 128],
    ['query', 'quick_reply', 39, 128],
    ['query', 'label', 36, 128],
    ['query', 'emoji', 21, 128],
    ['action', 'set', 8, 160],
  ])
  t.match(world.relay.end.nodes[0], { tag: /^\d{1,3}\.--\d+$/, node: { attrs: { epoch: /^\d+$/ } } })
})

t.test('asks for the chat list when none came within 10 s, until one does', async (t) => {
  const world = newWorld()
  world.relay.syncs = false
  const answer = world.relay.phone.answer.bind(world.relay.phone)
  let lists = 0
  world.relay.phone.answer = (query) =>
    query.attrs.type === 'chat' && lists++ < 2 ? { status: 404 } : answer(query)
  await world.pair()
  t.same(world.client.chats(), [])
  await world.clock.run(120_000)
  t.equal(lists, 3)
  t.match(world.client.chats(), [{ jid: BOB }])
})

t.test('resumes after a reload with everything shown once', async (t) => {
  const world = newWorld()
  for (const id of ['A', 'B', 'C']) world.relay.phone.write(BOB, { id })
  await world.pair()
  await world.reload()
  t.equal(world.client.state, 'open')
  t.same(
    world.client.messages(BOB).map(({ id }) => id),
    ['A', 'B', 'C'],
  )
  t.equal(world.client.me?.name, 'Alice')
})

t.test('knows who it is before the server has answered', async (t) => {
  const world = newWorld()
  await world.pair()
  world.relay.up = false
  await world.reload()
  t.equal(world.client.state, 'offline')
  t.equal(world.client.me?.name, 'Alice')
})

t.test('marks a chat read up to its newest message, once', async (t) => {
  const world = newWorld()
  world.relay.phone.write(BOB, { id: 'A1' })
  await world.pair()
  world.client.markRead('15550002222@c.us')
  world.client.markRead(BOB)
  await world.clock.run(10)
  t.same(world.relay.phone.reads, [{ jid: BOB, count: '2', index: 'A1', owner: 'false' }])
  t.equal(world.client.chat(BOB)?.unread, 0)
  t.match(world.relay.end.nodes.at(-1), { metric: 11, flags: 128 })
})

t.test('does not mark read what it cannot tell the phone', async (t) => {
  const world = newWorld()
  world.relay.phone.write(BOB, { id: 'A1' })
  await world.pair()
  world.relay.up = false
  world.relay.end.close()
  await world.clock.run(10)
  world.client.markRead(BOB)
  t.equal(world.client.chat(BOB)?.unread, 2)
})

t.test('shows typing until it ends, and asks to be told', async (t) => {
  const world = newWorld()
  await world.pair()
  world.client.watch('15550002222@c.us')
  const presence = async (type: string): Promise<unknown> => {
    world.relay.end.push(['Presence', { id: '15550002222@c.us', type }])
    await world.clock.run(10)
    return world.client.chat(BOB)?.typing
  }
  t.equal(await presence('composing'), 'composing')
  t.equal(await presence('recording'), 'recording')
  t.equal(await presence('paused'), null)
  t.equal(await presence('constructor'), null)
  await presence('composing')
  world.relay.up = false
  world.relay.end.close()
  await world.clock.run(10)
  t.equal(world.client.chat(BOB)?.typing, null)
  t.ok(world.relay.end.requests.some((request) => request.join() === `action,presence,subscribe,${BOB}`))
})

t.test('says that it types, in the chat', async (t) => {
  const world = newWorld()
  await world.pair()
  world.client.showPresence('composing', BOB)
  await world.clock.run(10)
  const said = world.relay.end.nodes.at(-1)
  t.match(said, { metric: 8, flags: 4, node: { tag: 'action', attrs: { type: 'set' } } })
  t.match((said?.node.content as Node[])[0], { tag: 'presence', attrs: { type: 'composing', to: BOB } })
})

t.test('tells of every change until told to stop', async (t) => {
  const world = newWorld()
  const seen: string[] = []
  const end = world.client.subscribe((event) => seen.push(event.type === 'state' ? event.state : event.type))
  await world.pair()
  for (const want of ['connecting', 'waitingForScan', 'qr', 'me', 'phone', 'open', 'chats'])
    t.ok(seen.includes(want), want)
  end()
  seen.length = 0
  world.relay.end.node(node('action', { add: 'relay' }, [messageNode(infoOf(BOB, { id: 'A9' }))]))
  await world.clock.run(10)
  t.same(seen, [])
  t.match(world.events.at(-1), { type: 'message', message: { id: 'A9' } })
})

t.test('shows and sends nothing of an earlier login when it has to pair', async (t) => {
  const world = newWorld()
  await world.outbox.put({ order: 0, id: 'OLD', jid: BOB, text: 'of another account', seconds: 1 })
  await world.pair()
  t.same(world.client.messages(BOB), [])
  t.same(world.relay.phone.relayed, [])
  t.same(await world.outbox.list(), [])
})

t.test('sends the same bytes for the same seed and script', async (t) => {
  const transcript = async (): Promise<string> => {
    const { Client } = await import('../src/client.ts')
    const { seededEntropy } = await import('proto/entropy')
    const { memoryKeyStore } = await import('../src/keys.ts')
    const { VirtualClock } = await import('./virtual-clock.ts')
    const { ScriptedRelay } = await import('./scripted-relay.ts')
    const clock = new VirtualClock()
    const relay = new ScriptedRelay(clock)
    const client = new Client({
      clock,
      entropy: seededEntropy('one'),
      connect: relay.connect,
      keys: memoryKeyStore(),
    })
    await client.start()
    await clock.run()
    relay.scan(client.qr?.text ?? '')
    await clock.run(1000)
    client.send(BOB, 'hello')
    await clock.run(1000)
    return JSON.stringify([relay.end.raws, relay.end.tags])
  }
  const first = await transcript()
  t.ok(first.length > 1000)
  t.equal(first, await transcript())
})

t.test('stays paused when it is stopped and started, until it is told to go on', async (t) => {
  const world = newWorld()
  await world.pair()
  const { client, relay, clock } = world
  client.pause()
  client.stop()
  await client.start()
  await clock.run(60_000)
  t.equal(client.state, 'paused')
  t.equal(relay.connections.length, 1)
  client.unpause()
  await clock.run(3_000)
  t.equal(client.state, 'open')
  client.unpause()
  t.equal(client.state, 'open')
})
