/** What is known of media blobs. */
import type { Database, GroupCommit } from 'database'
import { limit } from 'proto/limits'
import type { KeepBlobResult, MediaStore, StoredBlob } from './stores.ts'

interface Stored extends Omit<StoredBlob, 'present'> {
  readonly present: number
}

export class SqliteMediaStore implements MediaStore {
  readonly #group: GroupCommit

  constructor(group: GroupCommit) {
    this.#group = group
  }

  keep({
    hash,
    bytes,
    owner,
    at,
  }: {
    hash: Uint8Array
    bytes: number
    owner: string
    at: number
  }): Promise<KeepBlobResult> {
    const expiresAt = at + limit('MEDIA_LIFE_MS')
    return this.#group.commit((db) => {
      if (findIn(db, hash)?.present) {
        db.run('UPDATE media SET expiresAt = ? WHERE hash = ?', expiresAt, hash)
        return { kind: 'renewed' }
      }
      if (bytesIn(db, owner) + bytes > limit('MEDIA_QUOTA_BYTES')) return { kind: 'full' }
      db.run('REPLACE INTO media VALUES (?, ?, ?, ?, ?, 1)', hash, bytes, owner, at, expiresAt)
      return { kind: 'kept' }
    })
  }

  find(hash: Uint8Array): Promise<StoredBlob | null> {
    return this.#group.read((db) => {
      const row = findIn(db, hash)
      return row === undefined ? null : { ...row, present: row.present === 1 }
    })
  }

  bytesOf(owner: string): Promise<number> {
    return this.#group.read((db) => bytesIn(db, owner))
  }

  expire(at: number, count: number): Promise<readonly Uint8Array[]> {
    return this.#group.commit((db) => {
      const rows = db.all<{ hash: Uint8Array }>(
        'SELECT hash FROM media WHERE present = 1 AND expiresAt <= ? ORDER BY expiresAt LIMIT ?',
        ...[at, count],
      )
      for (const { hash } of rows) db.run('UPDATE media SET present = 0 WHERE hash = ?', hash)
      return rows.map(({ hash }) => hash)
    })
  }

  /** Forgets blobs that expired long ago. */
  sweepIn(db: Database, at: number): number {
    const before = at - limit('MEDIA_GONE_MS')
    return db.run('DELETE FROM media WHERE present = 0 AND expiresAt <= ?', before).changes
  }
}

function findIn(db: Database, hash: Uint8Array): Stored | undefined {
  return db.get<Stored>('SELECT * FROM media WHERE hash = ?', hash)
}

function bytesIn(db: Database, owner: string): number {
  const sql = 'SELECT coalesce(sum(bytes), 0) AS bytes FROM media WHERE owner = ? AND present = 1'
  return db.get<{ bytes: number }>(sql, owner)!.bytes
}
