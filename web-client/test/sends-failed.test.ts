/** Messages that could not be sent: what is shown, what is kept, and how they go out after all (src/sends.ts). */
import t from 'tap'
import { decodeWebMessage } from 'proto/web-message'
import type { Node } from 'proto/node'
import { BOB, node } from './scripted-phone.ts'
import { named, paired, pairedWithFiles, photoIn, relays, statusOf } from './sent.ts'

t.test('fails a text that the phone refuses, and sends it again as a new one when told to', async (t) => {
  const world = await paired()
  const answer = world.relay.phone.answer.bind(world.relay.phone)
  world.relay.phone.answer = (query) => (query.attrs.type === 'relay' ? { status: 400 } : answer(query))
  const { id } = world.client.send(BOB, 'refused')
  await world.clock.run(10)
  t.match(world.client.messages(BOB), [{ id, status: 'failed', failure: 'TETHER_ERR_BODY' }])
  t.match(await world.outbox.list(), [{ id, failure: 'TETHER_ERR_BODY', refused: true }])
  await world.reload()
  world.relay.phone.answer = answer
  await world.clock.run(1_000)
  t.match(world.client.messages(BOB), [{ id, text: 'refused', status: 'failed' }], 'it is not sent by itself')
  world.client.resend(BOB, id)
  world.client.resend(BOB, id)
  await world.clock.run(10)
  const [sent, ...others] = world.client.messages(BOB)
  t.match([sent, others], [{ text: 'refused', status: 'server' }, []])
  t.not(sent.id, id, 'the phone knows the first id as that of a failure')
  t.same(world.relay.phone.relayed, [sent.id])
  const cleared = world.relay.end.nodes.map(({ node: { content } }) => (content as Node[] | null)?.[0])
  const item = node('item', { owner: 'true', index: id })
  t.match(cleared.find((child) => child?.tag === 'chat'), node('chat', { jid: BOB, type: 'clear' }, [item])) // prettier-ignore
  t.same(await world.outbox.list(), [])
})

t.test('sends again under its id what the phone could not take for the moment', async (t) => {
  const world = await paired()
  const answer = world.relay.phone.answer.bind(world.relay.phone)
  world.relay.phone.answer = (query) => (query.attrs.type === 'relay' ? { status: 500 } : answer(query))
  const { id } = world.client.send(BOB, 'x')
  await world.clock.run(10)
  t.equal(statusOf(world, id), 'failed')
  world.relay.phone.answer = answer
  world.client.resend(BOB, id)
  t.match(world.client.messages(BOB), [{ id, status: 'pending' }])
  await world.clock.run(10)
  t.match(world.client.messages(BOB), [{ id, status: 'server' }])
  t.same(world.relay.phone.relayed, [id])
})

t.test('fails a text that cannot be kept, without sending it', async (t) => {
  const world = await paired()
  world.outbox.put = () => Promise.reject(new Error('full'))
  const { id } = world.client.send(BOB, 'x')
  await world.clock.run(1000)
  t.equal(statusOf(world, id), 'failed')
  t.same(world.relay.phone.relayed, [])
})

t.test('fails a text at once that no mail could carry, and sends nothing of it', async (t) => {
  const world = await paired()
  const { id } = world.client.send(BOB, 'é'.repeat(50_000))
  await world.clock.run(10)
  t.equal(statusOf(world, id), 'failed')
  world.client.resend(BOB, id)
  await world.clock.run(10)
  t.equal(statusOf(world, id), 'failed')
  t.same(
    world.relay.end.nodes.filter(({ node }) => node.attrs.type === 'relay'),
    [],
  )
  t.match(await world.outbox.list(), [{ id, failure: 'TETHER_ERR_TOO_LARGE' }])
  world.client.discard(world.client.messages(BOB)[0])
  await world.clock.run(10)
  t.same(await world.outbox.list(), [])
})

t.test('fails a file that the phone refuses, and sends the same file again when told to', async (t) => {
  const world = await pairedWithFiles()
  const answer = world.relay.phone.answer.bind(world.relay.phone)
  world.relay.phone.answer = (query) => (query.attrs.type === 'relay' ? { status: 413 } : answer(query))
  const id = await photoIn(world)
  await world.clock.run(10)
  t.equal(statusOf(world, id), 'failed')
  world.relay.phone.answer = answer
  world.client.resend(BOB, id)
  await world.clock.run(10)
  const [first, second] = relays(world).map(({ node: { content } }) =>
    decodeWebMessage((content as Node[])[0].content as Uint8Array),
  )
  t.same(world.client.messages(BOB).map((message) => [message.id, message.status]), [[second.key.id, 'server']]) // prettier-ignore
  t.same(second.message, first.message)
})

t.test('forgets what failed, or waits and is not under way; never what may have arrived', async (t) => {
  const world = await paired()
  const { client, relay, clock, outbox } = world
  const sent = client.send(BOB, 'sent')
  t.equal(client.discard(client.send(BOB, 'at once')), true, 'before it was kept')
  await clock.run(100)
  t.equal(client.discard(named(world, sent.id)!), false)
  relay.phoneAway = true
  const flying = client.send(BOB, 'flying')
  await clock.run(100)
  t.equal(client.discard(named(world, flying.id)!), false)
  client.stop()
  await clock.run(100)
  const waiting = client.send(BOB, 'waiting')
  await clock.run(100)
  t.equal(client.discard(waiting), true)
  t.equal(client.discard(waiting), false)
  await clock.run(100)
  t.same((await outbox.list()).map(({ text }) => text), ['flying']) // prettier-ignore
  t.same(client.messages(BOB).map(({ text }) => text), ['sent', 'flying']) // prettier-ignore
  const long = client.send(BOB, 'x'.repeat(200_000))
  t.equal(named(world, long.id)?.status, 'failed')
  t.equal(client.discard(named(world, long.id)!), true)
  t.equal(relays(world).filter(({ tag }) => tag !== sent.id && tag !== flying.id).length, 0)
})
