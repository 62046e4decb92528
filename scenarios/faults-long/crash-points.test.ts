/** The crash points with ten seeds: other orders, other ids, other frames that were still under way. */
import t from 'tap'
import { CrashStory } from '../src/crash-story.ts'

const SEEDS = 10
const ROWS = 36
const seeds = process.env.TETHER_SEED
  ? [process.env.TETHER_SEED]
  : Array.from({ length: SEEDS }, (_, n) => `crash ${n}`)

for (const seed of seeds) {
  t.test(`exactly what the table says is left (TETHER_SEED='${seed}')`, async (t) => {
    const story = await CrashStory.begin(t, seed)
    await story.mail()
    await story.relay()
    await story.logins()
    t.equal(story.rows, ROWS)
  })
}
