/** Two thousand power cuts in a long day. The seed is new each time and printed; the day itself runs in real time. */
import t from 'tap'
import { whyNoStrace } from 'database/strace'
import { fuzzSeed } from 'fuzz/fuzz-seed'
import { seedLine } from 'fuzz/report'
import { systemEntropy } from 'proto/system'
import { powerLossStory, relaxedStory } from '../src/power-loss-story.ts'

const seed = fuzzSeed(process.env, systemEntropy)
const command = 'npm run faults:long -- power-loss'
const again = `TETHER_FUZZ_SEED=${seed} ${command}`
console.error(seedLine(seed, command))
const skip = whyNoStrace() ?? false

t.test('server and phones keep what they have answered for in 2,000 power cuts', { skip }, (t) =>
  powerLossStory(t, seed, { messages: 300, images: 2_000, controlImages: 40, recoverEvery: 50, again }),
)

t.test('with databases that do not sync, the same audit finds lies and losses', { skip }, (t) =>
  relaxedStory(t, seed, { messages: 40, controlImages: 40 }),
)
