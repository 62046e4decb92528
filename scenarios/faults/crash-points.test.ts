/** Each party is killed at every named instant of the table of research reliability 2.3, and starts again from its files. */
import t from 'tap'
import { CrashStory } from '../src/crash-story.ts'

const seed = process.env.TETHER_SEED ?? 'crash 0'

t.test(
  `whoever is killed wherever, exactly what the table says is left (TETHER_SEED='${seed}')`,
  async (t) => {
    const story = await CrashStory.begin(t, seed)
    await story.mail()
    await story.relay()
    await story.logins()
    t.equal(story.rows, 36, 'rows of the table')
  },
)
