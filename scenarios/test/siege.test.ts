/** Hostile frames at every door of server and phone, for a moment; the long suite besieges them for minutes. */
import t from 'tap'
import { rawStory } from '../src/raw-story.ts'
import { loudLog, Siege } from '../src/siege.ts'

const ROUNDS = 18
const FRAMES = 20

t.test('server and phones stand a siege: nothing fails, and whoever behaves is answered', async (t) => {
  const errors: string[] = []
  const story = await rawStory(t, { log: loudLog(errors) })
  const siege = new Siege(story, 'quick', errors)
  const doors = new Set<string>()
  for (let round = 0; round < ROUNDS; round++) {
    const { door, fault } = await siege.round(FRAMES)
    doors.add(door)
    if (fault !== null) t.equal(fault, null, door)
  }
  t.ok(doors.size >= 6, [...doors].join(', '))
  t.ok(siege.frames > 150, `${siege.frames} hostile frames`)
  const { counters } = story.world.server
  for (const code of ['TETHER_ERR_FRAME_TAG', 'TETHER_ERR_FRAME_JSON', 'TETHER_ERR_BODY'] as const) {
    t.ok(counters.value('errors', code) > 0, `${code} was counted`)
  }
})

t.test('a siege notices a phone that does not come back, and a failure of our own', async (t) => {
  const errors: string[] = []
  const story = await rawStory(t, { log: loudLog(errors) })
  const siege = new Siege(story, 'notices', errors)
  loudLog(errors).error({ err: new Error('a mistake') }, 'request failed')
  t.match((await siege.round(1)).fault, /request failed: Error: a mistake/)
  t.equal((await siege.round(1)).fault, null)
  story.bob.setDevice({ app: 'killed' })
  t.match((await siege.round(1)).fault, /TETHER_ERR_WAIT/)
})
