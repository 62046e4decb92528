import t from 'tap'
import { decodeWebMessage } from 'proto/web-message'
import type { Node } from 'proto/node'
import { ALICE, BOB, infoOf, messageNode, node } from './scripted-phone.ts'
import { paired, statusOf } from './sent.ts'
import { newWorld, type World } from './world.ts'

function ack(world: World, id: string | string[], level: number): void {
  const cmd = Array.isArray(id) ? 'acks' : 'ack'
  world.relay.end.push([
    'Msg',
    { cmd, id, ack: level, from: '15550001111@c.us', to: '15550002222@c.us', t: 1 },
  ])
}

t.test('sends a text that is pending, then at the server, delivered, read', async (t) => {
  const world = await paired()
  const { id, status } = world.client.send(BOB, 'hello')
  t.equal(status, 'pending')
  t.match(id, /^3EB0[0-9A-F]{16}$/)
  t.equal(statusOf(world, id), 'pending')
  await world.clock.run(10)
  t.equal(statusOf(world, id), 'server')
  for (const [level, want] of [
    [2, 'delivered'],
    [1, 'delivered'],
    [3, 'read'],
    [2, 'read'],
  ] as const) {
    ack(world, id, level)
    await world.clock.run(10)
    t.equal(statusOf(world, id), want)
  }
  t.same(await world.outbox.list(), [])
})

t.test('puts a message on the wire as the legacy client does', async (t) => {
  const world = await paired()
  const { id } = world.client.send('15550002222@c.us', 'two\nlines')
  world.client.send(ALICE, 'note to self')
  await world.clock.run(10)
  const [sent, own] = world.relay.end.nodes.filter(({ node }) => node.attrs.type === 'relay')
  t.match(sent, { tag: id, metric: 16, flags: 128, node: { tag: 'action', attrs: { epoch: /^\d+$/ } } })
  t.match(own, { metric: 16, flags: 64 })
  const [message] = sent.node.content as Node[]
  const info = decodeWebMessage(message.content as Uint8Array)
  t.match(info, {
    key: { remoteJid: BOB, fromMe: true, id },
    status: 1,
    message: { conversation: 'two\nlines' },
  })
  t.equal(Number(info.messageTimestamp), Math.floor((world.clock.now() - 10) / 1000))
})

t.test('takes several receipts in one push', async (t) => {
  const world = await paired()
  const ids = ['a', 'b'].map((text) => world.client.send(BOB, text).id)
  await world.clock.run(10)
  ack(world, ids, 3)
  await world.clock.run(10)
  t.same(
    ids.map((id) => statusOf(world, id)),
    ['read', 'read'],
  )
})

t.test('sends what follows in a chat when the phone has answered what was before it', async (t) => {
  const world = await paired()
  const { relay, clock } = world
  relay.phoneAway = true
  const ids = ['one', 'two', 'three'].map((text) => world.client.send(BOB, text).id)
  await clock.run(10)
  const sent = () => relay.end.nodes.filter(({ node }) => node.attrs.type === 'relay').map(({ tag }) => tag)
  t.same(sent(), [ids[0]], 'a phone that was killed may have lost it')
  relay.phoneAway = false
  relay.end.close()
  await clock.run(3_000)
  t.same(sent(), ids)
})

t.test('refuses an address that is none, before anything is shown', async (t) => {
  const world = await paired()
  t.throws(() => world.client.send('nobody', 'x'), { code: 'TETHER_ERR_JID' })
  t.equal(world.client.chats().length, 1)
})

t.test('sends what was under way again after a reconnect, once, under the same id', async (t) => {
  const world = await paired()
  const { relay, clock } = world
  relay.phoneAway = true
  const { id } = world.client.send(BOB, 'first')
  await clock.run(10)
  relay.end.close()
  await clock.run(0)
  t.equal(statusOf(world, id), 'pending')
  relay.phoneAway = false
  await clock.run(5000)
  t.equal(world.client.state, 'open')
  t.same(relay.phone.relayed, [id])
  t.equal(statusOf(world, id), 'server')
  t.equal(world.client.messages(BOB).filter((message) => message.text === 'first').length, 1)
  await clock.run(60_000)
  t.same(relay.phone.relayed, [id], 'and never again')
})

