/** Accounts: registration codes, identity keys, and the epoch that says which connection owns a number. */
import { timingSafeEqual } from 'node:crypto'
import type { Database, GroupCommit } from 'database'
import { limit } from 'proto/limits'
import type { DeviceFacts } from 'proto/phone-link'
import type { SqliteAuditLog } from './store-sqlite-audit.ts'
import { assertOwner } from './store-sqlite-fence.ts'
import { groupsOf } from './store-sqlite-groups.ts'
import type { SqliteLimitStore } from './store-sqlite-limits.ts'
import { forgetProfileIn } from './store-sqlite-profiles.ts'
import type {
  Account,
  AccountStore,
  Attachment,
  CodeResult,
  Owner,
  RegisterResult,
  Registration,
} from './stores.ts'

const HOUR_MS = 3_600_000

interface StoredAccount extends Omit<Account, 'facts'> {
  readonly facts: string | null
}
interface StoredCode {
  readonly hash: Uint8Array
  readonly issuedAt: number
  readonly failures: number
}

export class SqliteAccountStore implements AccountStore {
  readonly #group: GroupCommit
  readonly #audit: SqliteAuditLog
  readonly #limits: SqliteLimitStore

  constructor(group: GroupCommit, audit: SqliteAuditLog, limits: SqliteLimitStore) {
    this.#group = group
    this.#audit = audit
    this.#limits = limits
  }

  requestCode({
    number,
    codeHash,
    at,
  }: {
    number: string
    codeHash: Uint8Array
    at: number
  }): Promise<CodeResult> {
    return this.#group.commit((db) => {
      const capacity = limit('SMS_PER_HOUR')
      const bucket = { key: `SMS_PER_HOUR:${number}`, capacity, refillMs: HOUR_MS / capacity }
      const taken = this.#limits.takeIn(db, bucket, at)
      if (taken.kind === 'refused') return { kind: 'limited', retryMs: taken.retryMs }
      db.run(
        'REPLACE INTO codes (number, hash, issuedAt, failures) VALUES (?, ?, ?, 0)',
        number,
        codeHash,
        at,
      )
      return { kind: 'issued' }
    })
  }

  register(registration: Registration): Promise<RegisterResult> {
    return this.#group.commit((db) => {
      const refusal = this.#checkCode(db, registration)
      if (refusal) return refusal
      const { number, at } = registration
      const before = findAccount(db, number)
      const replaced = before !== null && !equal(before.identityKey, registration.identityKey)
      const ended = replaced ? wipe(db, number) : []
      const account = save(db, registration, before, replaced)
      this.#audit.record(db, {
        ...{ at, kind: replaced ? 'identityChange' : 'register', number },
        detail: { again: before !== null, endedLogins: ended.length },
      })
      for (const login of ended) {
        this.#audit.record(db, { at, kind: 'unpair', number, login, detail: { by: 'identityChange' } })
      }
      return { kind: 'registered', account, replaced, ended }
    })
  }

  find(number: string): Promise<Account | null> {
    return this.#group.read((db) => findAccount(db, number))
  }

  attach(request: { number: string; identityKey: Uint8Array; at: number }): Promise<Attachment | null> {
    return this.#group.commit((db) => {
      const { number, at } = request
      const account = findAccount(db, number)
      if (!account || !equal(account.identityKey, request.identityKey)) return null
      const epoch = account.epoch + 1
      db.run('UPDATE accounts SET epoch = ? WHERE number = ?', epoch, number)
      db.run('UPDATE logins SET failures = 0 WHERE number = ? AND failures > 0', number)
      this.#audit.record(db, { at, kind: 'attach', number, detail: { epoch } })
      return {
        owner: { number, epoch },
        lastSent: numberOf(db, 'SELECT lastSent AS n FROM mailboxes WHERE number = ?', number),
        prekeys: numberOf(db, 'SELECT count(*) AS n FROM prekeys WHERE number = ?', number),
        signedPrekeyId: numberOf(db, 'SELECT id AS n FROM signedPrekeys WHERE number = ?', number),
        logins: loginIds(db, number),
        groups: groupsOf(db, number),
        lastWaiting: numberOf(db, 'SELECT max(seq) AS n FROM mail WHERE recipient = ?', number),
      }
    })
  }

  saveFacts(owner: Owner, facts: DeviceFacts): Promise<boolean> {
    return this.#group.commit((db) => {
      assertOwner(db, owner)
      const text = JSON.stringify(facts)
      const sql = 'UPDATE accounts SET facts = ? WHERE number = ? AND facts IS NOT ?'
      return db.run(sql, text, owner.number, text).changes > 0
    })
  }

  sweepIn(db: Database, at: number): number {
    return db.run('DELETE FROM codes WHERE issuedAt <= ?', at - limit('SMS_CODE_TTL_MS')).changes
  }

  /** Counts a wrong code, consumes a right one; null when the registration may go on. */
  #checkCode(db: Database, { number, codeHash, at }: Registration): RegisterResult | null {
    const code = db.get<StoredCode>('SELECT hash, issuedAt, failures FROM codes WHERE number = ?', number)
    if (!code || at - code.issuedAt >= limit('SMS_CODE_TTL_MS')) return { kind: 'expired' }
    if (code.failures >= limit('SMS_ATTEMPTS')) return { kind: 'limited' }
    if (equal(code.hash, codeHash)) {
      db.run('DELETE FROM codes WHERE number = ?', number)
      return null
    }
    db.run('UPDATE codes SET failures = failures + 1 WHERE number = ?', number)
    const attemptsLeft = limit('SMS_ATTEMPTS') - code.failures - 1
    if (attemptsLeft === 0) {
      this.#audit.record(db, { at, kind: 'limit', number, detail: { limit: 'SMS_ATTEMPTS' } })
    }
    return { kind: 'wrongCode', attemptsLeft }
  }
}

