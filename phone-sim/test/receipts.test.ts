import t from 'tap'
import { utf8 } from 'proto/bytes'
import { limit } from 'proto/limits'
import { formatReceipt, parseReceipt } from '../src/receipts.ts'
import { ALICE, BOB, jid, PhoneWorld } from './phone-world.ts'
import { until } from './test-clock.ts'

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

t.test('it puts many read messages into few receipts', async (t) => {
  const world = new PhoneWorld()
  t.teardown(() => world.stop())
  const alice = await world.phone(ALICE, 'Alice')
  await world.phone(BOB, 'Bob')
  const count = limit('RECEIPT_IDS') + 1
  await alice.importHistory(
    Array.from({ length: count }, (_, at) => ({
      with: BOB,
      fromMe: false,
      text: 'x',
      timestampMs: at + 1,
      seen: false,
    })),
  )
  t.equal(alice.chats()[0]?.unread, count)
  await alice.markRead(jid(BOB))
  const sent = () => world.relay.heard.filter((m) => m.type === 'mail' && m.kind === 'receipt').length
  await until(() => sent() === 2, 'two receipts')
  t.equal(alice.chats()[0]?.unread, 0)
})

t.test('it never lowers a status and ignores receipts for what it did not send', async (t) => {
  const world = new PhoneWorld()
  t.teardown(() => world.stop())
  const alice = await world.phone(ALICE, 'Alice')
  const bob = await world.phone(BOB, 'Bob')
  const { id } = await alice.sendText(BOB, 'hi')
  await until(() => bob.messages(jid(ALICE)).length === 1, 'arrival')
  await bob.markRead(jid(ALICE))
  await until(() => alice.messages(jid(BOB))[0]?.status === 'read', 'read')
  const post = (mail: string, ids: string[], level: 'delivered' | 'read') => {
    const body = Buffer.from(formatReceipt({ ids, level, t: 1 })).toString('base64')
    world.relay.post(ALICE, { from: BOB, mail, kind: 'receipt', body })
  }
  post('late', [id], 'delivered')
  post('strange', ['never sent'], 'read')
  await until(() => world.relay.account(ALICE).mailbox.length === 0, 'taken')
  t.equal(alice.messages(jid(BOB))[0]?.status, 'read')
})
