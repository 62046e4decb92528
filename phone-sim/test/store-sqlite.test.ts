import { createHash } from 'node:crypto'
import { readFileSync, writeFileSync } from 'node:fs'
import t, { type Test } from 'tap'
import { openDatabase } from 'database'
import { phoneSchema } from '../src/sqlite-schema.ts'
import { openPhoneStore } from '../src/store-sqlite.ts'
import { message, storeContract } from './store-contract.ts'
import { TestClock } from './test-clock.ts'

const clock = new TestClock()
const hash = (path: string): string => createHash('sha256').update(readFileSync(path)).digest('hex')

t.test('in memory', async (t) => storeContract(t, () => openPhoneStore(':memory:', { clock })))

t.test('in a file', async (t) => {
  const folder = t.testdir()
  let files = 0
  storeContract(t, () => openPhoneStore(`${folder}/${files++}.db`, { clock }))
})

t.test('it has everything again after it was closed', async (t) => {
  const path = `${t.testdir()}/phone.db`
  const first = openPhoneStore(path, { clock })
  first.transaction(() => {
    first.facts.put('number', '1')
    first.messages.add(message('a'))
  })
  const position = first.messages.newest(message('a').chat)!.position
  first.messages.remove(message('a'))
  first.close()
  const second = openPhoneStore(path, { clock })
  t.teardown(() => second.close())
  t.equal(second.facts.find('number'), '1')
  t.ok(second.messages.add(message('b')) > position, 'a position is never used again')
})

t.test('it knows the ends of a long outbox as fast as those of a short one', (t) => {
  const msFor = (length: number): number => {
    const store = openPhoneStore(':memory:', { clock })
    const mail = { to: '1', kind: 'whisper', body: new Uint8Array(100), message: null } as const
    store.transaction(() => {
      for (let n = 1; n <= length; n++) store.outbox.add({ n, mail: `m${n}`, ...mail })
    })
    t.strictSame(store.outbox.range(), { first: 1, last: length })
    const times = Array.from({ length: 10 }, () => {
      const began = performance.now()
      for (let look = 0; look < 100; look++) store.outbox.range()
      return performance.now() - began
    })
    store.close()
    return Math.min(...times)
  }
  const [short, long] = [msFor(50), msFor(10_000)]
  t.ok(long < 10 * short, `${long} ms and ${short} ms for 100 looks`)
  t.end()
})

t.test('it refuses files of other programs and versions and leaves them as they are', async (t) => {
  const folder = t.testdir()
  const cases: [string, (path: string) => void][] = [
    [
      'a newer version',
      (path) => openDatabase(path, { ...phoneSchema, steps: [...phoneSchema.steps, 'SELECT 1'] }).close(),
    ],
    [
      'another program',
      (path) => openDatabase(path, { applicationId: 77, steps: ['CREATE TABLE x (a)'] }).close(),
    ],
    ['no database', (path) => writeFileSync(path, 'a text that is long enough to be looked at. '.repeat(99))],
  ]
  for (const [name, make] of cases) {
    await t.test(name, async (t: Test) => {
      const path = `${folder}/${name.replaceAll(' ', '-')}.db`
      make(path)
      const before = hash(path)
      t.throws(() => openPhoneStore(path, { clock }), { code: /^TETHER_ERR_STORE_(VERSION|DAMAGED)$/ })
      t.equal(hash(path), before)
    })
  }
})

t.test('it is open once at a time', async (t) => {
  const path = `${t.testdir()}/phone.db`
  const store = openPhoneStore(path, { clock })
  t.teardown(() => store.close())
  t.throws(() => openPhoneStore(path, { clock }), { code: 'TETHER_ERR_STORE_LOCKED' })
})
