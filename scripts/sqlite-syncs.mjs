/**
 * Measures what a commit costs and whether it is synced, per SQLite binding and setting: node scripts/sqlite-syncs.mjs
 * [folder in which better-sqlite3 is installed]. Needs strace for the counts. Numbers are in docs/decisions.md.
 */
import { execFileSync, spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { createRequire } from 'node:module'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

const COUNTED_COMMITS = 200
const TIMED_COMMITS = 2000
const row = new Uint8Array(1024).fill(7)

/** Each opens a file and gives a function that commits `rows` rows of 1 KiB in one transaction. */
const cases = {
  'libsql, WAL, as it comes': (path) => byBinding('libsql', path, []),
  'libsql, WAL, NORMAL': (path) => byBinding('libsql', path, ['synchronous = NORMAL']),
  'libsql, WAL, FULL': (path) => byBinding('libsql', path, ['synchronous = FULL']),
  'better-sqlite3, WAL, as it comes': (path) => byBinding('better-sqlite3', path, []),
  'better-sqlite3, WAL, FULL': (path) => byBinding('better-sqlite3', path, ['synchronous = FULL']),
  'our database package': byPackage,
}

function byBinding(name, path, pragmas) {
  const from = name === 'libsql' ? import.meta.url : join(process.env.BETTER_SQLITE3, 'x.js')
  const Binding = createRequire(from)(name)
  const db = new Binding(path)
  db.exec('PRAGMA journal_mode = WAL')
  for (const pragma of pragmas) db.exec(`PRAGMA ${pragma}`)
  db.exec('CREATE TABLE t (id INTEGER PRIMARY KEY, body BLOB)')
  const insert = db.prepare('INSERT INTO t (body) VALUES (?)')
  return (rows) => {
    db.exec('BEGIN IMMEDIATE')
    for (let i = 0; i < rows; i++) insert.run([row])
    db.exec('COMMIT')
  }
}

async function byPackage(path) {
  const { openDatabase, GroupCommit } = await import('database')
  const { realClock } = await import('proto/system')
  const schema = { applicationId: 1, steps: ['CREATE TABLE t (id INTEGER PRIMARY KEY, body BLOB)'] }
  const group = new GroupCommit(openDatabase(path, schema), realClock)
  const insert = (db) => db.run('INSERT INTO t (body) VALUES (?)', row)
  return (rows) => Promise.all(Array.from({ length: rows }, () => group.commit(insert)))
}

async function child(name, path, commits, rowsPerCommit) {
  const commit = await cases[name](path)
  const times = []
  const started = performance.now()
  for (let i = 0; i < commits; i++) {
    const before = performance.now()
    await commit(rowsPerCommit)
    times.push(performance.now() - before)
  }
  const seconds = (performance.now() - started) / 1000
  times.sort((a, b) => a - b)
  const at = (share) => times[Math.floor(times.length * share)].toFixed(2)
  const rows = Math.round((commits * rowsPerCommit) / seconds)
  process.stdout.write(JSON.stringify({ rows, p50: at(0.5), p99: at(0.99) }))
}

function run(name, commits, rowsPerCommit, strace) {
  const folder = mkdtempSync(join(tmpdir(), 'sqlite-syncs-'))
  const self = [fileURLToPath(import.meta.url), '--child', name, join(folder, 'a.db'), commits, rowsPerCommit]
  const command = [...strace, process.execPath, ...self.map(String)]
  try {
    return spawnSync(command[0], command.slice(1), { encoding: 'utf8' })
  } finally {
    rmSync(folder, { recursive: true })
  }
}

function countSyncs(name, commits) {
  const trace = ['strace', '-f', '-e', 'trace=fsync,fdatasync']
  return run(name, commits, 1, trace).stderr.match(/(fsync|fdatasync)\(/g)?.length ?? 0
}

if (process.argv[2] === '--child') {
  const [, , , name, path, commits, rowsPerCommit] = process.argv
  await child(name, path, Number(commits), Number(rowsPerCommit))
} else {
  if (process.argv[2]) process.env.BETTER_SQLITE3 = process.argv[2]
  try {
    execFileSync('strace', ['-V'], { stdio: 'ignore' })
  } catch {
    console.error('strace is not installed: no counts of syncs')
  }
  console.log(
    `| setting | syncs for ${COUNTED_COMMITS} commits | rows/s, 1 a commit (p50 / p99 ms) | rows/s, 64 a commit |`,
  )
  console.log('| --- | --- | --- | --- |')
  for (const name of Object.keys(cases)) {
    if (name.startsWith('better') && !process.env.BETTER_SQLITE3) continue
    const opening = countSyncs(name, 0)
    const syncs = countSyncs(name, COUNTED_COMMITS) - opening
    const one = JSON.parse(run(name, TIMED_COMMITS, 1, []).stdout)
    const many = JSON.parse(run(name, TIMED_COMMITS / 8, 64, []).stdout)
    console.log(`| ${name} | ${syncs} | ${one.rows} (${one.p50} / ${one.p99}) | ${many.rows} |`)
  }
}
