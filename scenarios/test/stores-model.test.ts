/** The stores do what their model says, whatever is asked and whenever they die. The long suite asks ten times as much. */
import t from 'tap'
import { assertModel } from '../src/model/model-run.ts'
import { storesModel } from '../src/model/stores-model.ts'

const command = 'npm test -- scenarios/test/stores-model'

for (const driver of ['file', 'memory'] as const) {
  t.test(`SQLite in ${driver === 'file' ? 'a file' : 'memory'} is what the model is`, async (t) => {
    await assertModel(
      { runs: 100, steps: 40, command, withinMs: 80_000, seed: 1_559_390_400 },
      storesModel(driver),
    )
    t.pass('100 histories')
  })
}
