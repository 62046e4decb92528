/** The rules of the message tables with thousands of values for each row. The seed is new each time and printed. */
import fc from 'fast-check'
import t from 'tap'
import { systemEntropy } from 'proto/system'
import { checkSeed, fuzzSeed } from '../src/fuzz-seed.ts'
import { seedLine } from '../src/report.ts'
import { tableRules } from '../src/table-rules.ts'

const RUNS = 1_000
const seed = fuzzSeed(process.env, systemEntropy)
console.error(seedLine(seed, 'npm run test:long -- fuzz/long/message-tables'))

for (const { name, values, check } of tableRules()) {
  t.test(`${name}: fits, is found, survives the wire`, async (t) => {
    t.doesNotThrow(() => fc.assert(fc.property(values, check), { numRuns: RUNS, seed: checkSeed(seed) }))
  })
}
