import t from 'tap'
import { utf8 } from 'proto/bytes'
import { limit } from 'proto/limits'
import { formatReceipt, parseReceipt } from '../src/receipt-mail.ts'

t.test('it reads what it writes', async (t) => {
  const receipt = { ids: ['A', 'B'], level: 'read', t: 1_600_000_000 } as const
  t.strictSame(parseReceipt(formatReceipt(receipt)), receipt)
})

t.test('it refuses everything else', async (t) => {
  const most = limit('RECEIPT_IDS')
  const ids = (count: number) => JSON.stringify({ ids: Array(count).fill('A'), level: 'read', t: 1 })
  t.equal(parseReceipt(utf8(ids(most))).ids.length, most)
  const bad = [
    ids(most + 1),
    '',
    'null',
    '[]',
    '{"ids":["A"],"level":"read"}',
    '{"ids":["A"],"level":"seen","t":1}',
  ]
  for (const text of [...bad, '{"ids":"A","level":"read","t":1}', '{"ids":[null],"level":"read","t":1}']) {
    t.throws(() => parseReceipt(utf8(text)), { code: 'TETHER_ERR_BODY' }, text.slice(0, 40))
  }
})
