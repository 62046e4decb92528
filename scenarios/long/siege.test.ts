/** A siege of minutes: thousands of hostile frames at every door. The seed is new each time and printed. */
import t from 'tap'
import { fuzzSeed } from 'fuzz/fuzz-seed'
import { seedLine } from 'fuzz/report'
import { systemEntropy } from 'proto/system'
import { rawStory } from '../src/raw-story.ts'
import { loudLog, Siege } from '../src/siege.ts'

const FRAMES = 10_000
const FRAMES_A_ROUND = 30
const seed = fuzzSeed(process.env, systemEntropy)
console.error(seedLine(seed, 'npm run test:long -- scenarios/long/siege'))

t.test('server and phones stand a long siege: nothing fails, and whoever behaves is answered', async (t) => {
  const errors: string[] = []
  const siege = new Siege(await rawStory(t, { record: false, log: loudLog(errors) }), seed, errors)
  const faults: string[] = []
  let rounds = 0
  while (siege.frames < FRAMES && faults.length < 5) {
    rounds++
    const { door, fault } = await siege.round(FRAMES_A_ROUND)
    if (fault !== null) faults.push(`round ${rounds}, ${door}: ${fault}`)
  }
  t.strictSame(faults, [])
  t.ok(siege.frames >= FRAMES, `${siege.frames} hostile frames in ${rounds} rounds`)
})
