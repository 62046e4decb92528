import t from 'tap'
import { BOB, CARLA } from './scripted-phone.ts'
import { newWorld, type World } from './world.ts'

async function withTexts(): Promise<World> {
  const world = newWorld()
  const { phone } = world.relay
  for (const id of ['1', '2', '3']) phone.write(BOB, { id, text: `Jam number ${id}`, fromMe: id === '2' })
  phone.write(CARLA, { id: '4', text: 'no JAM here' })
  await world.pair()
  return world
}
const ids = (found: { messages: readonly { id: string }[] }): string =>
  found.messages.map(({ id }) => id).join('')

t.test('asks the phone, which has the whole history, and gives what it found in its order', async (t) => {
  const world = await withTexts()
  const before = world.client.messages(BOB).length
  const found = await world.client.search('jam')
  t.equal(ids(found), '4321')
  t.equal(found.last, true)
  t.match(found.messages[2], { jid: BOB, fromMe: true, text: 'Jam number 2', kind: 'text' })
  t.equal(world.client.messages(BOB).length, before, 'what is found is not part of the chat on show')
})

t.test('asks for one chat and page by page, as the spec has it', async (t) => {
  const world = await withTexts()
  t.equal(ids(await world.client.search('jam', { jid: '15550002222@c.us', count: 2 })), '32')
  const second = await world.client.search('jam', { jid: BOB, count: 2, page: 2 })
  t.match([ids(second), second.last], ['1', true])
  t.match(world.relay.end.nodes.at(-1), {
    metric: 24,
    flags: 128,
    node: { tag: 'query', attrs: { type: 'search', search: 'jam', count: '2', page: '2', jid: BOB } },
  })
})

t.test('finds nothing for an empty text without asking', async (t) => {
  const world = await withTexts()
  const asked = world.relay.end.nodes.length
  t.strictSame(await world.client.search(''), { messages: [], last: true })
  t.equal(world.relay.end.nodes.length, asked)
})

t.test('rejects away from the server, and for an answer that is no list', async (t) => {
  const world = await withTexts()
  world.relay.phone.answer = () => ({ status: 404 })
  await t.rejects(world.client.search('jam'), { code: 'TETHER_ERR_NOT_FOUND' })
  world.client.stop()
  await t.rejects(world.client.search('jam'), { code: 'TETHER_ERR_STATE' })
})
