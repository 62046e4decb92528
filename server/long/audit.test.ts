/** The audit in large (research D6): each of 1,000 rows is flipped, deleted, exchanged and cut off at. */
import { join } from 'node:path'
import { type Database, GroupCommit, openDatabase } from 'database'
import { seededEntropy } from 'proto/entropy'
import { realClock } from 'proto/system'
import t from 'tap'
import { SqliteAuditLog } from '../src/store-sqlite-audit.ts'
import { serverSchema } from '../src/store-sqlite-schema.ts'
import { openStores } from '../src/store-sqlite.ts'
import type { AuditVerdict } from '../src/stores.ts'

const ROWS = 1_000
const COLUMNS = ['at', 'kind', 'number', 'login', 'detail', 'hash'] as const
const every = Array.from({ length: ROWS }, (_, n) => n + 1)

/** One bit of one column; which ones follows from the row. */
function flip(db: Database, row: number): void {
  const column = COLUMNS[row % COLUMNS.length]
  const { value } = db.get<{ value: number | string | Uint8Array }>(
    `SELECT ${column} AS value FROM audit WHERE place = ?`,
    row,
  )!
  const flipped =
    typeof value === 'number'
      ? value ^ (1 << (row % 20))
      : typeof value === 'string'
        ? flippedText(value, row)
        : flippedBytes(value, row)
  db.run(`UPDATE audit SET ${column} = ? WHERE place = ?`, flipped, row)
}

function flippedText(text: string, n: number): string {
  return Buffer.from(flippedBytes(Buffer.from(text), 8 * n)).toString()
}

/** Bit `n` of the bytes, counted on from their beginning when they end. */
function flippedBytes(bytes: Uint8Array, n: number): Uint8Array {
  const changed = Uint8Array.from(bytes)
  changed[Math.floor(n / 8) % bytes.length] ^= 1 << (n % 8)
  return changed
}

const exchanged = (row: number): number => (row % ROWS) + 1

const attacks: readonly {
  readonly name: string
  tamper(db: Database, row: number): void
  verdict(row: number): AuditVerdict['broken']
}[] = [
  { name: 'flipped', tamper: flip, verdict: (row) => ({ row, reason: 'altered' }) },
  {
    name: 'deleted',
    tamper: (db, row) => db.run('DELETE FROM audit WHERE place = ?', row),
    verdict: (row) => ({ row, reason: 'missing' }),
  },
  {
    name: 'exchanged with the next one',
    tamper(db, row) {
      const next = exchanged(row)
      db.run('UPDATE audit SET place = -1 WHERE place = ?', row)
      db.run('UPDATE audit SET place = ? WHERE place = ?', row, next)
      db.run('UPDATE audit SET place = ? WHERE place = -1', next)
    },
    verdict: (row) => ({ row: Math.min(row, exchanged(row)), reason: 'altered' }),
  },
  {
    name: 'cut off with all that follow',
    tamper: (db, row) => db.run('DELETE FROM audit WHERE place >= ?', row),
    verdict: (row) => ({ row, reason: 'missing' }),
  },
]

t.test(`each of ${ROWS} rows, tampered with in each way, is named`, async (t) => {
  const path = join(t.testdir(), 'server.db')
  const stores = await openStores(path, { clock: realClock, entropy: seededEntropy('audit') })
  for (const n of every)
    void stores.audit.append({ at: 1_600_000_000_000 + n, kind: 'resume', number: `${n}`, login: `L${n}` })
  await stores.close()

  const db = openDatabase(path, serverSchema)
  const audit = new SqliteAuditLog(new GroupCommit(db, realClock), new Uint8Array(32))
  t.match(await audit.verify(), { rows: ROWS, broken: null })
  for (const { name, tamper, verdict } of attacks) {
    let named = 0
    for (const row of every) {
      db.exec('SAVEPOINT honest')
      tamper(db, row)
      const { broken } = await audit.verify()
      db.exec('ROLLBACK TO honest; RELEASE honest')
      const wanted = verdict(row)
      if (broken?.row === wanted?.row && broken?.reason === wanted?.reason) named++
      else t.same(broken, wanted, `row ${row} ${name}`)
    }
    t.equal(named, ROWS, name)
  }
  t.match(await audit.verify(), { rows: ROWS, broken: null }, 'and nothing is left of it')
  db.close()
})
