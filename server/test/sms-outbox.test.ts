import t from 'tap'
import { SmsOutbox } from '../src/sms-outbox.ts'

t.test('lists the messages of a number, newest first, and of nobody else', async (t) => {
  const outbox = new SmsOutbox()
  outbox.put('15550001111', '111111', 1)
  outbox.put('15550002222', '222222', 2)
  outbox.put('15550001111', '333333', 3)
  t.match(outbox.list('15550001111'), [
    { code: '333333', at: 3, text: /333333/ },
    { code: '111111', at: 1 },
  ])
  t.equal(outbox.list('15550002222').length, 1)
  t.same(outbox.list('15550009999'), [])
})

t.test('keeps the last ten of a number, and forgets the number that is longest unused', async (t) => {
  const outbox = new SmsOutbox()
  for (let at = 0; at < 12; at++) outbox.put('15550000000', String(at), at)
  t.same(
    outbox.list('15550000000').map(({ at }) => at),
    [11, 10, 9, 8, 7, 6, 5, 4, 3, 2],
  )
  for (let n = 1; n < 1000; n++) outbox.put(`1555000${1000 + n}`, '1', n)
  outbox.put('15550000000', 'again', 99)
  outbox.put('15559999999', 'one too many', 100)
  t.equal(outbox.list('15550000000')[0].code, 'again', 'used just now')
  t.same(outbox.list('15550001001'), [], 'the longest unused')
  t.equal(outbox.list('15550001002').length, 1)
})
