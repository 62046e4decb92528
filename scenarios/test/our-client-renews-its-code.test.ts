import t from 'tap'
import { clientStory } from '../src/client-story.ts'

const REF_TTL_MS = 20_000

t.test('it shows a new code when the old one is over, and pairs with it (virtual time)', async (t) => {
  const { browsers, alice, world } = await clientStory(t, { clock: 'virtual' })
  const client = browsers.open('alice')
  await world.finish(client.start())
  await world.until(() => client.qr !== null)
  const first = client.qr!.text
  await world.pass(REF_TTL_MS + 100)
  const second = client.qr!.text
  t.not(second, first)
  t.equal(second.slice(second.indexOf(',')), first.slice(first.indexOf(',')), 'the same keys')
  await world.finish(alice.scan(second, { grant: true }))
  await world.until(() => client.state === 'open')
})
