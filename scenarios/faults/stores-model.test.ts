/** The stores do what their model says, whatever is asked and whenever they die. The long suite asks far more. */
import t from 'tap'
import { assertModel } from '../src/model/model-run.ts'
import { storesModel } from '../src/model/stores-model.ts'

const RUNS = { file: 120, memory: 80 }
const command = 'npm run test:faults -- stores-model'

for (const driver of ['file', 'memory'] as const) {
  t.test(`SQLite in ${driver === 'file' ? 'a file' : 'memory'} is what the model is`, async (t) => {
    await assertModel(
      { runs: RUNS[driver], steps: 25, command, withinMs: 80_000, seed: 1_559_390_400 },
      storesModel(driver),
    )
    t.pass(`${RUNS[driver]} histories`)
  })
}
