import t from 'tap'
import { openDatabase } from 'database'
import { phoneSchema } from '../src/sqlite-schema.ts'
import { addSearch } from '../src/sqlite-search-step.ts'
import { openPhoneStore } from '../src/store-sqlite.ts'
import { CHAT, message } from './store-contract.ts'
import { TestClock } from './test-clock.ts'

const clock = new TestClock()

t.test('it makes the history of an older file searchable, hidden messages not', async (t) => {
  const path = `${t.testdir()}/phone.db`
  const steps = phoneSchema.steps.slice(0, phoneSchema.steps.indexOf(addSearch))
  const older = openDatabase(path, { ...phoneSchema, steps })
  const count = 2_500
  older.transaction(() => {
    for (let at = 0; at < count; at++) {
      const hidden = Number(at % 500 === 7)
      older.run(
        `INSERT INTO message (chat, from_me, id, at, status, seen, hidden, text, type, info)
         VALUES (?, 0, ?, 1, 0, 1, ?, ?, 'conversation', ?)`,
        CHAT,
        `m${at}`,
        hidden,
        at % 500 < 10 ? `Élan ${at}` : at === 100 ? '' : 'other',
        new Uint8Array(1),
      )
    }
  })
  older.close()
  const store = openPhoneStore(path, { clock })
  t.teardown(() => store.close())
  const ids = (text: string) =>
    store.messages.search({ text, chats: null, count: 99, skip: 0 }).map(({ id }) => id)
  t.equal(ids('élan').length, 45)
  t.strictSame(ids('élan 2009'), ['m2009'])
  t.strictSame(ids('ÉLAN 7'), [], 'hidden')
  store.messages.change(message('m0'), { text: 'changed' })
  t.strictSame(ids('élan 0'), [])
  t.strictSame(ids('changed'), ['m0'])
})
