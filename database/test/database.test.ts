import { execFileSync, spawn } from 'node:child_process'
import { createHash } from 'node:crypto'
import {
  existsSync,
  readdirSync,
  readFileSync,
  statSync,
  symlinkSync,
  truncateSync,
  writeFileSync,
} from 'node:fs'
import { join } from 'node:path'
import { codeOf, type ErrorCode } from 'proto/errors'
import t from 'tap'
import { MEMORY, openDatabase, type Database } from '../src/database.ts'
import type { Schema, SchemaStep } from '../src/schema.ts'

const first: Schema = { applicationId: 0x7e57, steps: ['CREATE TABLE note (text TEXT NOT NULL) STRICT'] }
const second: Schema = {
  ...first,
  steps: [...first.steps, "ALTER TABLE note ADD COLUMN colour TEXT NOT NULL DEFAULT 'grey'"],
}
const holder = new URL('./holder.js', import.meta.url).pathname

/** Every byte beside the file, too. */
function fingerprint(folder: string): Record<string, string> {
  const sums: Record<string, string> = {}
  for (const name of readdirSync(folder)) {
    sums[name] = createHash('sha256')
      .update(readFileSync(join(folder, name)))
      .digest('hex')
  }
  return sums
}

function refusal(path: string, schema: Schema): ErrorCode | 'opened' {
  try {
    openDatabase(path, schema).close()
    return 'opened'
  } catch (error) {
    return codeOf(error)
  }
}

function texts(db: Database): string[] {
  return db.all<{ text: string }>('SELECT text FROM note ORDER BY rowid').map((row) => row.text)
}

t.test('it keeps what was committed and folds its log into the file when closed', async (t) => {
  const path = join(t.testdir(), 'deeper', 'a.db')
  const db = openDatabase(path, first)
  db.transaction(() => db.run('INSERT INTO note VALUES (?)', 'kept'))
  db.close()
  db.close()
  t.same(readdirSync(join(path, '..')), ['a.db'])
  t.equal(statSync(path).mode & 0o077, 0, 'nobody else can read it')
  const again = openDatabase(path, first)
  t.same(texts(again), ['kept'])
  again.close()
  t.throws(() => void again.get('SELECT 1'), { code: 'TETHER_ERR_INTERNAL' })
})

t.test('it works in memory', async (t) => {
  const db = openDatabase(MEMORY, second)
  db.run('INSERT INTO note VALUES (?, ?)', 'x', 'red')
  t.same(db.all('SELECT * FROM note'), [{ text: 'x', colour: 'red' }])
  db.close()
})

t.test('it undoes a transaction that throws, and a part that throws alone', async (t) => {
  const db = openDatabase(MEMORY, first)
  const add = (text: string): unknown => db.run('INSERT INTO note VALUES (?)', text)
  const addAndFail = (): never => {
    add('lost')
    throw new Error('stop')
  }
  t.throws(() => db.transaction(addAndFail), /stop/)
  db.transaction(() => {
    add('before')
    t.throws(() => db.savepoint(addAndFail), /stop/)
    db.savepoint(() => add('after'))
  })
  t.same(texts(db), ['before', 'after'])
  t.notOk(db.inTransaction)
  t.throws(() => db.transaction(async () => add('lost')), TypeError, 'it must not wait')
  t.same(texts(db), ['before', 'after'])
  db.close()
})

t.test('it migrates a file of an older version and keeps its rows', async (t) => {
  const path = join(t.testdir(), 'a.db')
  const old = openDatabase(path, first)
  old.run('INSERT INTO note VALUES (?)', 'old')
  old.close()
  const db = openDatabase(path, second)
  t.same(db.all('SELECT * FROM note'), [{ text: 'old', colour: 'grey' }])
  db.close()
  t.equal(readFileSync(path).readInt32BE(60), 2)
})

t.test('it lets a step do what SQL cannot, in the same transaction', async (t) => {
  const path = join(t.testdir(), 'a.db')
  const old = openDatabase(path, first)
  for (const text of ['Äpfel', 'Öl']) old.run('INSERT INTO note VALUES (?)', text)
  old.close()
  const lower: SchemaStep = (connection) => {
    connection.exec('ALTER TABLE note ADD COLUMN lower TEXT')
    for (const { text } of connection.all('SELECT text FROM note', [])) {
      connection.run('UPDATE note SET lower = ? WHERE text = ?', [String(text).toLowerCase(), String(text)])
    }
  }
  const broken: SchemaStep = (connection) => {
    lower(connection)
    throw new Error('half done')
  }
  t.throws(() => openDatabase(path, { ...first, steps: [...first.steps, broken] }), /half done/)
  const db = openDatabase(path, { ...first, steps: [...first.steps, lower] })
  t.same(
    db.all<{ lower: string }>('SELECT lower FROM note').map((row) => row.lower),
    ['äpfel', 'öl'],
  )
  db.close()
})

t.test('it leaves an older file at its version when a migration fails', async (t) => {
  const path = join(t.testdir(), 'a.db')
  openDatabase(path, first).close()
  const broken = { ...first, steps: [...first.steps, 'CREATE TABLE more (x) ; CREATE TABLE note (x)'] }
  t.throws(() => openDatabase(path, broken), /already exists/)
  const db = openDatabase(path, first)
  t.same(db.all('SELECT name FROM sqlite_schema'), [{ name: 'note' }])
  db.close()
})

t.test('it refuses a newer version and leaves every byte', async (t) => {
  const folder = t.testdir()
  const path = join(folder, 'a.db')
  openDatabase(path, second).close()
  const before = fingerprint(folder)
  t.equal(refusal(path, first), 'TETHER_ERR_STORE_VERSION')
  t.same(fingerprint(folder), before)
  t.equal(refusal(path, second), 'opened')
})

