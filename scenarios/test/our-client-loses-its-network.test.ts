/** A network that goes away without a word: the server still holds the dead socket when the client is back. */
import { limit } from 'proto/limits'
import t from 'tap'
import { clientStory } from '../src/client-story.ts'

t.test(
  'it comes back by itself, also while the server takes its dead socket for another browser',
  async (t) => {
    for (const [name, spentMs] of [
      ['noticed by its own keep-alive', 60_000],
      ['noticed at once', 0],
    ] as const) {
      const { alice, browsers, world } = await clientStory(t, { clock: 'virtual' })
      const client = await browsers.pair('alice', alice)
      const states: string[] = []
      client.subscribe((event) => event.type === 'state' && states.push(event.state))
      await world.pass(5_000)
      browsers.loseNetwork({ isNoticed: spentMs === 0 })
      await world.until(() => client.state === 'offline', { withinMs: spentMs + 1_000 })
      await world.until(() => client.state === 'open', { withinMs: 2 * limit('BROWSER_HEARD_MS') })
      t.notOk(states.includes('replaced'), name)
      t.equal(world.server.counters.value('logins', 'elsewhere') > 0, spentMs === 0, name)
    }
  },
)
