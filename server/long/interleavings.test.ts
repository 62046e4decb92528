/** Races, each in 500 orders, with a new seed each time; a failure tells it and its path, and TETHER_MODEL takes both. */
import t from 'tap'
import { assertRace } from '../test/interleavings.ts'
import { loginRaces } from '../test/login-races.ts'
import { mailboxRaces } from '../test/mailbox-races.ts'

for (const race of [...loginRaces, ...mailboxRaces]) {
  t.test(race.name, async (t) => {
    await assertRace(race, { orders: 500 })
    t.pass('500 orders')
  })
}
