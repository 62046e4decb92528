/**
 * The link between phone and relay breaks while frames are on it. Neither the browser nor its user does anything; what
 * was lost on either way goes out again when the link is back, once, and before anything newer.
 */
import t from 'tap'
import { ALICE } from 'harness'
import { ALICE_JID, BOB_JID } from '../src/backstory.ts'
import { clientStory } from '../src/client-story.ts'

const AT = { hop: 'phone-server', at: `phone:${ALICE.number}`, frame: 'binary' } as const

t.test('it delivers what a browser sent into a link that was about to break', async (t) => {
  const { browsers, alice, bob, world } = await clientStory(t, { clock: 'virtual' })
  const client = await browsers.pair('alice', alice)
  await world.pass(5_000)
  const lost = world.faults.add({ ...AT, way: 'in' }, { do: 'hold' })
  const sent = client.send(BOB_JID, 'on its way when the link broke')
  await world.until(() => lost.worked > 0)
  await world.finish(Promise.resolve(alice.setDevice({ network: 'none' })))
  lost.remove()
  const next = client.send(BOB_JID, 'after it broke')
  await world.pass(2_000)
  await world.finish(Promise.resolve(alice.setDevice({ network: 'wifi' })))
  const status = (id: string) => client.messages(BOB_JID).find((message) => message.id === id)?.status
  // long before the client would have asked whether the phone is there
  await world.until(() => [sent, next].every(({ id }) => status(id) === 'delivered'), { withinMs: 8_000 })
  const texts = bob.messages(ALICE_JID).map(({ text }) => text)
  t.same(texts.slice(-2), ['on its way when the link broke', 'after it broke'], 'once, in order')
})

t.test('it shows what a phone sent into a link that was about to break', async (t) => {
  const { browsers, alice, bob, world } = await clientStory(t, { clock: 'virtual' })
  const client = await browsers.pair('alice', alice)
  await world.pass(5_000)
  // everything from here on to the break is lost, as on a connection whose other end is gone
  const lost = world.faults.add({ ...AT, way: 'out' }, { do: 'drop' })
  await world.finish(bob.sendText(ALICE_JID, 'lost between phone and relay'))
  await world.until(() => lost.worked > 0)
  t.not(client.messages(BOB_JID).at(-1)?.text, 'lost between phone and relay')
  await world.finish(Promise.resolve(alice.setDevice({ network: 'none' })))
  lost.remove()
  await world.pass(2_000)
  await world.finish(Promise.resolve(alice.setDevice({ network: 'wifi' })))
  const shown = () => client.messages(BOB_JID).filter(({ text }) => text === 'lost between phone and relay')
  await world.until(() => shown().length > 0, { withinMs: 8_000 })
  await world.pass(20_000)
  t.equal(shown().length, 1)
  t.equal(client.state, 'open')
})
