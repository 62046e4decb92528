/** Every row of the message tables with values drawn from its schemas; the long suite draws many more. */
import fc from 'fast-check'
import t from 'tap'
import { tableRules } from '../src/table-rules.ts'

const RUNS = 25
const SEED = 1_559_390_400

for (const { name, values, check } of tableRules()) {
  t.test(`${name}: fits, is found, survives the wire`, async (t) => {
    t.doesNotThrow(() => fc.assert(fc.property(values, check), { numRuns: RUNS, seed: SEED }))
  })
}
