import t, { type Test } from 'tap'
import { messageStatus } from 'proto/web-message'
import { messagesOf } from './browser-double.ts'
import { ALICE, BOB, jid, PhoneWorld } from './phone-world.ts'
import { turns, until } from './test-clock.ts'

async function two(t: Test) {
  const world = new PhoneWorld()
  t.teardown(() => world.stop())
  const alice = await world.phone(ALICE, 'Alice')
  await world.phone(BOB, 'Bob')
  await alice.sendText(BOB, 'hello')
  await until(() => alice.messages(jid(BOB))[0]?.status === 'delivered', 'a chat')
  return { world, alice, doer: await world.linked(alice), other: await world.linked(alice) }
}

t.test('it tells the other browsers, not the one that made the change', async (t) => {
  const { doer, other } = await two(t)
  const changes = [
    { type: 'pin', pin: '1600000000' },
    { type: 'mute', mute: '1700000000' },
    { type: 'archive' },
    { type: 'unarchive' },
  ]
  for (const change of changes) {
    doer.arrived = []
    other.arrived = []
    t.match((await doer.set({ tag: 'chat', attrs: { jid: jid(BOB), ...change }, content: null })).json, {
      status: 200,
    })
    await until(() => other.arrived.length === 1, change.type)
    t.match(other.arrived[0].node, {
      tag: 'action',
      attrs: {},
      content: [{ tag: 'chat', attrs: { jid: jid(BOB), ...change, modify_tag: /^[0-9]+$/ } }],
    })
    t.equal(doer.arrived.length, 1, 'only its answer')
  }
  await doer.set({ tag: 'chat', attrs: { jid: jid(BOB), type: 'pin', previous: '1' }, content: null })
  await until(() => other.arrived.length === 2, 'unpin')
  t.notOk('pin' in (other.arrived[1].node!.content as { attrs: object }[])[0].attrs, 'pin without a time')
})

t.test('it tells of reading as the legacy clients take it', async (t) => {
  const { alice, world, doer, other } = await two(t)
  await world.phones[1].sendText(ALICE, 'unread')
  await until(() => alice.chats()[0]?.unread === 1, 'arrival')
  await turns(5)
  for (const [count, type] of [
    ['-2', 'false'],
    ['1', undefined],
  ]) {
    other.arrived = []
    await doer.set({ tag: 'read', attrs: { jid: jid(BOB), count: count! }, content: null })
    await until(() => other.arrived.length > 0, 'the word')
    const [child] = other.arrived[0].node!.content as { tag: string; attrs: Record<string, string> }[]
    t.equal(child.tag, 'read')
    t.equal(child.attrs['type'], type)
  }
  t.equal(alice.chats()[0]?.unread, 0)
})

t.test('it sends receipts one by one, with numbers, own number first', async (t) => {
  const { world, alice, doer } = await two(t)
  const { id } = await alice.sendText(BOB, 'news')
  await until(() => doer.acks().some(({ ack }) => ack === 2), 'delivered')
  t.strictSame(
    doer.acks().map((one) => [one.id, one.ack]),
    [[id, 2]],
    'that the server has it is said with the message',
  )
  t.strictSame(doer.pushes[0], [
    'Msg',
    {
      cmd: 'ack',
      id,
      ack: 2,
      from: `${ALICE}@c.us`,
      to: `${BOB}@c.us`,
      t: Math.floor(world.clock.now() / 1000),
    },
  ])
})

t.test('what the person writes on the phone is shown when the server has it, and with that', async (t) => {
  const { alice, doer } = await two(t)
  const { id } = await alice.sendText(BOB, 'typed here')
  const shown = () =>
    doer.arrived.flatMap(({ node }) =>
      node?.attrs['add'] ? messagesOf(node).map((info) => [node.attrs['add'], info.key.id, info.status]) : [],
    )
  await until(() => shown().some(([add]) => add === 'relay'), 'the relay')
  t.strictSame(
    shown().filter(([, shownId]) => shownId === id),
    [['relay', id, messageStatus.SERVER_ACK]],
  )
})

t.test('a browser that opened meanwhile gets it in the place of the pending one', async (t) => {
  const { world, alice } = await two(t)
  world.phones[1].setDevice({ network: 'none' }) // no receipts
  world.relay.loseMailed = true
  const { id } = await alice.sendText(BOB, 'on its way')
  const browser = await world.linked(alice)
  world.relay.loseMailed = false
  await alice.sendText(BOB, 'behind it')
  const shown = () =>
    browser.arrived.flatMap(({ node }) =>
      node?.attrs['add'] ? messagesOf(node).map((info) => [node.attrs['add'], info.key.id, info.status]) : [],
    )
  await until(() => shown().some(([add]) => add === 'update'), 'the update')
  t.strictSame(
    shown().filter(([, shownId]) => shownId === id),
    [
      ['last', id, messageStatus.PENDING],
      ['update', id, messageStatus.SERVER_ACK],
    ],
  )
})

t.test('a receipt that comes before the word of the server shows it, once', async (t) => {
  const { world, alice, doer } = await two(t)
  world.relay.loseMailed = true
  const { id } = await alice.sendText(BOB, 'overtaken')
  await until(() => doer.relayed().includes('overtaken'), 'the relay')
  world.relay.loseMailed = false
  await alice.sendText(BOB, 'behind it')
  await until(() => doer.relayed().includes('behind it'), 'the next one')
  const shown = doer.arrived.flatMap(({ node }) => (node?.attrs['add'] ? messagesOf(node) : []))
  t.match(
    shown.filter(({ key }) => key.id === id),
    [{ status: messageStatus.DELIVERY_ACK }],
  )
})
