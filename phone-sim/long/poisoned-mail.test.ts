/** D5 in full: one poisoned mail and 10,000 good ones. */
import t from 'tap'
import { sendPoisoned } from '../test/poisoned-mail.ts'

t.test('one mail that it cannot work on is set aside, and 10,000 others arrive', { timeout: 900_000 }, (t) =>
  sendPoisoned(t, 10_000),
)