function findAccount(db: Database, number: string): Account | null {
  const row = db.get<StoredAccount>('SELECT * FROM accounts WHERE number = ?', number)
  if (!row) return null
  return { ...row, facts: row.facts === null ? null : (JSON.parse(row.facts) as DeviceFacts) }
}

/** Everything that belonged to the old identity, except mail that waits; gives the ids of the ended logins. */
function wipe(db: Database, number: string): readonly string[] {
  const ended = loginIds(db, number)
  for (const table of ['logins', 'prekeys', 'prekeyMarks', 'signedPrekeys']) {
    db.run(`DELETE FROM ${table} WHERE number = ?`, number)
  }
  forgetProfileIn(db, number)
  db.run('DELETE FROM mailRefusals WHERE sender = ?', number)
  db.run('UPDATE mailboxes SET lastSent = 0 WHERE number = ?', number)
  return ended
}

function save(db: Database, registration: Registration, before: Account | null, replaced: boolean): Account {
  const { number, name, identityKey, registrationId, at } = registration
  const account: Account = {
    ...{ number, name, identityKey, registrationId },
    facts: replaced ? null : (before?.facts ?? null),
    epoch: (before?.epoch ?? 0) + 1,
    registeredAt: at,
  }
  db.run(
    `INSERT INTO accounts (number, name, identityKey, registrationId, facts, epoch, registeredAt)
     VALUES (?, ?, ?, ?, ?, ?, ?)
     ON CONFLICT DO UPDATE SET name = excluded.name, identityKey = excluded.identityKey,
       registrationId = excluded.registrationId, facts = excluded.facts, epoch = excluded.epoch,
       registeredAt = excluded.registeredAt`,
    ...[number, name, identityKey, registrationId],
    ...[account.facts === null ? null : JSON.stringify(account.facts), account.epoch, at],
  )
  db.run(
    'INSERT INTO mailboxes (number, lastSent, seq, mails, bytes) VALUES (?, 0, 0, 0, 0) ON CONFLICT DO NOTHING',
    number,
  )
  return account
}

function loginIds(db: Database, number: string): string[] {
  return db
    .all<{ login: string }>('SELECT login FROM logins WHERE number = ? ORDER BY place', number)
    .map((row) => row.login)
}

/** The column `n` of the only row; 0 when there is none. */
function numberOf(db: Database, sql: string, number: string): number {
  return db.get<{ n: number }>(sql, number)?.n ?? 0
}

function equal(a: Uint8Array, b: Uint8Array): boolean {
  return a.length === b.length && timingSafeEqual(a, b)
}
