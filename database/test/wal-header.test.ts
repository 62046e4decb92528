import { copyFileSync, existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import t from 'tap'
import { openDatabase } from '../src/database.ts'
import { walPageOne } from '../src/wal-header.ts'

const USER_VERSION_AT = 60

/** A log in which user_version went 1, 2, ... `versions`, each in its own commit. */
function logOf(folder: string, versions: number): Buffer {
  const path = join(folder, 'a.db')
  const db = openDatabase(path, { applicationId: 1, steps: ['CREATE TABLE note (text TEXT)'] })
  for (let version = 2; version <= versions; version++) db.exec(`PRAGMA user_version = ${version}`)
  copyFileSync(`${path}-wal`, `${path}-copy`)
  db.close()
  return readFileSync(`${path}-copy`)
}

const version = (wal: Buffer): number | undefined => walPageOne(wal)?.readInt32BE(USER_VERSION_AT)

t.test('it finds the last committed page 1', async (t) => {
  t.equal(version(logOf(t.testdir(), 5)), 5)
  t.notOk(existsSync(join(t.testdirName, 'a.db-wal')), 'the log is gone once closed')
})

t.test('it stops at a torn end, wherever that is', async (t) => {
  const wal = logOf(t.testdir(), 3)
  const found = new Set<number | undefined>()
  for (let length = 0; length <= wal.length; length += 7) {
    found.add(version(wal.subarray(0, length)))
  }
  t.same([...found], [undefined, 1, 2], 'versions appear as their commits become whole')
  t.equal(version(wal), 3)
})

t.test('it believes no frame after a flipped bit', async (t) => {
  const wal = logOf(t.testdir(), 3)
  const frame = 24 + 4096
  const lastFrame = wal.length - frame
  for (const at of [lastFrame + 8, lastFrame + 16, lastFrame + 24 + USER_VERSION_AT, wal.length - 1]) {
    const bent = Buffer.from(wal)
    bent[at] = (bent[at] ?? 0) ^ 1
    t.equal(version(bent), 2, `byte ${at}`)
  }
  for (let at = 0; at < 32; at++) {
    const bent = Buffer.from(wal)
    bent[at] = (bent[at] ?? 0) ^ 1
    t.equal(version(bent), undefined, `byte ${at} of the header`)
  }
})

t.test('it finds nothing in what is no log', async (t) => {
  for (const bytes of [0, 31, 32, 5000]) t.equal(walPageOne(Buffer.alloc(bytes)), null)
  t.equal(walPageOne(Buffer.from('x'.repeat(9000))), null)
})
