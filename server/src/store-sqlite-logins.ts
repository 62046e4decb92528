/** Logins: which browsers a phone has linked. Tokens are known by their hashes only (spec 7.5, research S2, S4). */
import { timingSafeEqual } from 'node:crypto'
import type { Database, GroupCommit } from 'database'
import type { Entropy } from 'proto/entropy'
import { limit } from 'proto/limits'
import type { SqliteAuditLog } from './store-sqlite-audit.ts'
import { assertOwner } from './store-sqlite-fence.ts'
import type { AuditKind, Credentials, FindLoginResult, KnownLogin, Login, LoginEnd } from './stores.ts'
import type { LoginPlace, LoginStore, Owner, PairResult } from './stores.ts'

const LOGIN_ID_BYTES = 16

const endKinds: Readonly<Record<LoginEnd, AuditKind>> = {
  phone: 'unpair',
  browser: 'logout',
  time: 'loginExpired',
}

interface Stored extends Login {
  readonly clientToken: Uint8Array
  readonly serverToken: Uint8Array
  readonly failures: number
}

export class SqliteLoginStore implements LoginStore {
  readonly #group: GroupCommit
  readonly #audit: SqliteAuditLog
  readonly #entropy: Entropy

  constructor(group: GroupCommit, audit: SqliteAuditLog, entropy: Entropy) {
    this.#group = group
    this.#audit = audit
    this.#entropy = entropy
  }

  pair(
    owner: Owner,
    { clientId, clientTokenHash, serverTokenHash }: Credentials,
    { at, network }: LoginPlace,
  ): Promise<PairResult> {
    return this.#group.commit((db) => {
      assertOwner(db, owner)
      const { number } = owner
      const older = db.get<{ login: string }>(
        'DELETE FROM logins WHERE number = ? AND clientId = ? RETURNING login',
        ...[number, clientId],
      )
      const count = db.get<{ n: number }>('SELECT count(*) AS n FROM logins WHERE number = ?', number)?.n ?? 0
      if (count >= limit('LOGINS_PER_PHONE')) {
        this.#audit.record(db, { at, kind: 'limit', number, detail: { limit: 'LOGINS_PER_PHONE' } })
        return { kind: 'full' }
      }
      if (older) this.#audit.record(db, { at, kind: 'loginReplaced', number, login: older.login })
      const login: Login = {
        ...{ login: this.#freshId(db), number, clientId },
        ...{ epoch: 1, pairedAt: at, lastSeen: at, network },
      }
      db.run(
        `INSERT INTO logins
           (login, number, clientId, clientToken, serverToken, epoch, failures, pairedAt, lastSeen, network)
         VALUES (?, ?, ?, ?, ?, 1, 0, ?, ?, ?)`,
        ...[login.login, number, clientId, clientTokenHash, serverTokenHash, at, at, network],
      )
      this.#audit.record(db, { at, kind: 'pair', number, login: login.login })
      return { kind: 'paired', login, replaced: older?.login ?? null }
    })
  }

  find({ clientId, clientTokenHash, serverTokenHash }: Credentials): Promise<FindLoginResult> {
    return this.#group.read((db) => {
      const rows = db.all<Stored>('SELECT * FROM logins WHERE clientId = ?', clientId)
      const match = rows.find(
        (row) => equal(row.clientToken, clientTokenHash) && equal(row.serverToken, serverTokenHash),
      )
      if (!match) return { kind: 'unknown' }
      return { kind: isLocked(match) ? 'locked' : 'known', login: loginOf(match) }
    })
  }

  findById(login: string): Promise<KnownLogin | null> {
    return this.#group.read((db) => {
      const row = db.get<Stored>('SELECT * FROM logins WHERE login = ?', login)
      return row ? { login: loginOf(row), isLocked: isLocked(row), serverTokenHash: row.serverToken } : null
    })
  }

  open(request: LoginPlace & { login: string; challenged: boolean }): Promise<Login | null> {
    return this.#group.commit((db) => {
      const { login, challenged, at, network } = request
      const row = db.get<Stored>('SELECT * FROM logins WHERE login = ?', login)
      if (!row || isLocked(row)) return null
      const lastSeen = Math.max(row.lastSeen, at)
      const epoch = row.epoch + 1
      db.run(
        'UPDATE logins SET epoch = ?, lastSeen = ?, network = ? WHERE login = ?',
        ...[epoch, lastSeen, network, login],
      )
      this.#audit.record(db, { at, kind: 'resume', number: row.number, login, detail: { challenged } })
      return { ...loginOf(row), epoch, lastSeen, network }
    })
  }

  judged(request: { login: string; fits: boolean; at: number }): Promise<{ failuresLeft: number } | null> {
    return this.#group.commit((db) => {
      const { login, fits, at } = request
      const most = limit('CHALLENGE_FAILURES')
      const row = db.get<Stored>('SELECT * FROM logins WHERE login = ?', login)
      if (!row) return null
      // A right answer does not open a locked login: only its phone does.
      const failures = isLocked(row) ? row.failures : fits ? 0 : row.failures + 1
      db.run('UPDATE logins SET failures = ? WHERE login = ?', failures, login)
      this.#audit.record(db, { at, kind: 'challenge', number: row.number, login, detail: { fits } })
      return { failuresLeft: most - failures }
    })
  }

  touch({ login, at }: { login: string; at: number }): Promise<void> {
    return this.#group.commit((db) => {
      db.run('UPDATE logins SET lastSeen = max(lastSeen, ?) WHERE login = ?', at, login)
    })
  }

  end(request: { login: string; number: string; by: LoginEnd; at: number }): Promise<boolean> {
    return this.#group.commit((db) => {
      const { login, number, by, at } = request
      const { changes } = db.run('DELETE FROM logins WHERE login = ? AND number = ?', login, number)
      if (changes === 0) return false
      this.#audit.record(db, { at, kind: endKinds[by], number, login })
      return true
    })
  }

  list(number: string): Promise<readonly Login[]> {
    return this.#group.read((db) =>
      db.all<Stored>('SELECT * FROM logins WHERE number = ? ORDER BY place', number).map(loginOf),
    )
  }

  /** With a seeded source a restarted server draws the ids of its first life again, so taken ones are skipped. */
  #freshId(db: Database): string {
    for (;;) {
      const id = Buffer.from(this.#entropy.bytes(LOGIN_ID_BYTES)).toString('base64url')
      if (!db.get('SELECT 1 AS taken FROM logins WHERE login = ?', id)) return id
    }
  }
}

function loginOf({ login, number, clientId, epoch, pairedAt, lastSeen, network }: Stored): Login {
  return { login, number, clientId, epoch, pairedAt, lastSeen, network }
}

function isLocked(row: Stored): boolean {
  return row.failures >= limit('CHALLENGE_FAILURES')
}

function equal(a: Uint8Array, b: Uint8Array): boolean {
  return a.length === b.length && timingSafeEqual(a, b)
}
