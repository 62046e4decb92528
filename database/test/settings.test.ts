import { join } from 'node:path'
import t from 'tap'
import { Connection } from '../src/connection.ts'
import { MEMORY } from '../src/database.ts'
import { applySettings, assertSettings, settings } from '../src/settings.ts'

t.test('it finds every setting in force after a first read', async (t) => {
  const connection = new Connection(join(t.testdir(), 'a.db'))
  applySettings(connection)
  connection.get('SELECT count(*) FROM sqlite_schema', [])
  assertSettings(connection, 'file')
  for (const [name, value] of [
    ['journal_mode', 'wal'],
    ['synchronous', 2],
    ['locking_mode', 'exclusive'],
    ['foreign_keys', 1],
  ] as const) {
    t.same(Object.values(connection.get(`PRAGMA ${name}`, []) ?? {}), [value], name)
  }
})

t.test('it names the setting that does not hold', async (t) => {
  const changes = [
    'synchronous = NORMAL',
    'synchronous = OFF',
    'foreign_keys = OFF',
    'wal_autocheckpoint = 0',
  ]
  for (const change of [...changes, 'journal_mode = DELETE', 'fullfsync = OFF', 'journal_size_limit = -1']) {
    const connection = new Connection(join(t.testdir(), 'b.db'))
    applySettings(connection)
    connection.exec(`PRAGMA ${change}`)
    const message = new RegExp(change.split(' ')[0])
    t.throws(
      () => assertSettings(connection, 'file'),
      { code: 'TETHER_ERR_STORE_DURABILITY', message },
      change,
    )
    connection.exec('PRAGMA journal_mode = DELETE; PRAGMA locking_mode = NORMAL; SELECT * FROM sqlite_schema')
    connection.get('SELECT count(*) FROM sqlite_schema', [])
    connection.close()
  }
})

t.test('it does not take a database without a log for a durable one', async (t) => {
  const connection = new Connection(MEMORY)
  applySettings(connection)
  assertSettings(connection, 'memory')
  t.throws(() => assertSettings(connection, 'file'), { message: /journal_mode is memory/ })
})

t.test('it says why for every row', async (t) => {
  t.ok(settings.every((setting) => setting.why.length > 10))
})
