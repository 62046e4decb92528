/**
 * Mailboxes: mail waits here until its phone has it. One counter per sender makes sending again harmless for
 * ever, one per recipient keeps the order (research 2.2). Bodies are sealed; nothing here looks into them.
 */
import type { Database, GroupCommit } from 'database'
import { limit, type LimitName } from 'proto/limits'
import type { SqliteAuditLog } from './store-sqlite-audit.ts'
import { assertEpoch, assertOwner } from './store-sqlite-fence.ts'
import type {
  DepositResult,
  MailStore,
  MailTotals,
  OutgoingMail,
  Owner,
  RefusalReason,
  StoredMail,
} from './stores.ts'

interface Mailbox {
  readonly seq: number
  readonly mails: number
  readonly bytes: number
  /** Mails in it that are in the share of who deposits. */
  readonly share: number
}
/** What the rules of a deposit ask of the stored: of its sender, and of the mailbox it is for. */
interface Situation extends Mailbox {
  readonly epoch: number
  readonly lastSent: number
  /** Null: there is no such mailbox, and what else is said of it is null too. */
  readonly recipient: string | null
}

/** What stands in the way of a mail, the first of these. */
interface Hurdle {
  readonly reason: RefusalReason
  readonly met?: LimitName
  readonly stops: (found: Situation, mail: OutgoingMail) => boolean
}

// prettier-ignore
const HURDLES: readonly Hurdle[] = [
  { reason: 'tooLarge', met: 'MAIL_BYTES', stops: (_, { body }) => body.length > limit('MAIL_BYTES') },
  { reason: 'unknownRecipient', stops: ({ recipient }) => recipient === null },
  { reason: 'mailboxFull', met: 'MAILBOX_MAILS', stops: ({ mails }) => mails >= limit('MAILBOX_MAILS') },
  { reason: 'mailboxFull', met: 'MAILBOX_BYTES', stops: ({ bytes }, { body }) => bytes + body.length > limit('MAILBOX_BYTES') },
  { reason: 'mailboxFull', met: 'MAILBOX_SENDER_SHARE', stops: ({ share }) => share >= limit('MAILBOX_SENDER_SHARE') },
]

/** Whose share notices are in, whoever caused them (store-sqlite-schema, `mailCounted`). */
const NOTICES = 'notices'

export class SqliteMailStore implements MailStore {
  readonly #group: GroupCommit
  readonly #audit: SqliteAuditLog

  constructor(group: GroupCommit, audit: SqliteAuditLog) {
    this.#group = group
    this.#audit = audit
  }

