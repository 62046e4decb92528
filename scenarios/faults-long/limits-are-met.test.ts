/**
 * Every limit that names a test, with a product that is wrong by one: the test must notice. `TETHER_LIMITS='MAIL_BYTES'
 * npm run faults:long -- limits-are-met` walks over those whose name has this in it.
 */
import { availableParallelism } from 'node:os'
import t from 'tap'
import { type BoundaryTest, isTest, limitProofs } from 'proto/limit-proofs'
import type { LimitName } from 'proto/limits'
import { walk } from '../src/limits/walk.ts'

const chosen = process.env.TETHER_LIMITS ?? ''

t.test('the test of each limit fails when the product is wrong by one, or forgets to count', async (t) => {
  const rows = Object.entries(limitProofs).filter(
    (row): row is [LimitName, BoundaryTest] => isTest(row[1]) && row[0].includes(chosen),
  )
  t.ok(rows.length > 0)
  const next = async (): Promise<void> => {
    for (let row = rows.shift(); row; row = rows.shift())
      t.equal(await walk(process.cwd(), ...row), null, row[0])
  }
  await Promise.all(Array.from({ length: availableParallelism() }, next))
})
