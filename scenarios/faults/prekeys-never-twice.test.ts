/** No one-time prekey is given out twice, though many claim at once and the server dies; the long suite claims 100,000. */
import { join } from 'node:path'
import t from 'tap'
import { seededEntropy } from 'proto/entropy'
import { runClaims } from '../src/claims/claim-run.ts'

t.test('each prekey is given out once, whenever the server dies', async (t) => {
  const path = join(t.testdir(), 'server.db')
  const run = await runClaims({
    ...{ path, claims: 1_000, way: 'store', killEveryMs: 150 },
    chance: seededEntropy('claims'),
  })
  t.ok(run.kills > 1, `${run.kills} kills`)
  t.ok(run.claims >= 1_000, `${run.claims} claims, ${run.burnt} burnt`)
  t.equal(run.doubles, 0)
  t.equal(run.undone, 0)
})

t.test('a store that looks first and deletes then gives keys out twice, and this test sees it', async (t) => {
  const path = join(t.testdir(), 'server.db')
  const run = await runClaims({
    ...{ path, claims: 300, way: 'select then delete', killEveryMs: 0 },
    chance: seededEntropy('claims'),
  })
  t.ok(run.doubles > 0, `${run.doubles} of ${run.claims} are doubles`)
})
