/** How far a message under way is known to have come (src/sends.ts). */
import t from 'tap'
import { BOB, infoOf, messageNode, node } from './scripted-phone.ts'
import { paired, statusOf } from './sent.ts'

t.test('knows when the relay has a message, then the phone, and asks each only when in doubt', async (t) => {
  const world = await paired()
  const { client, relay, clock } = world
  const place = (id: string) => client.messages(BOB).find((message) => message.id === id)?.passed
  const infos = () => relay.end.nodes.filter(({ node }) => node.attrs.type === 'message_info').length
  client.send(BOB, 'quick')
  await clock.run(10_000)
  t.equal(infos(), 0)

  relay.phoneAway = true
  const { id } = client.send(BOB, 'slow')
  await clock.run(900)
  t.equal(place(id), undefined)
  await clock.run(200)
  t.equal(place(id), 'relay')
  await clock.run(5_000)
  t.equal(infos(), 1)
  t.match(relay.end.nodes.at(-1), { metric: 22, node: { attrs: { jid: BOB, index: id } } })
  t.equal(place(id), 'relay')
  relay.end.close()
  await clock.run(10)
  t.equal(place(id), undefined, 'nothing is known of it any more')
  await clock.run(3_000)
  t.equal(place(id), 'relay', 'it went out again')
  relay.end.phoneBack()
  await clock.run(100)
  t.equal(statusOf(world, id), 'server')
  t.equal(place(id), undefined)
})

t.test('believes a phone that knows a message and has not answered it', async (t) => {
  const world = await paired()
  const { client, relay, clock } = world
  const phone = relay.phone
  const answer = phone.answer.bind(phone)
  const place = (id: string) => client.messages(BOB).find((message) => message.id === id)?.passed
  relay.end.json = () => {} // it never says that the server has the message
  phone.answer = (query) =>
    query.attrs.type === 'message_info' ? node('response', { type: 'message_info' }) : answer(query)
  const { id } = client.send(BOB, 'x')
  await clock.run(7_000)
  t.equal(place(id), 'phone')
  client.stop()
  t.equal(place(id), 'phone', 'which it keeps')
})

t.test('a message that the sync tells of as unsent is on the phone', async (t) => {
  const world = await paired()
  const { client, relay, clock } = world
  const info = infoOf(BOB, { id: 'W', fromMe: true, seconds: 9 })
  info.status = 1
  relay.end.node(node('action', { add: 'last' }, [messageNode(info)]))
  await clock.run(10)
  t.match(
    client.messages(BOB).find(({ id }) => id === 'W'),
    { status: 'pending', passed: 'phone' },
  )
  info.status = 2
  relay.end.node(node('action', { add: 'update' }, [messageNode(info)]))
  await clock.run(10)
  const sent = client.messages(BOB).find(({ id }) => id === 'W')!
  t.equal(sent.status, 'server')
  t.notOk('passed' in sent)
})
