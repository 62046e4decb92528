/** Many worlds in which everything breaks, in drawn orders, with a new seed each time, which is told. */
import t from 'tap'
import { assertModel } from '../src/model/model-run.ts'
import { newRecord, worldModel } from '../src/model/world-model.ts'

const RUNS = 100

t.test('nothing is lost, doubled or out of order, whatever breaks', async (t) => {
  const record = newRecord()
  const command = 'npm run faults:long -- world-model'
  await assertModel({ runs: RUNS, steps: 80, command, withinMs: 600_000 }, worldModel(record))
  console.error(record)
  t.ok(record.worlds > 0, `${record.worlds} worlds`)
})
