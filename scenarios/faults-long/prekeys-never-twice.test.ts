/**
 * A hundred thousand claims under kills; TETHER_CLAIMS=1000000 makes it a million. The instants of death are drawn from
 * a seed, which is told; what is in flight then is up to the machine.
 */
import { join } from 'node:path'
import t from 'tap'
import { fuzzSeed } from 'fuzz/fuzz-seed'
import { seedLine } from 'fuzz/report'
import { seededEntropy } from 'proto/entropy'
import { systemEntropy } from 'proto/system'
import { runClaims } from '../src/claims/claim-run.ts'

const claims = Number(process.env.TETHER_CLAIMS ?? 100_000)
const seed = fuzzSeed(process.env, systemEntropy)
console.error(seedLine(seed, 'npm run faults:long -- prekeys-never-twice'))

t.test(`of ${claims} claims no two get the same prekey`, async (t) => {
  const path = join(t.testdir(), 'server.db')
  const run = await runClaims({ path, claims, way: 'store', killEveryMs: 1_000, chance: seededEntropy(seed) })
  console.error(run)
  t.ok(run.claims >= claims)
  t.equal(run.doubles, 0)
  t.equal(run.undone, 0)
})
