/**
 * Nothing durable is answered before it is on the disk, and whatever a power cut leaves of the disk keeps every
 * answer: the real programs under strace. The long suite looks at many more images.
 */
import t from 'tap'
import { whyNoStrace } from 'database/strace'
import { powerLossStory } from '../src/power-loss-story.ts'

const seed = process.env['TETHER_SEED'] ?? 'power cut'
const again = `TETHER_SEED='${seed}' npm run test:faults -- power-loss`

t.test(
  `server and phones keep what they have answered for when the power fails (TETHER_SEED='${seed}')`,
  { skip: whyNoStrace() ?? false },
  (t) => powerLossStory(t, seed, { messages: 12, images: 50, controlImages: 10, recoverEvery: 20, again }),
)
