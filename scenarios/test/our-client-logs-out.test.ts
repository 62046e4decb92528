import t from 'tap'
import { browserPlace } from '../src/browser.ts'
import { BOTH_TIMES, clientStory } from '../src/client-story.ts'
import { memoryKeyStore } from 'web-client'

for (const clock of BOTH_TIMES) {
  t.test(
    `it logs out, forgets everything, and its old credentials are refused (${clock} time)`,
    async (t) => {
      const { browsers, alice, world } = await clientStory(t, { clock })
      const place = browserPlace('alice')
      const client = await browsers.pair(place, alice)
      const stolen = (await place.keys.load())!

      await world.finish(client.logout())
      await world.until(() => alice.companions().length === 0)
      t.equal(client.state, 'loggedOut')
      t.equal(client.me, null)
      t.strictSame(client.chats(), [])
      t.equal(await place.keys.load(), null)

      const thief = browsers.open({ ...browserPlace('thief'), keys: memoryKeyStore(stolen) })
      await world.finish(thief.start())
      await world.until(() => thief.state === 'loggedOut')
      t.equal(thief.why?.status, 401)
    },
  )

  t.test(`it is logged out when the phone unpairs it (${clock} time)`, async (t) => {
    const { browsers, alice, world } = await clientStory(t, { clock })
    const client = await browsers.pair('alice', alice)
    await world.finish(alice.unpair(alice.companions()[0].id))
    await world.until(() => client.state === 'loggedOut')
    t.equal(client.me, null)
  })
}
