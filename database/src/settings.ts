/** The settings that make an answered commit survive a power cut (research 2.5), set before and read after. */
import { TetherError } from 'proto/errors'
import type { Connection } from './connection.ts'

interface Setting {
  readonly name: string
  readonly value: string
  /** What reading it back must give; a database in memory has no file to sync. */
  readonly file: string | number
  readonly memory: string | number
  readonly why: string
}

// prettier-ignore
export const settings: readonly Setting[] = [
  { name: 'locking_mode', value: 'EXCLUSIVE', file: 'exclusive', memory: 'exclusive', why: 'one process per file; two connections could meet the WAL-reset bug of SQLite below 3.51.3' },
  { name: 'busy_timeout', value: '1000', file: 1000, memory: 1000, why: 'a process that is just ending still holds the lock' },
  { name: 'journal_mode', value: 'WAL', file: 'wal', memory: 'memory', why: 'a commit appends and needs one sync' },
  { name: 'synchronous', value: 'FULL', file: 2, memory: 2, why: 'the log is synced before a commit returns; NORMAL would not' },
  { name: 'fullfsync', value: 'ON', file: 1, memory: 1, why: 'on macOS fsync alone stops at the drive cache' },
  { name: 'foreign_keys', value: 'ON', file: 1, memory: 1, why: 'off by default in SQLite' },
  { name: 'wal_autocheckpoint', value: '1000', file: 1000, memory: 1000, why: 'pages; bounds the log' },
  { name: 'journal_size_limit', value: '67108864', file: 67_108_864, memory: 67_108_864, why: 'a log that grew once is cut back' },
]

/** Applies every setting; the first that touches the file takes its lock. */
export function applySettings(connection: Connection): void {
  for (const { name, value } of settings) connection.exec(`PRAGMA ${name} = ${value}`)
}

/**
 * Compares what holds with the table. Call it after a first read: before that SQLite reports some values that it
 * does not use. Throws TETHER_ERR_STORE_DURABILITY naming the setting.
 */
export function assertSettings(connection: Connection, where: 'file' | 'memory'): void {
  for (const setting of settings) {
    const row = connection.get(`PRAGMA ${setting.name}`, [])
    const found = row && Object.values(row)[0]
    if (found !== setting[where]) {
      throw new TetherError('TETHER_ERR_STORE_DURABILITY', `${setting.name} is ${String(found)}`)
    }
  }
}
