/** The stores against their model: 2,000 long histories in a file and 500 in memory, with a new seed, which is told. */
import t from 'tap'
import { assertModel } from '../src/model/model-run.ts'
import { storesModel } from '../src/model/stores-model.ts'

const RUNS = { file: 2_000, memory: 500 }
const command = 'npm run faults:long -- stores-model'

for (const driver of ['file', 'memory'] as const) {
  t.test(`SQLite in ${driver === 'file' ? 'a file' : 'memory'} is what the model is`, async (t) => {
    await assertModel({ runs: RUNS[driver], steps: 100, command, withinMs: 600_000 }, storesModel(driver))
    t.pass(`${RUNS[driver]} histories`)
  })
}
