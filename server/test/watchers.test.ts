import t from 'tap'
import { limit } from 'proto/limits'
import { Watchers } from '../src/watchers.ts'

const ALICE = '15550001111'
const BOB = '15550002222'

t.test('names who watches somebody, in the order in which they came, until they leave', async (t) => {
  const watchers = new Watchers()
  watchers.add({ connection: 7, number: ALICE }, BOB)
  watchers.add({ connection: 3, number: BOB }, BOB)
  watchers.add({ connection: 7, number: ALICE }, BOB)
  t.same(watchers.of(BOB), [
    { connection: 7, number: ALICE },
    { connection: 3, number: BOB },
  ])
  watchers.remove(7)
  watchers.remove(7)
  t.same(watchers.of(BOB), [{ connection: 3, number: BOB }])
  t.same(watchers.of(ALICE), [])
})

t.test('has room for PRESENCE_WATCHED of each connection, and for what it watches already', async (t) => {
  const watchers = new Watchers()
  for (let n = 0; n < limit('PRESENCE_WATCHED'); n++) {
    t.ok(watchers.hasRoom(7, `${n}`))
    watchers.add({ connection: 7, number: ALICE }, `${n}`)
  }
  t.notOk(watchers.hasRoom(7, BOB))
  t.ok(watchers.hasRoom(7, '0'))
  t.ok(watchers.hasRoom(8, BOB))
})
