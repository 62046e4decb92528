import t from 'tap'
import { loginCrashes, mailCrashes, relayCrashes } from '../src/crash-points.ts'

/** The rows of research reliability 2.3 that have a process to kill here; the killed browser is a story of the pages. */
const ROWS = [
  "before A's outbox commit",
  'outbox committed, not sent',
  'sent, server not committed',
  'server committed, ack not sent',
  "ack received, A's outbox not marked",
  'pushed to B, B not committed',
  'B committed, ack not sent',
  'ack received, row not deleted',
  'receipt queued on B',
  'relay frame to browser in flight',
  'pairing in progress',
  'during revocation',
]

t.test('every row of the table of instants has a point, and every point a row', async (t) => {
  const tables = [mailCrashes, relayCrashes, loginCrashes]
  const named = tables.flatMap((table) =>
    Object.values<readonly { readonly row: string }[]>(table).flatMap((rows) => rows.map(({ row }) => row)),
  )
  t.strictSame([...new Set(named)].sort(), [...ROWS].sort())
})

t.test('a message that is in an outbox or a mailbox is shown in the end, and only such a one', async (t) => {
  for (const [point, rows] of Object.entries(mailCrashes)) {
    for (const { left, shown } of rows) t.equal(shown, Math.max(left.outbox, left.mailbox, left.inbox), point)
  }
})