  deposit(sender: Owner, mail: OutgoingMail, refused: RefusalReason | null = null): Promise<DepositResult> {
    return this.#group.commit((db) => {
      const found = findSituation(db, sender.number, mail.to)
      assertEpoch(found, sender.epoch)
      if (mail.n > found.lastSent + 1) return { kind: 'order', expected: found.lastSent + 1 }
      if (mail.n <= found.lastSent) return earlierResult(db, sender.number, mail.n)
      db.run('UPDATE mailboxes SET lastSent = ? WHERE number = ?', mail.n, sender.number)
      const hurdle = HURDLES.find(({ stops }) => stops(found, mail)) ?? (refused && { reason: refused })
      if (hurdle) return refuse(db, sender.number, mail, hurdle)
      return { kind: 'stored', seq: store(db, found, sender.number, mail) }
    })
  }

  page(recipient: string, after: number, count: number): Promise<readonly StoredMail[]> {
    return this.#group.read((db) =>
      db.all<StoredMail>(
        `SELECT seq, sender AS "from", mail, kind, body, at FROM mail
         WHERE recipient = ? AND seq > ? ORDER BY seq LIMIT ?`,
        ...[recipient, after, count],
      ),
    )
  }

  take(recipient: Owner, seq: number): Promise<number> {
    return this.#group.commit((db) => {
      assertOwner(db, recipient)
      return db.run('DELETE FROM mail WHERE recipient = ? AND seq <= ?', recipient.number, seq).changes
    })
  }

  /**
   * Stores what the server itself tells a member of a group, inside the transaction that runs. No sender's share nor
   * a full mailbox refuses it, or members would know different groups; false beyond MAILBOX_NOTICES.
   */
  storeNotice(
    db: Database,
    notice: { to: string; from: string; mail: string; body: Uint8Array; at: number },
  ): boolean {
    const mailbox = findMailbox(db, notice.to, NOTICES)
    if (!mailbox || mailbox.share >= limit('MAILBOX_NOTICES')) return false
    const { to, from, mail, body, at } = notice
    store(db, mailbox, from, { to, mail, kind: 'notice', body, at })
    return true
  }

  expire(at: number): Promise<{ mails: number; recipients: number }> {
    return this.#group.commit((db) => this.expireIn(db, at))
  }

  waiting(recipient: string): Promise<{ mails: number; bytes: number }> {
    return this.#group.read(
      (db) =>
        db.get<{ mails: number; bytes: number }>(
          'SELECT mails, bytes FROM mailboxes WHERE number = ?',
          recipient,
        ) ?? { mails: 0, bytes: 0 },
    )
  }

  totals(): Promise<MailTotals> {
    return this.#group.read((db) => {
      const row = db.get<Record<'mails' | 'mostMails' | 'bytes' | 'mostBytes', number | null>>(
        `SELECT sum(mails) AS mails, max(mails) AS mostMails, sum(bytes) AS bytes, max(bytes) AS mostBytes
         FROM mailboxes`,
      )
      return {
        mails: { all: row?.mails ?? 0, fullest: row?.mostMails ?? 0 },
        bytes: { all: row?.bytes ?? 0, fullest: row?.mostBytes ?? 0 },
      }
    })
  }

  /** Refusals are remembered as long as mail lives. */
  expireIn(db: Database, at: number): { mails: number; recipients: number } {
    const dead = at - limit('MAILBOX_LIFE_MS')
    const counts = db.all<{ recipient: string; mails: number }>(
      'SELECT recipient, count(*) AS mails FROM mail WHERE at <= ? GROUP BY recipient',
      dead,
    )
    for (const { recipient: number, mails } of counts)
      this.#audit.record(db, { at, kind: 'mailExpired', number, detail: { mails } })
    db.run('DELETE FROM mailRefusals WHERE at <= ?', dead)
    return { mails: db.run('DELETE FROM mail WHERE at <= ?', dead).changes, recipients: counts.length }
  }
}

/** One statement: each costs more than what it looks up. */
function findSituation(db: Database, sender: string, recipient: string): Situation | undefined {
  return db.get<Situation>(
    `SELECT epoch, own.lastSent, other.number AS recipient, other.seq, other.mails, other.bytes,
       coalesce(share.mails, 0) AS share
     FROM accounts JOIN mailboxes AS own USING (number)
       LEFT JOIN mailboxes AS other ON other.number = ?
       LEFT JOIN mailShares AS share ON share.recipient = other.number AND share.sender = ?
     WHERE accounts.number = ?`,
    ...[recipient, sender, sender],
  )
}

function findMailbox(db: Database, number: string, sharer: string): Mailbox | undefined {
  return db.get<Mailbox>(
    `SELECT seq, mailboxes.mails, bytes, coalesce(mailShares.mails, 0) AS share
     FROM mailboxes LEFT JOIN mailShares ON recipient = number AND sender = ?
     WHERE number = ?`,
    ...[sharer, number],
  )
}

/** What was said to n before; the mail itself may be long delivered. */
function earlierResult(db: Database, sender: string, n: number): DepositResult {
  const refused = db.get<{ reason: RefusalReason }>(
    'SELECT reason FROM mailRefusals WHERE sender = ? AND n = ?',
    ...[sender, n],
  )
  return refused ? { kind: 'refused', reason: refused.reason } : { kind: 'duplicate' }
}

function store(db: Database, mailbox: Mailbox, sender: string, mail: Omit<OutgoingMail, 'n'>): number {
  const seq = mailbox.seq + 1
  db.run(
    'INSERT INTO mail (recipient, seq, sender, mail, kind, body, at) VALUES (?, ?, ?, ?, ?, ?, ?)',
    ...[mail.to, seq, sender, mail.mail, mail.kind, mail.body, mail.at],
  )
  return seq
}

function refuse(
  db: Database,
  sender: string,
  mail: OutgoingMail,
  { reason, met }: Pick<Hurdle, 'reason' | 'met'>,
): DepositResult {
  db.run(
    'INSERT INTO mailRefusals (sender, n, reason, at) VALUES (?, ?, ?, ?)',
    ...[sender, mail.n, reason, mail.at],
  )
  return { kind: 'refused', reason, ...(met && { met }) }
}
