/**
 * One SQLite file, opened by one process, whose commits are on the disk when they return. Knows nothing of what
 * is stored. Research 2.5.
 */
import { closeSync, existsSync, openSync, realpathSync } from 'node:fs'
import { basename, dirname, join } from 'node:path'
import { TetherError } from 'proto/errors'
import { Connection, type Changes, type Value } from './connection.ts'
import { checkFile } from './file-check.ts'
import { makeFolder } from './folder.ts'
import type { Schema } from './schema.ts'
import { applySettings, assertSettings } from './settings.ts'
import { isDiskFailure } from './store-error.ts'

export const MEMORY = ':memory:'

/**
 * Files that this process has open. Opening one again is refused before its bytes are looked at: closing any
 * second handle of a file drops the POSIX locks of the first.
 */
const openFiles = new Set<string>()

/**
 * Opens, creates or migrates the database at `path` (or MEMORY). Every refusal leaves the file as it was:
 * TETHER_ERR_STORE_VERSION (another program, unknown version), _DAMAGED, _LOCKED (open elsewhere), _WRITE,
 * _DURABILITY (the settings do not hold). Older versions are brought up in one transaction.
 */
export function openDatabase(path: string, schema: Schema): Database {
  if (path === MEMORY) return new Database(prepare(new Connection(MEMORY), schema, 0, 'memory'), () => {})
  const file = claimFile(path)
  const release = (): void => void openFiles.delete(file)
  try {
    const version = checkFile(file, schema)
    return new Database(prepare(new Connection(file), schema, version, 'file'), release)
  } catch (error) {
    release()
    throw error
  }
}

/** The real path, with its directory and, readable by us alone, the empty file in place. */
function claimFile(path: string): string {
  try {
    makeFolder(dirname(path))
    const isNew = !existsSync(path)
    const file = isNew ? join(realpathSync(dirname(path)), basename(path)) : realpathSync(path)
    if (openFiles.has(file)) throw new TetherError('TETHER_ERR_STORE_LOCKED', 'open in this process already')
    if (isNew) closeSync(openSync(file, 'a', 0o600))
    openFiles.add(file)
    return file
  } catch (cause) {
    if (cause instanceof TetherError) throw cause
    throw new TetherError('TETHER_ERR_STORE_WRITE', 'the file cannot be created', { cause })
  }
}

function prepare(
  connection: Connection,
  schema: Schema,
  version: number,
  where: 'file' | 'memory',
): Connection {
  try {
    applySettings(connection)
    connection.get('SELECT count(*) FROM sqlite_schema', [])
    assertSettings(connection, where)
    if (version < schema.steps.length) migrate(connection, schema, version)
    return connection
  } catch (error) {
    closeConnection(connection)
    throw error
  }
}

function migrate(connection: Connection, schema: Schema, from: number): void {
  connection.exec('BEGIN IMMEDIATE')
  try {
    for (const step of schema.steps.slice(from)) {
      if (typeof step === 'string') connection.exec(step)
      else step(connection)
    }
    connection.exec(`PRAGMA application_id = ${schema.applicationId}`)
    connection.exec(`PRAGMA user_version = ${schema.steps.length}`)
    connection.exec('COMMIT')
  } catch (error) {
    if (connection.inTransaction) connection.exec('ROLLBACK')
    throw error
  }
}

/**
 * The binding keeps a closed connection, and with it the lock, until its statements have been collected as
 * garbage. Leaving WAL mode folds the log into the file and lets the lock go now.
 */
function closeConnection(connection: Connection): void {
  try {
    connection.exec('PRAGMA busy_timeout = 0')
    connection.exec('PRAGMA journal_mode = DELETE')
    connection.exec('PRAGMA locking_mode = NORMAL')
    connection.get('SELECT count(*) FROM sqlite_schema', [])
  } catch {
    // Not ours to write to, or a failing disk: the log stays and is read at the next start.
  }
  connection.close()
}

export class Database {
  readonly #connection: Connection
  readonly #release: () => void
  #open = true
  #failed: Error | undefined

  /** Use `openDatabase`. */
  constructor(connection: Connection, release: () => void) {
    this.#connection = connection
    this.#release = release
  }

  get inTransaction(): boolean {
    return this.#connection.inTransaction
  }

  /** The same number before and after a piece of work: it has changed nothing here. */
  get writes(): number {
    return this.#connection.writes
  }

  /** One statement that changes rows. Values stand for `?`; numbers must be safe integers or true fractions. */
  run(sql: string, ...values: Value[]): Changes {
    return this.#usable().run(sql, values)
  }

  /** The first row or undefined; `Row` is the caller's claim about the columns. Blobs are Uint8Array. */
  // eslint-disable-next-line @typescript-eslint/no-unnecessary-type-parameters -- rows have no type until the caller names it
  get<Row>(sql: string, ...values: Value[]): Row | undefined {
    return this.#usable().get(sql, values) as Row | undefined
  }

  all<Row>(sql: string, ...values: Value[]): Row[] {
    return this.#usable().all(sql, values) as Row[]
  }

  /** SQL without values, one statement or several. */
  exec(sql: string): void {
    this.#usable().exec(sql)
  }

  /**
   * Runs `work` in one transaction and returns when it is on the disk; a throw undoes it all. `work` must not
   * wait for anything. Not to be nested; `savepoint` is for parts. `worked` is called between work and COMMIT.
   */
  transaction<T>(work: () => T, worked?: () => void): T {
    this.exec('BEGIN IMMEDIATE')
    try {
      const result = assertFinished(work())
      worked?.()
      this.exec('COMMIT')
      return result
    } catch (error) {
      // SQLite has forgotten what it wrote, but a disk that lost one sync may have lost pages it calls clean.
      if (error instanceof Error && isDiskFailure(error)) this.#failed = error
      if (this.#connection.inTransaction) this.#connection.exec('ROLLBACK')
      throw error
    }
  }

  /** Runs `work` as a part of the transaction; a throw undoes this part only. */
  savepoint<T>(work: () => T): T {
    this.exec('SAVEPOINT part')
    try {
      const result = assertFinished(work())
      this.exec('RELEASE part')
      return result
    } catch (error) {
      // A full disk may have ended the whole transaction already.
      if (this.#connection.inTransaction) this.#connection.exec('ROLLBACK TO part; RELEASE part')
      throw error
    }
  }

  /** Folds the log into the file and lets it go. Closing twice is allowed. */
  close(): void {
    if (!this.#open) return
    this.#open = false
    try {
      closeConnection(this.#connection)
    } finally {
      this.#release()
    }
  }

  #usable(): Connection {
    if (!this.#open) throw new TetherError('TETHER_ERR_INTERNAL', 'the database is closed')
    if (this.#failed) throw this.#failed
    return this.#connection
  }
}

/** What a transaction is made of cannot wait for anything. */
export function assertFinished<T>(result: T): T {
  if (result instanceof Promise) {
    throw new TypeError('a transaction must not wait: its work returned a promise')
  }
  return result
}
