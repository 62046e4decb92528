import t from 'tap'
import { limit } from 'proto/limits'
import { MailRates } from '../src/mail-rates.ts'

const ALICE = '15550001111'
const BOB = '15550002222'
const CAROL = '15550003333'
const mailTo = (to: string, bytes = 1, kind: 'whisper' | 'receipt' = 'whisper') => ({
  to,
  kind,
  body: new Uint8Array(bytes),
})
const member = (at: number): string => `1555${1_000_000 + at}`

t.test('lets MAIL_PAIR_BURST messages to one person pass, then one each MAIL_PAIR_REFILL_MS', async (t) => {
  const rates = new MailRates()
  for (let n = 1; n <= limit('MAIL_PAIR_BURST'); n++) t.equal(rates.take(ALICE, mailTo(BOB), 0), null)
  const refill = limit('MAIL_PAIR_REFILL_MS')
  t.same(rates.take(ALICE, mailTo(BOB), 0), { name: 'MAIL_PAIR_BURST', retryMs: refill })
  t.equal(rates.take(ALICE, mailTo(CAROL), 0), null, 'others have buckets of their own')
  t.equal(rates.take(CAROL, mailTo(BOB), 0), null)
  t.match(rates.take(ALICE, mailTo(BOB), refill / 2), { retryMs: refill / 2 })
  t.equal(rates.take(ALICE, mailTo(BOB), refill), null)
})

t.test('does not count receipts as messages to one person', async (t) => {
  const rates = new MailRates()
  for (let n = 0; n <= 2 * limit('MAIL_PAIR_BURST'); n++) rates.take(ALICE, mailTo(BOB, 1, 'receipt'), 0)
  t.equal(rates.take(ALICE, mailTo(BOB), 0), null)
  for (let n = 1; n < limit('MAIL_PAIR_BURST'); n++) rates.take(ALICE, mailTo(BOB), 0)
  t.match(rates.take(ALICE, mailTo(BOB), 0), { name: 'MAIL_PAIR_BURST' })
  t.equal(rates.take(ALICE, mailTo(BOB, 1, 'receipt'), 0), null)
})

t.test('lets forty messages to a full group pass at once, and one each two seconds for ever', async (t) => {
  const rates = new MailRates()
  const others = limit('GROUP_MEMBERS') - 1
  const toGroup = (now: number): number => {
    let refused = 0
    for (let at = 0; at < others; at++) if (rates.take(ALICE, mailTo(member(at)), now)) refused++
    return refused
  }
  t.equal(limit('MAIL_SENDER_BURST'), 40 * others)
  for (let message = 1; message <= 40; message++) t.equal(toGroup(0), 0)
  t.same(rates.take(ALICE, mailTo(BOB), 0), { name: 'MAIL_SENDER_BURST', retryMs: 8 })
  t.equal(rates.take(CAROL, mailTo(BOB), 0), null, 'another sender is not held up')
  for (let message = 1; message <= 100; message++) t.equal(toGroup(message * 2_000), 0)
  for (let at = 0; at < limit('MAIL_SENDER_RATE'); at++)
    if (rates.take(ALICE, mailTo(member(at)), 201_000)) t.fail(`refused after ${at}`)
  t.match(rates.take(ALICE, mailTo(BOB), 201_000), { name: 'MAIL_SENDER_BURST' })
})

t.test(
  'refuses for good what goes beyond MAIL_INBOUND_BYTES of one recipient, whoever sends it',
  async (t) => {
    const rates = new MailRates()
    const mails = limit('MAIL_INBOUND_BYTES') / 65_536
    for (let n = 0; n < mails; n++) t.equal(rates.take(member(n), mailTo(BOB, 65_536), 0), null)
    t.same(rates.take(ALICE, mailTo(BOB), 0), { name: 'MAIL_INBOUND_BYTES', retryMs: null })
    t.equal(rates.take(ALICE, mailTo(CAROL), 0), null)
    t.match(rates.take(ALICE, mailTo(BOB, limit('MAIL_INBOUND_RATE')), 999), { name: 'MAIL_INBOUND_BYTES' })
    t.match(rates.take(ALICE, mailTo(BOB, limit('MAIL_INBOUND_RATE') + 1), 1_000), { retryMs: null })
    t.equal(rates.take(ALICE, mailTo(BOB, limit('MAIL_INBOUND_RATE')), 1_000), null)
  },
)

t.test('takes nothing for mail that is refused or given back', async (t) => {
  const rates = new MailRates()
  const count = limit('MAIL_PAIR_BURST')
  for (let n = 0; n < 2 * limit('MAIL_SENDER_BURST'); n++) {
    if (rates.take(ALICE, mailTo(BOB, 65_536), 0)) t.fail('refused')
    rates.giveBack(ALICE, mailTo(BOB, 65_536))
  }
  for (let n = 0; n < count; n++) rates.take(ALICE, mailTo(BOB), 0)
  for (let n = 0; n < limit('MAIL_SENDER_BURST'); n++)
    if (!rates.take(ALICE, mailTo(BOB), 0)) t.fail('a message passed')
  for (let at = 0; at < limit('MAIL_SENDER_BURST') - count; at++)
    if (rates.take(ALICE, mailTo(member(at)), 0)) t.fail(`refused after ${at}`)
  t.match(rates.take(ALICE, mailTo(CAROL), 0), { name: 'MAIL_SENDER_BURST' })
})
