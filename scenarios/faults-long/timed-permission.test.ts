/** S8, 1,000 times: whoever sets a clock, a permission ends when its time has truly passed. */
import t from 'tap'
import { assertModel } from '../src/model/model-run.ts'
import { newPermissionRecord, timedPermission } from '../src/model/timed-permission.ts'

const RUNS = 1_000

t.test('a permission is not outlived by setting clocks', { timeout: 900_000 }, async (t) => {
  const record = newPermissionRecord()
  const command = 'npm run faults:long -- timed-permission'
  await assertModel({ runs: RUNS, steps: 12, command, withinMs: 800_000 }, timedPermission(record))
  t.equal(record.endedByClock + record.endedInTime, RUNS, JSON.stringify(record))
  console.error(JSON.stringify(record))
})
