import t from 'tap'
import { browserPlace } from '../src/browser.ts'
import { BOTH_TIMES, clientStory } from '../src/client-story.ts'

for (const clock of BOTH_TIMES) {
  t.test(
    `it is told when a second page takes over, waits, and takes back on request (${clock} time)`,
    async (t) => {
      const { browsers, alice, world } = await clientStory(t, { clock })
      const place = browserPlace('alice')
      const first = await browsers.pair(place, alice)

      const second = browsers.open(place)
      await world.finish(second.start())
      await world.until(() => second.state === 'open')
      await world.until(() => first.state === 'replaced')

      first.useHere()
      await world.until(() => first.state === 'open')
      await world.until(() => second.state === 'replaced')
      t.equal(alice.companions().length, 1)
    },
  )

  t.test(`it gives way to another browser of the same phone (${clock} time)`, async (t) => {
    const { browsers, alice, world } = await clientStory(t, { clock })
    const desk = await browsers.pair('desk', alice)
    const kitchen = await browsers.pair('kitchen', alice)
    await world.until(() => desk.state === 'replaced')
    t.equal(kitchen.state, 'open')
    t.equal(alice.companions().length, 2)
  })
}
