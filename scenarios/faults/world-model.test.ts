/** A few worlds in which everything breaks, in drawn orders, with what must hold in them; the long suite has many. */
import t from 'tap'
import { assertModel } from '../src/model/model-run.ts'
import { newRecord, worldModel } from '../src/model/world-model.ts'

t.test('nothing is lost, doubled or out of order, whatever breaks', async (t) => {
  const record = newRecord()
  const command = 'npm run test:faults -- world-model'
  await assertModel(
    { runs: 4, steps: 30, command, withinMs: 80_000, seed: 1_559_390_400 },
    worldModel(record),
  )
  t.ok(record.worlds > 0, `${record.worlds} worlds`)
})
