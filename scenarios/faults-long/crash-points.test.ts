/** The crash points with ten seeds: other orders, other ids, other frames that were still under way. */
import t from 'tap'
import { CrashStory } from '../src/crash-story.ts'
import { seedsOf } from '../src/seeds.ts'

const SEEDS = 10
const ROWS = 36

for (const seed of seedsOf('crash', SEEDS)) {
  t.test(`exactly what the table says is left (TETHER_SEED='${seed}')`, async (t) => {
    const story = await CrashStory.begin(t, seed)
    await story.mail()
    await story.relay()
    await story.logins()
    t.equal(story.rows, ROWS)
  })
}
