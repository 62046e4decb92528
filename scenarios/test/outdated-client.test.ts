/** What clients make of it when they are outdated (spec 4, 6); the words themselves are in people-on-the-wire. */
import t from 'tap'
import { clientStory } from '../src/client-story.ts'
import { rawStory } from '../src/raw-story.ts'

t.test('it hears nothing of it when its version will do', async (t) => {
  const { paired, world } = await rawStory(t, { config: { oldestClient: [2, 2142, 12] } })
  const browser = await paired()
  await world.pass(1_000)
  t.notOk(browser.pushes.some(({ body }) => body[0] === 'Cmd'))
})

t.test('it is an event of our client', async (t) => {
  const { browsers, alice, world } = await clientStory(t, { config: { oldestClient: [2, 2200, 0] } })
  const client = browsers.open('alice')
  const told: string[] = []
  client.subscribe(({ type }) => told.push(type))
  await world.finish(client.start())
  await world.until(() => client.qr !== null)
  await world.finish(alice.scan(client.qr!.text, { grant: true }))
  await world.until(() => told.includes('outdated'))
  t.equal(client.state, 'open')
})
