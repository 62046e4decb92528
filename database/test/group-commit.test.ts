import { spawnSync } from 'node:child_process'
import { closeSync, openSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Clock } from 'proto/clock'
import { realClock } from 'proto/system'
import t from 'tap'
import { MEMORY, openDatabase, type Database } from '../src/database.ts'
import { GroupCommit } from '../src/group-commit.ts'
import { readTrace, STRACE, straceArguments, whyNoStrace } from '../src/strace.ts'

const schema = { applicationId: 1, steps: ['CREATE TABLE note (n INTEGER PRIMARY KEY) STRICT'] }
const writer = new URL('./group-writer.js', import.meta.url).pathname

function notes(db: Database): number[] {
  return db.all<{ n: number }>('SELECT n FROM note ORDER BY n').map((row) => row.n)
}
const add = (n: number) => (db: Database) => db.run('INSERT INTO note VALUES (?)', n).lastRow

t.test('it commits what one turn hands in together, and answers after the commit', async (t) => {
  const db = openDatabase(MEMORY, schema)
  const group = new GroupCommit(db, realClock)
  const seen: boolean[] = []
  const all = [1, 2, 3].map((n) => group.commit(add(n)).then(() => seen.push(db.inTransaction)))
  t.same(notes(db), [], 'nothing happens inside the call')
  await Promise.all(all)
  t.same(notes(db), [1, 2, 3])
  t.same(seen, [false, false, false])
  t.same(group.counts, { commits: 1, operations: 3 })
  await group.commit(add(4))
  t.equal(group.counts.commits, 2)
  t.same(await group.read(notes), [1, 2, 3, 4])
  db.close()
})

t.test('it rejects an operation that throws, and that one alone', async (t) => {
  const db = openDatabase(MEMORY, schema)
  const group = new GroupCommit(db, realClock)
  const results = await Promise.allSettled([
    group.commit(add(1)),
    group.commit((db) => {
      add(2)(db)
      throw new Error('changed my mind')
    }),
    group.commit(add(1)),
    group.commit((db) => Promise.resolve(db)),
    group.commit(add(5)),
  ])
  t.same(
    results.map((result) => result.status),
    ['fulfilled', 'rejected', 'rejected', 'rejected', 'fulfilled'],
  )
  t.same(notes(db), [1, 5])
  t.equal(group.counts.commits, 1)
  db.close()
})

t.test('it undoes all and runs them again when one throws, and keeps the second run', async (t) => {
  const db = openDatabase(MEMORY, schema)
  const group = new GroupCommit(db, realClock)
  const seen: number[][] = []
  const results = await Promise.allSettled([
    group.commit((db) => {
      seen.push(notes(db))
      return add(1)(db)
    }),
    group.commit((db) => {
      add(2)(db)
      throw new Error('changed my mind')
    }),
    group.commit(add(3)),
  ])
  t.same(seen, [[], []], 'nothing of the first run is there in the second')
  t.same(
    results.map((result) => result.status),
    ['fulfilled', 'rejected', 'fulfilled'],
  )
  t.same(notes(db), [1, 3])
  db.close()
})

t.test('it rejects one that only looked before it threw, and runs no other again', async (t) => {
  const db = openDatabase(MEMORY, schema)
  const group = new GroupCommit(db, realClock)
  let runs = 0
  const results = await Promise.allSettled([
    group.commit((db) => {
      runs += 1
      return add(1)(db)
    }),
    group.commit((db) => {
      if (notes(db).length > 0) throw new Error('there is one already')
    }),
    group.commit(add(3)),
  ])
  t.same(
    results.map((result) => result.status),
    ['fulfilled', 'rejected', 'fulfilled'],
  )
  t.same(notes(db), [1, 3])
  t.equal(runs, 1)
  t.equal(group.load.again, 0)
  db.close()
})

t.test('it takes nothing for a look that may have written: not a row that comes back either', async (t) => {
  const db = openDatabase(MEMORY, schema)
  const group = new GroupCommit(db, realClock)
  const writers: ((db: Database) => void)[] = [
    (db) => db.get('INSERT INTO note VALUES (7) RETURNING n'),
    (db) => db.all('WITH seven(n) AS (VALUES (7)) INSERT INTO note SELECT n FROM seven RETURNING n'),
    (db) => db.exec('INSERT INTO note VALUES (7)'),
    (db) => db.run('INSERT INTO note VALUES (?)', 7),
  ]
  for (const [at, write] of writers.entries()) {
    const refused = group.commit((db) => {
      write(db)
      throw new Error('changed my mind')
    })
    await Promise.all([t.rejects(refused, { message: 'changed my mind' }), group.commit(add(at + 10))])
    t.equal(group.load.again, at + 1)
  }
  t.same(notes(db), [10, 11, 12, 13])
  db.close()
})

t.test('it rejects every operation when the commit itself fails, and goes on after it', async (t) => {
  const db = openDatabase(MEMORY, {
    applicationId: 1,
    steps: [`${schema.steps.join()}; CREATE TABLE child (n REFERENCES note DEFERRABLE INITIALLY DEFERRED)`],
  })
  const group = new GroupCommit(db, realClock)
  const results = await Promise.allSettled([
    group.commit(add(1)),
    group.commit((db) => db.run('INSERT INTO child VALUES (9)')), // refused by COMMIT, not before
    group.commit(add(2)),
  ])
  t.ok(results.every((result) => result.status === 'rejected'))
  t.same(notes(db), [])
  await group.commit(add(3))
  t.same(notes(db), [3])
  db.close()
})

