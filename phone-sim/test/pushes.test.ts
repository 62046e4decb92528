import t, { type Test } from 'tap'
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
    [
      [id, 1],
      [id, 2],
    ],
  )
  t.strictSame(doer.pushes[0], [
    'Msg',
    {
      cmd: 'ack',
      id,
      ack: 1,
      from: `${ALICE}@c.us`,
      to: `${BOB}@c.us`,
      t: Math.floor(world.clock.now() / 1000),
    },
  ])
})
