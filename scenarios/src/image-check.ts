/** What SQLite itself says of a database that a power cut left. */
import type { Database } from 'database'

/** What `integrity_check` and `foreign_key_check` find; empty when all is well. */
export function damageOf(db: Database): string[] {
  const rows = [...db.all<object>('PRAGMA integrity_check'), ...db.all<object>('PRAGMA foreign_key_check')]
  return rows.map((row) => Object.values(row).join(' ')).filter((text) => text !== 'ok')
}
