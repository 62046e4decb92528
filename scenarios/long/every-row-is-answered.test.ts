/** The story of the same name with many bodies for each row. The seed is new each time and printed. */
import t from 'tap'
import { checkSeed, fuzzSeed } from 'fuzz/fuzz-seed'
import { seedLine } from 'fuzz/report'
import { systemEntropy } from 'proto/system'
import { rawStory } from '../src/raw-story.ts'
import { faultIn, rowCases } from '../src/row-answers.ts'

const CASES = 30
const seed = fuzzSeed(process.env, systemEntropy)
console.error(seedLine(seed, 'npm run test:long -- scenarios/long/every-row'))

t.test('it answers every row, and refuses what fits none, however often it is asked', async (t) => {
  const { paired, world } = await rawStory(t, { record: false })
  const browser = await paired()
  let cases = 0
  const faults: string[] = []
  for (const one of rowCases(CASES, checkSeed(seed))) {
    cases++
    const fault = await faultIn(one, browser)
    if (fault !== null)
      faults.push(`${one.row} ${one.kind} ${JSON.stringify(one.body).slice(0, 500)}: ${fault}`)
  }
  t.strictSame(faults, [])
  t.ok(cases > 2_000, `${cases} requests`)
  t.equal(world.server.counters.value('errors', 'TETHER_ERR_INTERNAL'), 0)
  t.equal(browser.closed, null)
})
