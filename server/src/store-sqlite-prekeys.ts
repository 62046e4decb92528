/** Prekeys: uploaded by their phone, given out one at a time to others, each one-time key once (research E2). */
import type { Database, GroupCommit } from 'database'
import { TetherError } from 'proto/errors'
import { limit } from 'proto/limits'
import { LimitMet } from './limit-met.ts'
import type { SqliteAuditLog } from './store-sqlite-audit.ts'
import { assertOwner } from './store-sqlite-fence.ts'
import type { Owner, PrekeyStore, StoredBundle, StoredPrekey, StoredSignedPrekey } from './stores.ts'

interface BundleRow {
  readonly registrationId: number
  readonly identityKey: Uint8Array
  readonly id: number
  readonly key: Uint8Array
  readonly signature: Uint8Array
}

export class SqlitePrekeyStore implements PrekeyStore {
  readonly #group: GroupCommit
  readonly #audit: SqliteAuditLog

  constructor(group: GroupCommit, audit: SqliteAuditLog) {
    this.#group = group
    this.#audit = audit
  }

  publish(
    owner: Owner,
    keys: { signedPrekey?: StoredSignedPrekey; prekeys: readonly StoredPrekey[]; at: number },
  ): Promise<number> {
    return this.#group.commit((db) => {
      assertOwner(db, owner)
      if (keys.prekeys.length > limit('PREKEYS_PER_UPLOAD')) throw new LimitMet('PREKEYS_PER_UPLOAD')
      const fresh = freshOf(db, owner.number, keys.prekeys)
      const stock = countStock(db, owner.number) + fresh.size
      if (stock > limit('PREKEY_STOCK')) throw new LimitMet('PREKEY_STOCK')
      if (keys.signedPrekey) {
        const { id, key, signature } = keys.signedPrekey
        db.run(
          'REPLACE INTO signedPrekeys (number, id, key, signature) VALUES (?, ?, ?, ?)',
          ...[owner.number, id, key, signature],
        )
      }
      for (const [id, key] of fresh)
        db.run('INSERT INTO prekeys (number, id, key) VALUES (?, ?, ?)', owner.number, id, key)
      return stock
    })
  }

  claim(request: {
    number: string
    oneTime: boolean
    by?: string
    at: number
  }): Promise<StoredBundle | null> {
    return this.#group.commit((db) => {
      const { number, at } = request
      const row = db.get<BundleRow>(
        `SELECT registrationId, identityKey, id, key, signature
         FROM accounts JOIN signedPrekeys USING (number) WHERE number = ?`,
        number,
      )
      if (!row) return null
      const { registrationId, identityKey, id, key, signature } = row
      const { oneTime, by } = request
      const isReserved =
        oneTime && by !== undefined && !hasMoreThanReserve(db, number) && !holds(db, number, by)
      const prekey = oneTime && !isReserved ? takeOldest(db, number, at) : null
      this.#audit.record(db, { at, kind: 'bundle', number, detail: { oneTime: prekey !== null } })
      return { registrationId, identityKey, signedPrekey: { id, key, signature }, prekey, isReserved }
    })
  }

  stock(number: string): Promise<number> {
    return this.#group.read((db) => countStock(db, number))
  }

  /** A mark is needed as long as a phone may send an upload again; mail lives no longer either. */
  sweepIn(db: Database, at: number): number {
    return db.run('DELETE FROM prekeyMarks WHERE at <= ?', at - limit('MAILBOX_LIFE_MS')).changes
  }
}

/** Those that are neither stored nor given away, by their ids; throws TETHER_ERR_BODY when one id has two keys. */
function freshOf(
  db: Database,
  number: string,
  prekeys: readonly StoredPrekey[],
): ReadonlyMap<number, Uint8Array> {
  const fresh = new Map<number, Uint8Array>()
  for (const { id, key } of prekeys) {
    if (db.get('SELECT id FROM prekeyMarks WHERE number = ? AND id = ?', number, id)) continue
    const known =
      fresh.get(id) ??
      db.get<{ key: Uint8Array }>('SELECT key FROM prekeys WHERE number = ? AND id = ?', number, id)?.key
    if (!known) fresh.set(id, key)
    else if (!Buffer.from(known).equals(key))
      throw new TetherError('TETHER_ERR_BODY', 'a stored prekey id came with another key')
  }
  return fresh
}

function takeOldest(db: Database, number: string, at: number): StoredPrekey | null {
  const prekey = db.get<StoredPrekey>(
    `DELETE FROM prekeys WHERE place = (SELECT min(place) FROM prekeys WHERE number = ?) RETURNING id, key`,
    number,
  )
  if (!prekey) return null
  db.run('INSERT INTO prekeyMarks (number, id, at) VALUES (?, ?, ?)', number, prekey.id, at)
  return prekey
}

function hasMoreThanReserve(db: Database, number: string): boolean {
  const sql = 'SELECT 1 FROM prekeys WHERE number = ? LIMIT 1 OFFSET ?'
  return db.get(sql, number, limit('PREKEY_RESERVE')) !== undefined
}

/** Whether the address book of `number` has this other one. */
function holds(db: Database, number: string, other: string): boolean {
  return db.get('SELECT 1 FROM rosters WHERE holder = ? AND held = ?', number, other) !== undefined
}

function countStock(db: Database, number: string): number {
  return db.get<{ n: number }>('SELECT count(*) AS n FROM prekeys WHERE number = ?', number)?.n ?? 0
}
