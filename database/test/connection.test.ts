import t from 'tap'
import { Connection, type Value } from '../src/connection.ts'
import { MEMORY } from '../src/database.ts'

function echo(value: Value): unknown {
  const connection = new Connection(MEMORY)
  return connection.get('SELECT ? AS value', [value])?.['value']
}

t.test('it brings every kind of value back as it was', async (t) => {
  const bytes = new Uint8Array([1, 2, 3, 4, 5])
  const values: Value[] = [
    ...[
      '',
      'text',
      'é\u0000🙂',
      '\0',
      '\0\0x\0',
      '\u{10fffe}',
      '\u{10fffe}0\0',
      '\0\u{10fffe}1',
      0,
      -1,
      1.5,
      -0.25,
      2 ** 53 - 1,
      -(2 ** 53) + 1,
      1e-300,
      null,
    ],
    ...[bytes, new Uint8Array(0), bytes.subarray(1, 3)],
  ]
  for (const value of values) t.same(echo(value), value)
  t.same(echo(Buffer.from('pooled')), new Uint8Array(Buffer.from('pooled')))
})

t.test('it stores whole numbers as integers and gives plain rows', async (t) => {
  const connection = new Connection(MEMORY)
  t.same(connection.get('SELECT typeof(?) AS kind, 1 AS one', [5]), { kind: 'integer', one: 1 })
  t.same(connection.get('SELECT typeof(?) AS kind', [5.5]), { kind: 'real' })
  t.same(connection.all("SELECT x'0102' AS bytes", []), [{ bytes: new Uint8Array([1, 2]) }])
  t.equal(connection.get("SELECT x'01' AS bytes", [])?.['bytes']?.constructor, Uint8Array)
  t.equal(connection.get('SELECT 1 WHERE 0', []), undefined)
})

t.test('it refuses values that SQLite cannot hold before the binding sees them', async (t) => {
  const wrong: unknown[] = [undefined, true, false, NaN, Infinity, 2 ** 53, {}, [], Symbol('x'), new Date(0)]
  for (const value of wrong) t.throws(() => echo(value as Value), TypeError, typeof value)
})

t.test('it refuses too few and too many values', async (t) => {
  const connection = new Connection(MEMORY)
  t.throws(() => connection.get('SELECT ? AS a, ? AS b', [1]), TypeError)
  t.throws(() => connection.get('SELECT 1', [1]), TypeError)
})

t.test('it counts changes', async (t) => {
  const connection = new Connection(MEMORY)
  connection.exec('CREATE TABLE note (n INTEGER PRIMARY KEY); INSERT INTO note VALUES (1), (2), (3)')
  t.same(connection.run('INSERT INTO note VALUES (?)', [40]), { changes: 1, lastRow: 40 })
  t.match(connection.run('DELETE FROM note WHERE n < ?', [3]), { changes: 2 })
  t.match(connection.run('DELETE FROM note WHERE n > ?', [99]), { changes: 0 })
})

t.test('it names the columns of a table that has got one more since', async (t) => {
  const connection = new Connection(MEMORY)
  connection.exec('CREATE TABLE note (n INTEGER); INSERT INTO note VALUES (1)')
  t.same(connection.get('SELECT * FROM note', []), { n: 1 })
  connection.exec("ALTER TABLE note ADD COLUMN text TEXT DEFAULT 'none'")
  t.same(connection.get('SELECT * FROM note', []), { n: 1, text: 'none' })
  t.same(connection.all('SELECT * FROM note', []), [{ n: 1, text: 'none' }])
})

t.test('it throws what SQLite says', async (t) => {
  const connection = new Connection(MEMORY)
  t.throws(() => connection.get('SELECT nonsense', []), /no such column/)
  t.throws(() => new Connection('/nonexistent/folder/a.db'), { code: 'TETHER_ERR_STORE_WRITE' })
})
