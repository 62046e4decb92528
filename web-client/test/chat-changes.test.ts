import t from 'tap'
import type { Node } from 'proto/node'
import { ALWAYS } from '../src/chat-changes.ts'
import type { ChatMessage } from '../src/message.ts'
import { BOB, CARLA, node } from './scripted-phone.ts'
import { newWorld, type World } from './world.ts'

const GROUP = '15550001111-1600000000@g.us'

async function paired(): Promise<World> {
  const world = newWorld()
  const { phone } = world.relay
  phone.chats = [
    { jid: BOB, t: '1500000002' },
    { jid: CARLA, t: '1500000001' },
  ]
  for (const id of ['A', 'B', 'C']) phone.write(BOB, { id, fromMe: id === 'C' })
  phone.write(CARLA, { id: 'P' })
  await world.pair()
  return world
}
const last = (world: World) => world.relay.end.nodes.at(-1)!
const change = (world: World): Node => (last(world).node.content as Node[])[0]
const ids = (world: World) => world.client.messages(BOB).map(({ id }) => id)

t.test('says each change in the words of the spec, and shows it when the phone has said yes', async (t) => {
  const world = await paired()
  const { changes } = world.client
  const newest = { index: 'C', owner: 'true' }
  const nowS = Math.floor(world.clock.now() / 1000)
  // prettier-ignore
  const cases = [
    { do: () => changes.archive(BOB),      says: { type: 'archive', ...newest },     is: { archived: true } },
    { do: () => changes.unarchive(BOB),    says: { type: 'unarchive', ...newest },   is: { archived: false } },
    { do: () => changes.pin(BOB),          says: { type: 'pin', pin: String(nowS) }, is: { pinned: true } },
    { do: () => changes.unpin(BOB),        says: { type: 'pin' },                    is: { pinned: false } },
    { do: () => changes.mute(BOB, 9),      says: { type: 'mute', mute: '9' },        is: { mutedUntil: 9 } },
    { do: () => changes.unmute(BOB),       says: { type: 'mute', previous: '9' },    is: { mutedUntil: null } },
    { do: () => changes.mute(BOB, ALWAYS), says: { type: 'mute', mute: '-1' },       is: { mutedUntil: -1 } },
  ]
  for (const { do: act, says, is } of cases) {
    const done = act()
    t.notMatch(world.client.chat(BOB), is, 'not before')
    await done
    t.same(change(world), node('chat', { jid: BOB, ...says }), says.type)
    t.match(last(world), { metric: 12, flags: 128, node: { attrs: { type: 'set', epoch: /^\d+$/ } } })
    t.match(world.client.chat(BOB), is)
  }
  await changes.markUnread(BOB)
  t.same(change(world), node('read', { jid: BOB, count: '-1', ...newest }))
  t.equal(last(world).metric, 11)
  t.equal(world.client.chat(BOB)?.unread, -1)
})

t.test('names messages by direction and id', async (t) => {
  const world = await paired()
  const { client } = world
  const [a, , c] = client.messages(BOB)
  const items = [node('item', { owner: 'false', index: 'A' }), node('item', { owner: 'true', index: 'C' })]
  await client.changes.star(BOB, [a, c])
  t.same(change(world), node('chat', { jid: BOB, type: 'star' }, items))
  t.equal(last(world).metric, 10)
  const starred = () => client.messages(BOB).map(({ starred }) => starred ?? false)
  t.same(starred(), [true, false, true])
  await client.changes.unstar(BOB, [c])
  t.match(change(world), { attrs: { type: 'unstar' } })
  t.same(starred(), [true, false, false])
  await client.changes.removeMessages(BOB, [c])
  t.same(change(world), node('chat', { jid: BOB, type: 'clear' }, [items[1]]))
  t.same(ids(world), ['A', 'B'])
  const said = world.relay.end.nodes.length
  for (const nothing of ['star', 'unstar', 'removeMessages'] as const) await client.changes[nothing](BOB, [])
  t.equal(world.relay.end.nodes.length, said, 'no message, no word')
})

