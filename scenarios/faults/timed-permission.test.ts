/** S8: whoever sets a clock, a permission ends when its time has truly passed; the long suite has 1,000 runs. */
import t from 'tap'
import { assertModel } from '../src/model/model-run.ts'
import { newPermissionRecord, timedPermission } from '../src/model/timed-permission.ts'

const RUNS = 100

t.test(
  'a permission is not outlived by setting clocks, and no clock but the phone’s own ends it early',
  async (t) => {
    const record = newPermissionRecord()
    const command = 'npm run test:faults -- timed-permission'
    await assertModel(
      { runs: RUNS, steps: 12, command, withinMs: 80_000, seed: 1_559_390_400 },
      timedPermission(record),
    )
    t.equal(record.endedByClock + record.endedInTime, RUNS, JSON.stringify(record))
    for (const count of Object.values(record)) t.ok(count > 0)
  },
)