t.test('it refuses the file of another program and leaves every byte', async (t) => {
  const folder = t.testdir()
  const path = join(folder, 'a.db')
  openDatabase(path, { ...first, applicationId: 0x1234 }).close()
  const before = fingerprint(folder)
  t.equal(refusal(path, first), 'TETHER_ERR_STORE_VERSION')
  t.same(fingerprint(folder), before)
})

t.test('it sees a newer version that only the log has, and leaves every byte', async (t) => {
  const folder = t.testdir()
  const path = join(folder, 'a.db')
  openDatabase(path, first).close()
  // A process of the newer program, killed before anything went from the log into the file.
  const child = spawn(process.execPath, [holder, path, JSON.stringify(second)], {
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  await new Promise((resolve) => child.stdout.once('data', resolve))
  const gone = new Promise((resolve) => child.once('exit', resolve))
  child.kill('SIGKILL')
  await gone
  t.ok(existsSync(`${path}-wal`))
  t.equal(readFileSync(path).readInt32BE(60), 1, 'the file itself still names version 1')
  const before = fingerprint(folder)
  t.equal(refusal(path, first), 'TETHER_ERR_STORE_VERSION')
  t.same(fingerprint(folder), before)
  const db = openDatabase(path, second)
  t.same(texts(db), ['held'])
  db.close()
})

t.test('it refuses what is no database, what is cut short and what cannot be opened', async (t) => {
  const folder = t.testdir({ 'text.db': 'x'.repeat(5000), 'short.db': 'SQLite format 3\0' })
  const cut = join(folder, 'cut.db')
  const db = openDatabase(cut, first)
  db.transaction(() => {
    for (let i = 0; i < 50; i++) db.run('INSERT INTO note VALUES (?)', 'y'.repeat(500))
  })
  db.close()
  truncateSync(cut, statSync(cut).size - 4096)
  const before = fingerprint(folder)
  for (const name of ['text.db', 'short.db', 'cut.db']) {
    t.equal(refusal(join(folder, name), first), 'TETHER_ERR_STORE_DAMAGED', name)
  }
  t.same(fingerprint(folder), before)
  t.equal(refusal(folder, first), 'TETHER_ERR_STORE_DAMAGED', 'a folder')
  t.equal(refusal(join(folder, 'text.db', 'below.db'), first), 'TETHER_ERR_STORE_WRITE')
})

t.test('it names damage inside the file when it is read', async (t) => {
  const path = join(t.testdir(), 'a.db')
  const db = openDatabase(path, first)
  db.transaction(() => {
    for (let i = 0; i < 50; i++) db.run('INSERT INTO note VALUES (?)', 'y'.repeat(500))
  })
  db.close()
  const bytes = readFileSync(path)
  bytes.fill(0xff, 4096)
  writeFileSync(path, bytes)
  const damaged = openDatabase(path, first)
  t.throws(() => texts(damaged), { code: 'TETHER_ERR_STORE_DAMAGED' })
  damaged.close()
})

t.test('it starts over where the very first start was cut off', async (t) => {
  const path = join(t.testdir(), 'a.db')
  writeFileSync(path, '')
  t.equal(refusal(path, first), 'opened')
  const blank = join(t.testdirName, 'blank.db')
  openDatabase(blank, { applicationId: 0, steps: [] }).close()
  t.equal(refusal(blank, first), 'opened')
})

t.test('it refuses a file that another process has open, and takes it once that was killed', async (t) => {
  const path = join(t.testdir(), 'a.db')
  const child = spawn(process.execPath, [holder, path, JSON.stringify(first)], {
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  await new Promise((resolve) => child.stdout.once('data', resolve))
  t.equal(refusal(path, first), 'TETHER_ERR_STORE_LOCKED')
  t.equal(refusal(path, first), 'TETHER_ERR_STORE_LOCKED', 'also the second time')
  const gone = new Promise((resolve) => child.once('exit', resolve))
  child.kill('SIGKILL')
  await gone
  const db = openDatabase(path, first)
  t.same(texts(db), ['held'], 'what it had committed is there')
  db.close()
})

t.test('it refuses a second opening in this process without losing the lock of the first', async (t) => {
  const path = join(t.testdir(), 'a.db')
  const link = join(t.testdirName, 'link.db')
  const db = openDatabase(path, first)
  symlinkSync(path, link)
  t.equal(refusal(path, first), 'TETHER_ERR_STORE_LOCKED')
  t.equal(refusal(link, first), 'TETHER_ERR_STORE_LOCKED')
  const command = [holder, path, JSON.stringify(first)]
  const other = execFileSync(process.execPath, command, { encoding: 'utf8', timeout: 20_000 })
  t.equal(other, 'TETHER_ERR_STORE_LOCKED\n')
  db.close()
})

t.test('it says when the disk is full, keeps what it had, and goes on when there is room', async (t) => {
  const db = openDatabase(join(t.testdir(), 'a.db'), first)
  db.run('INSERT INTO note VALUES (?)', 'kept')
  db.exec('PRAGMA max_page_count = 8')
  const fill = (): unknown => db.transaction(() => db.run('INSERT INTO note VALUES (?)', 'z'.repeat(100_000)))
  t.throws(fill, { code: 'TETHER_ERR_STORE_WRITE' })
  t.same(texts(db), ['kept'])
  db.exec('PRAGMA max_page_count = 1000000')
  fill()
  t.equal(texts(db).length, 2)
  db.close()
})
