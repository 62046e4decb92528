/** Races, each in 50 drawn orders; the long suite plays 500. */
import t from 'tap'
import { assertRace } from './interleavings.ts'
import { loginRaces } from './login-races.ts'
import { mailboxRaces } from './mailbox-races.ts'

for (const race of [...loginRaces, ...mailboxRaces]) {
  t.test(race.name, async (t) => {
    await assertRace(race, { orders: 50, seed: 1_559_390_400 })
    t.pass('50 orders')
  })
}