t.test('sends again when the answer was lost, and the phone has it once', async (t) => {
  const world = await paired()
  const { relay, clock } = world
  const answer = relay.phone.answer.bind(relay.phone)
  relay.phone.answer = (query) => {
    const body = answer(query)
    if (query.attrs.type === 'relay') relay.end.close()
    return query.attrs.type === 'relay' ? { status: 500, lost: true } : body
  }
  relay.syncs = false
  const json = relay.end.json.bind(relay.end)
  relay.end.json = (tag, body) => {
    if (!('lost' in body)) json(tag, body)
  }
  const { id } = world.client.send(BOB, 'once')
  await clock.run(0)
  relay.phone.answer = answer
  await clock.run(5000)
  t.same(relay.phone.relayed, [id, id])
  t.equal(relay.phone.messages.get(BOB)?.filter(({ key }) => key.id === id).length, 1)
  t.equal(statusOf(world, id), 'server')
})

t.test('does not send again what the sync shows to have arrived', async (t) => {
  const world = await paired()
  const { relay, clock } = world
  relay.up = false
  relay.end.close()
  await clock.run(10)
  const { id } = world.client.send(BOB, 'known already')
  await clock.run(10)
  relay.up = true
  relay.phoneAway = true
  await clock.run(40_000)
  t.match(world.client.state, /open|phoneUnreachable/)
  relay.end.node(node('action', { add: 'before' }, [messageNode(infoOf(BOB, { id, fromMe: true }))]))
  await clock.run(10)
  t.same(await world.outbox.list(), [])
  t.equal(statusOf(world, id), 'server')
  t.equal(world.client.messages(BOB).length, 1)
})

t.test('keeps texts written offline in their order, through a restart', async (t) => {
  const world = await paired()
  const { relay, clock } = world
  relay.up = false
  relay.end.close()
  await clock.run(10)
  const ids = ['one', 'two', 'three'].map((text) => world.client.send(BOB, text).id)
  await clock.run(10)
  await world.reload()
  t.equal(world.client.state, 'offline')
  t.same(
    world.client.messages(BOB).map(({ id, status }) => [id, status]),
    ids.map((id) => [id, 'pending']),
  )
  const later = world.client.send(BOB, 'four').id
  relay.up = true
  await clock.run(60_000)
  t.same(relay.phone.relayed, [...ids, later])
  t.same(
    world.client.messages(BOB).map(({ id, status }) => [id, status]),
    [...ids, later].map((id) => [id, 'server']),
  )
  t.same(await world.outbox.list(), [])
})

t.test(
  'has each text kept at once, though the disk is slow, and sends them as they were written',
  async (t) => {
    const world = await paired()
    const slow: (() => void)[] = []
    const { put } = world.outbox
    world.outbox.put = async (entry) => {
      await Promise.all([put(entry), new Promise<void>((resolve) => slow.push(resolve))])
    }
    const ids = ['one', 'two', 'three'].map((text) => world.client.send(BOB, text).id)
    t.equal(slow.length, 3, 'the window may close now: all three are with the disk')
    for (const done of slow.toReversed()) {
      done()
      await world.clock.run(10)
    }
    t.same(world.relay.phone.relayed, ids)
  },
)

t.test('sends nothing of a login that was ended', async (t) => {
  const world = await paired()
  world.relay.phoneAway = true
  world.client.send(BOB, 'never')
  await world.clock.run(10)
  await world.client.logout()
  world.relay.phoneAway = false
  await world.pair()
  t.same(world.relay.phone.relayed, [])
  t.same(await world.outbox.list(), [])
})

t.test('never sends under the next login what an ended one was about to keep', async (t) => {
  const world = newWorld()
  await world.pair()
  let kept: () => void = () => undefined
  const { put } = world.outbox
  world.outbox.put = async (entry) => {
    await put(entry)
    await new Promise<void>((resolve) => (kept = resolve)) // the disk takes its time
  }
  world.client.send(BOB, 'of the first login')
  await world.clock.run(10)
  const out = world.client.logout()
  kept()
  await out
  await world.clock.run(10)
  world.outbox.put = put
  await world.pair()
  t.equal(world.client.state, 'open')
  t.same(
    world.relay.end.nodes.filter(({ node }) => node.attrs.type === 'relay'),
    [],
  )
  t.same(await world.outbox.list(), [])
})

t.test('names a message that the phone knows when a chat is read', async (t) => {
  const world = await paired()
  world.relay.end.node(node('action', { add: 'relay' }, [messageNode(infoOf(BOB, { id: 'KNOWN' }))]))
  await world.clock.run(10)
  world.client.send(BOB, 'é'.repeat(50_000))
  await world.clock.run(10)
  world.client.markRead(BOB)
  await world.clock.run(10)
  const read = world.relay.end.nodes
    .flatMap(({ node }) => (node.content as Node[] | null) ?? [])
    .find(({ tag }) => tag === 'read')
  t.match(read, { attrs: { index: 'KNOWN' } })
})
