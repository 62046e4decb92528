/** Token buckets in the database, for limits that a restart must not refill. */
import type { Database, GroupCommit } from 'database'
import type { SqliteAuditLog } from './store-sqlite-audit.ts'
import type { Bucket, LimitStore, TakeResult } from './stores.ts'

interface Stored {
  readonly fullAt: number
  readonly at: number
  readonly refused: number
}

/** Times of today leave a fraction of a millisecond some twelve bits; what their sums lose must not cost a token. */
const ROUNDING_MS = 0.1

export class SqliteLimitStore implements LimitStore {
  readonly #group: GroupCommit
  readonly #audit: SqliteAuditLog

  constructor(group: GroupCommit, audit: SqliteAuditLog) {
    this.#group = group
    this.#audit = audit
  }

  take(bucket: Bucket, at: number): Promise<TakeResult> {
    return this.#group.commit((db) => this.takeIn(db, bucket, at))
  }

  /**
   * Takes inside the transaction that runs. What is stored is the time at which the bucket will be full again: it
   * holds the fraction of a token exactly. Of refusals in a row only the first is audited.
   */
  takeIn(db: Database, { key, capacity, refillMs }: Bucket, at: number): TakeResult {
    const stored = db.get<Stored>('SELECT fullAt, at, refused FROM buckets WHERE key = ?', key)
    const now = Math.max(at, stored?.at ?? at)
    const before = Math.max(now, stored?.fullAt ?? now)
    const roomMs = capacity * refillMs - (before - now)
    const tokens = Math.floor((roomMs + ROUNDING_MS) / refillMs)
    const granted = tokens >= 1
    const fullAt = granted ? before + refillMs : before
    db.run(
      `INSERT INTO buckets (key, fullAt, at, refused) VALUES (?, ?, ?, ?)
       ON CONFLICT DO UPDATE SET fullAt = excluded.fullAt, at = excluded.at, refused = excluded.refused`,
      ...[key, fullAt, now, granted ? 0 : 1],
    )
    if (granted) return { kind: 'granted', left: tokens - 1 }
    if (!stored?.refused) this.#recordHit(db, key, at)
    return { kind: 'refused', retryMs: Math.ceil(refillMs - roomMs) }
  }

  sweepIn(db: Database, at: number): number {
    return db.run('DELETE FROM buckets WHERE fullAt <= ?', at).changes
  }

  #recordHit(db: Database, key: string, at: number): void {
    const colon = key.indexOf(':')
    const [limit, who] = colon < 0 ? [key, undefined] : [key.slice(0, colon), key.slice(colon + 1)]
    this.#audit.record(db, {
      at,
      kind: 'limit',
      detail: { limit },
      ...(who !== undefined && { number: who }),
    })
  }
}
