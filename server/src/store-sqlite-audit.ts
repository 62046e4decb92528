/**
 * The audit log: rows chained by SHA-256, number and length of the chain kept apart so that a cut end shows too
 * (research D6). `record` is for the other stores, inside their transactions. Knows no content and no plain ids.
 */
import { createHash, createHmac } from 'node:crypto'
import type { Database, GroupCommit } from 'database'
import type { AuditEvent, AuditKind, AuditLog, AuditRow, AuditVerdict } from './stores.ts'

const ID_HASH_CHARS = 32

interface Stored {
  readonly place: number
  readonly at: number
  readonly kind: AuditKind
  readonly number: string
  readonly login: string
  readonly detail: string
  readonly hash: Uint8Array
}

export class SqliteAuditLog implements AuditLog {
  readonly #group: GroupCommit
  readonly #salt: Uint8Array

  constructor(group: GroupCommit, salt: Uint8Array) {
    this.#group = group
    this.#salt = salt
  }

  append(event: AuditEvent): Promise<void> {
    return this.#group.commit((db) => this.record(db, event))
  }

  /** Appends inside the transaction that runs. */
  record(db: Database, event: AuditEvent): void {
    const head = readHead(db)
    const row = {
      place: head.rows + 1,
      at: event.at,
      kind: event.kind,
      number: event.number === undefined ? '' : this.idHash(event.number),
      login: event.login === undefined ? '' : this.idHash(event.login),
      detail: JSON.stringify(event.detail ?? {}),
    }
    const hash = rowHash(head.hash, row)
    db.run(
      'INSERT INTO audit (place, at, kind, number, login, detail, hash) VALUES (?, ?, ?, ?, ?, ?, ?)',
      ...[row.place, row.at, row.kind, row.number, row.login, row.detail, hash],
    )
    db.run(
      "INSERT INTO meta VALUES ('auditHead', ?) ON CONFLICT DO UPDATE SET value = excluded.value",
      formatHead({ rows: row.place, hash }),
    )
  }

  idHash(id: string): string {
    return createHmac('sha256', this.#salt).update(id).digest('hex').slice(0, ID_HASH_CHARS)
  }

  page(after: number, count: number): Promise<readonly AuditRow[]> {
    return this.#group.read((db) =>
      db
        .all<Stored>('SELECT * FROM audit WHERE place > ? ORDER BY place LIMIT ?', after, count)
        .map(({ place, detail, hash, ...rest }) => ({
          ...rest,
          row: place,
          detail: JSON.parse(detail) as AuditRow['detail'],
          hash: Buffer.from(hash).toString('hex'),
        })),
    )
  }

  verify(): Promise<AuditVerdict> {
    return this.#group.read((db) => {
      const head = readHead(db)
      const broken = findBreak(db, head)
      return { rows: head.rows, head: Buffer.from(head.hash).toString('hex'), broken }
    })
  }
}

interface Head {
  readonly rows: number
  readonly hash: Uint8Array
}

const PAGE_ROWS = 1000

function findBreak(db: Database, head: Head): AuditVerdict['broken'] {
  let hash = new Uint8Array(0)
  let place = 0
  for (;;) {
    const rows = db.all<Stored>(
      'SELECT * FROM audit WHERE place > ? ORDER BY place LIMIT ?',
      place,
      PAGE_ROWS,
    )
    for (const row of rows) {
      place += 1
      if (row.place !== place) return { row: place, reason: 'missing' }
      hash = rowHash(hash, row)
      if (!Buffer.from(hash).equals(row.hash)) return { row: place, reason: 'altered' }
    }
    if (rows.length < PAGE_ROWS) break
  }
  if (place < head.rows) return { row: place + 1, reason: 'missing' }
  if (place > head.rows || !Buffer.from(hash).equals(head.hash)) return { row: place, reason: 'not the head' }
  return null
}

function rowHash(before: Uint8Array, row: Omit<Stored, 'hash'>): Uint8Array<ArrayBuffer> {
  const text = JSON.stringify([row.place, row.at, row.kind, row.number, row.login, row.detail])
  return new Uint8Array(createHash('sha256').update(before).update(text).digest())
}

/** The head as stored: row count (8 bytes, big endian), then the hash of that row. */
function formatHead(head: Head): Uint8Array {
  const bytes = Buffer.alloc(8 + head.hash.length)
  bytes.writeBigUInt64BE(BigInt(head.rows))
  bytes.set(head.hash, 8)
  return bytes
}

function readHead(db: Database): Head {
  const row = db.get<{ value: Uint8Array }>("SELECT value FROM meta WHERE name = 'auditHead'")
  if (!row) return { rows: 0, hash: new Uint8Array(0) }
  const bytes = Buffer.from(row.value)
  return { rows: Number(bytes.readBigUInt64BE()), hash: row.value.subarray(8) }
}
