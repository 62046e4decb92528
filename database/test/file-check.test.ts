import { copyFileSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import t from 'tap'
import { openDatabase } from '../src/database.ts'
import { checkFile } from '../src/file-check.ts'

const step = 'CREATE TABLE note (text TEXT)'
const schema = { applicationId: 0x7e57, steps: [step, 'SELECT 1', 'SELECT 2'] }
const USER_VERSION_AT = 60
const APPLICATION_AT = 68

/** A closed file of version 2 of the schema, changed by `edit`. */
function fileWith(folder: string, edit: (bytes: Buffer) => unknown): string {
  const path = join(folder, 'a.db')
  openDatabase(path, { ...schema, steps: schema.steps.slice(0, 2) }).close()
  const bytes = readFileSync(path)
  const edited = edit(bytes)
  writeFileSync(path, Buffer.isBuffer(edited) ? edited : bytes)
  return path
}

t.test('it gives the version of a file of ours, 0 for none and for an empty one', async (t) => {
  const folder = t.testdir({ 'empty.db': '' })
  t.equal(checkFile(join(folder, 'none.db'), schema), 0)
  t.equal(checkFile(join(folder, 'empty.db'), schema), 0)
  t.equal(
    checkFile(
      fileWith(folder, () => null),
      schema,
    ),
    2,
  )
})

t.test('it refuses versions outside its own and other programs', async (t) => {
  for (const version of [0, 4, 99, -1, 2 ** 31 - 1]) {
    const path = fileWith(t.testdir(), (bytes) => bytes.writeInt32BE(version, USER_VERSION_AT))
    const message = new RegExp(`version ${version}, .* 1 to 3`)
    t.throws(() => checkFile(path, schema), { code: 'TETHER_ERR_STORE_VERSION', message })
  }
  for (const application of [0, 1, -1]) {
    const path = fileWith(t.testdir(), (bytes) => bytes.writeInt32BE(application, APPLICATION_AT))
    t.throws(() => checkFile(path, schema), { code: 'TETHER_ERR_STORE_VERSION', message: /another program/ })
  }
})

t.test('it refuses a file cut at any length', async (t) => {
  const whole = readFileSync(fileWith(t.testdir(), () => null)).length
  for (const length of [1, 15, 16, 99, 100, 4095, 4096, whole - 1]) {
    const path = fileWith(t.testdir(), (bytes) => bytes.subarray(0, length))
    t.throws(() => checkFile(path, schema), { code: 'TETHER_ERR_STORE_DAMAGED' }, `${length} bytes`)
  }
})

t.test('it reads the log before it judges the file', async (t) => {
  const folder = t.testdir()
  const live = join(folder, 'live.db')
  const copy = join(folder, 'copy.db')
  const db = openDatabase(live, schema)
  copyFileSync(live, copy)
  copyFileSync(`${live}-wal`, `${copy}-wal`)
  t.equal(readFileSync(copy).readInt32BE(USER_VERSION_AT), 0, 'the file alone says nothing yet')
  t.equal(checkFile(copy, schema), 3)
  t.throws(() => checkFile(copy, { ...schema, steps: [step] }), { code: 'TETHER_ERR_STORE_VERSION' })
  writeFileSync(copy, '')
  t.equal(checkFile(copy, schema), 3, 'also when nothing has reached the file')
  db.close()
})

t.test('it says so when the path is no file', async (t) => {
  const folder = join(t.testdir(), 'folder')
  mkdirSync(folder)
  t.throws(() => checkFile(folder, schema), { code: 'TETHER_ERR_STORE_DAMAGED' })
})