t.test('clears a chat with or without what is starred, and deletes it', async (t) => {
  const world = await paired()
  const { changes } = world.client
  await changes.star(BOB, [world.client.messages(BOB)[0]])
  await changes.clear(BOB, true)
  t.match(change(world), { attrs: { type: 'clear', star: 'true', index: 'C', owner: 'true' } })
  t.same(ids(world), ['A'])
  t.equal(world.client.chat(BOB)?.hasOlder, true, 'there may be starred ones')
  await changes.clear(BOB)
  t.match(change(world), { attrs: { type: 'clear', star: 'false', index: 'A' } })
  t.same(ids(world), [])
  t.match(world.client.chat(BOB), { hasOlder: false, unread: 0 })
  await changes.remove(BOB)
  t.same(change(world), node('chat', { jid: BOB, type: 'delete' }))
  t.equal(world.client.chat(BOB), null)
})

t.test(
  'changes nothing when the phone refuses, or there is none, or it does not know the message yet',
  async (t) => {
    const world = await paired()
    const { client, relay } = world
    const answer = relay.phone.answer.bind(relay.phone)
    for (const [status, code] of [
      [404, 'TETHER_ERR_NOT_FOUND'],
      [403, 'TETHER_ERR_CONSENT_DENIED'],
      [400, 'TETHER_ERR_BODY'],
    ] as const) {
      relay.phone.answer = () => ({ status })
      await t.rejects(client.changes.pin(BOB), { code })
      await t.rejects(client.changes.remove(BOB), { code })
    }
    t.match(client.chat(BOB), { pinned: false })
    relay.phone.answer = answer
    relay.phoneAway = true
    const waiting = client.send(BOB, 'not there yet')
    await t.rejects(client.changes.star(BOB, [waiting]), { code: 'TETHER_ERR_STATE' })
    client.stop()
    await t.rejects(client.changes.archive(BOB), { code: 'TETHER_ERR_STATE' })
    t.match(client.chat(BOB), { archived: false })
  },
)

t.test('tells the writer of a voice note that it was played, once', async (t) => {
  const world = await paired()
  const { client, relay } = world
  const [theirs, , mine] = client.messages(BOB)
  await client.changes.played(theirs)
  t.same(
    change(world),
    node('received', { type: 'played', index: 'A', from: BOB, owner: 'false', count: '1' }),
  )
  t.equal(last(world).metric, 13)
  t.equal(client.messages(BOB)[0].played, true)
  const said = relay.end.nodes.length
  await client.changes.played(client.messages(BOB)[0])
  await client.changes.played(mine)
  t.equal(relay.end.nodes.length, said)
  const inGroup: ChatMessage = { ...theirs, jid: GROUP, author: CARLA }
  await client.changes.played(inGroup)
  t.match(change(world), { attrs: { from: GROUP, participant: CARLA } })
})

t.test('names the newest message that the phone knows, with its author in a group', async (t) => {
  const world = await paired()
  const { client, relay, clock } = world
  const participant = CARLA
  relay.phone.chats.push({ jid: GROUP, t: '1', name: 'Walk' })
  const info = relay.phone.write(GROUP, { id: 'G' })
  info.participant = participant
  client.stop()
  await clock.run()
  await client.start()
  await clock.run(3000)
  await client.changes.archive(GROUP)
  t.match(change(world).attrs, { jid: GROUP, index: 'G', owner: 'false', participant })
})

t.test('what is starred on the phone is starred here', async (t) => {
  const world = await paired()
  const { client, relay, clock } = world
  const push = (type: string, id: string, owner: string) => {
    const item = node('item', { index: id, owner })
    relay.end.node(node('action', {}, [node('chat', { jid: BOB, type }, [item])]))
  }
  push('star', 'A', 'false')
  push('star', 'C', 'true')
  push('star', 'A', 'true')
  await clock.run(10)
  t.same(client.messages(BOB).map(({ starred }) => starred), [true, undefined, true]) // prettier-ignore
  push('unstar', 'C', 'true')
  relay.end.node(node('action', {}, [node('chat', { jid: BOB, type: 'unstar' })]))
  await clock.run(10)
  t.same(client.messages(BOB).map(({ starred }) => starred), [true, undefined, undefined]) // prettier-ignore
})