t.test('it rejects every operation when one of them ends the transaction', async (t) => {
  const db = openDatabase(MEMORY, schema)
  const group = new GroupCommit(db, realClock)
  const results = await Promise.allSettled([
    group.commit(add(1)),
    group.commit((db) => {
      db.exec('ROLLBACK')
      throw new Error('as a full disk would')
    }),
    group.commit(add(2)),
  ])
  t.ok(results.every((result) => result.status === 'rejected'))
  t.same(notes(db), [])
  await group.commit(add(3))
  t.same(notes(db), [3])
  db.close()
})

t.test('it bounds one commit and leaves nothing behind', async (t) => {
  const db = openDatabase(MEMORY, schema)
  const group = new GroupCommit(db, realClock)
  await Promise.all(Array.from({ length: 600 }, (_, n) => group.commit(add(n))))
  t.same(group.counts, { commits: 3, operations: 600 })
  t.equal(notes(db).length, 600)
  db.close()
})

t.test('it commits what waits when it is closed, without a turn of the clock', async (t) => {
  const db = openDatabase(MEMORY, schema)
  const frozen: Clock = {
    now: () => 0,
    elapsed: () => 0,
    after: (delayMs, task) => realClock.after(delayMs, task),
    soon: () => {},
  }
  const group = new GroupCommit(db, frozen)
  const waiting = group.commit(add(1))
  group.close()
  await waiting
  t.same(notes(db), [1])
  await t.rejects(group.commit(add(2)), { code: 'TETHER_ERR_INTERNAL' })
  await t.rejects(group.read(notes), { code: 'TETHER_ERR_INTERNAL' })
  db.close()
})

/** Runs a command under strace with its output in a file, which takes every line at once; gives the lines. */
function run(folder: string, command: string[]): string[] {
  const output = join(folder, 'output')
  const fd = openSync(output, 'w')
  spawnSync(STRACE ?? '', command, { stdio: ['ignore', fd, 'ignore'] })
  closeSync(fd)
  return readFileSync(output, 'utf8').trim().split('\n')
}

const withoutStrace = whyNoStrace() ?? false

t.test('it answers only after the sync of what it answers for', { skip: withoutStrace }, async (t) => {
  const folder = t.testdir()
  const log = join(folder, 'trace')
  const calls = straceArguments(log, ['fsync', 'fdatasync', 'pwrite64', 'write'])
  const command = [...calls, process.execPath, writer, join(folder, 'a.db'), '100']
  const acks = run(folder, command).join('\n')
  t.equal(acks.match(/^ack/gm)?.length, 300, 'three operations in each of a hundred turns')
  let unsynced = 0
  let syncs = 0
  let early = 0
  let answered = 0
  for (const call of readTrace(log)) {
    const isLog = call.file.endsWith('a.db-wal')
    if (isLog && call.name === 'pwrite64') unsynced += 1
    if (isLog && call.name.endsWith('sync')) [unsynced, syncs] = [0, syncs + 1]
    if (call.name === 'write' && call.fd === 1 && call.bytes().toString().startsWith('ack')) {
      answered += 1
      if (unsynced > 0) early += 1
    }
  }
  t.equal(answered, 300)
  t.equal(early, 0, 'no answer while the log holds writes that are not synced')
  t.ok(syncs >= 100 && syncs < 120, `${syncs} syncs for 100 commits of 3 operations`)
})

t.test('it trusts a disk no more once a sync has failed', { skip: withoutStrace }, async (t) => {
  const folder = t.testdir()
  const path = join(folder, 'a.db')
  openDatabase(path, schema).close()
  const fault = [
    '-f',
    '-qq',
    '-o',
    '/dev/null',
    '-e',
    'trace=fsync,fdatasync',
    '-e',
    'inject=fsync,fdatasync:error=EIO:when=10',
  ]
  const lines = run(folder, [...fault, process.execPath, writer, path, '100'])
  const acked = lines.filter((line) => line.startsWith('ack')).map((line) => Number(line.slice(4)))
  const refused = lines.filter((line) => line.startsWith('refused'))
  t.ok(acked.length > 0 && refused.length > 0, `${acked.length} acknowledged, ${refused.length} refused`)
  t.equal(acked.length + refused.length, 300)
  const refusedNumbers = refused.map((line) => Number(line.split(' ')[1]))
  t.ok(
    Math.max(...acked) < Math.min(...refusedNumbers),
    'nothing is acknowledged after it, though later syncs work',
  )
  t.ok(
    refused.every((line) => line.endsWith('TETHER_ERR_STORE_WRITE')),
    'every one after the failure, too',
  )
  const db = openDatabase(path, schema)
  const kept = new Set(notes(db))
  t.same(
    acked.filter((n) => !kept.has(n)),
    [],
    'what was acknowledged is there',
  )
  db.close()
})
