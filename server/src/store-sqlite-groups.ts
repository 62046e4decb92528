/** Groups in SQLite: facts, members in their order, who went, invitation codes. Rules: group-rules.ts. */
import type { Database, GroupCommit } from 'database'
import { utf8 } from 'proto/bytes'
import type { Entropy } from 'proto/entropy'
import { TetherError } from 'proto/errors'
import type { GroupFacts, GroupNotice, GroupRole } from 'proto/group'
import { limit } from 'proto/limits'
import {
  assertRight,
  planChange,
  planCreate,
  planEvent,
  planJoin,
  type Departure,
  type Numbers,
  type Plan,
  type Step,
} from './group-rules.ts'
import type { GroupOutcome, GroupStore, GroupVersion, SentNotice } from './group-store.ts'
import type { SqliteAuditLog } from './store-sqlite-audit.ts'
import { assertOwner } from './store-sqlite-fence.ts'
import type { SqliteMailStore } from './store-sqlite-mail.ts'
import type { Owner } from './stores.ts'

const NOTICE_ID_BYTES = 16
const CODE_BYTES = 16

interface StoredGroup {
  readonly version: number
  readonly owner: string
  readonly createdAt: number
  readonly subject: string
  readonly subjectBy: string
  readonly subjectAt: number
  readonly description: string | null
  readonly restricted: number
  readonly announce: number
  readonly ephemeral: number
  readonly ephemeralAt: number | null
}

export class SqliteGroupStore implements GroupStore {
  readonly #group: GroupCommit
  readonly #audit: SqliteAuditLog
  readonly #mail: SqliteMailStore
  readonly #entropy: Entropy

  constructor(group: GroupCommit, audit: SqliteAuditLog, mail: SqliteMailStore, entropy: Entropy) {
    this.#group = group
    this.#audit = audit
    this.#mail = mail
    this.#entropy = entropy
  }

  create(
    owner: Owner,
    { subject, members, at }: { subject: string; members: readonly string[]; at: number },
  ): Promise<GroupOutcome> {
    return this.#group.commit((db) => {
      assertOwner(db, owner)
      const { number } = owner
      const numbers = numbersIn(db, null)
      const others = members.filter((member) => member !== number)
      const jid = freshJid(db, number, secondsOf(at))
      const plan = planCreate({ jid, owner: number, subject, members: others, numbers, at: secondsOf(at) })
      return this.#perform(db, null, number, plan, at)
    })
  }

  change(
    actor: Owner,
    { group: jid, change, at }: Parameters<GroupStore['change']>[1],
  ): Promise<GroupOutcome> {
    return this.#group.commit((db) => {
      assertOwner(db, actor)
      const [group, by] = [getGroup(db, jid), actor.number]
      const numbers = numbersIn(db, jid)
      return this.#perform(db, group, by, planChange({ group, by, change, numbers, at: secondsOf(at) }), at)
    })
  }

  changeIcon(
    actor: Owner,
    { group: jid, tag, at }: { group: string; tag: string; at: number },
  ): Promise<GroupOutcome> {
    return this.#group.commit((db) => {
      assertOwner(db, actor)
      const group = getGroup(db, jid)
      const plan = planEvent(group, actor.number, { kind: 'icon', tag }, 'facts')
      return this.#perform(db, group, actor.number, plan, at)
    })
  }

  join(actor: Owner, { code, at }: { code: string; at: number }): Promise<GroupOutcome> {
    return this.#group.commit((db) => {
      assertOwner(db, actor)
      const found = db.get<{ jid: string }>('SELECT jid FROM groupCodes WHERE code = ?', code)
      if (!found) throw new TetherError('TETHER_ERR_GROUP_UNKNOWN', 'invitation')
      const group = getGroup(db, found.jid)
      const plan = planJoin(group, actor.number, numbersIn(db, found.jid))
      return this.#perform(db, group, actor.number, plan, at)
    })
  }

  inviteCode(number: string, jid: string): Promise<string> {
    return this.#group.commit((db) => {
      assertRight(getGroup(db, jid), number, 'admin')
      const known = db.get<{ code: string }>('SELECT code FROM groupCodes WHERE jid = ?', jid)
      return known?.code ?? this.#newCode(db, jid)
    })
  }

  resetInvite(
    actor: Owner,
    { group: jid, at }: { group: string; at: number },
  ): Promise<GroupOutcome & { readonly code: string }> {
    return this.#group.commit((db) => {
      assertOwner(db, actor)
      const group = getGroup(db, jid)
      const plan = planEvent(group, actor.number, { kind: 'invite' }, 'admin')
      const code = this.#newCode(db, jid)
      return { ...this.#perform(db, group, actor.number, plan, at), code }
    })
  }

  facts(number: string, jid: string): Promise<GroupFacts> {
    return this.#group.read((db) => {
      const group = getGroup(db, jid)
      assertRight(group, number, 'member')
      return group
    })
  }

  list(number: string): Promise<readonly GroupVersion[]> {
    return this.#group.read((db) => groupsOf(db, number))
  }

  /** Groups that everybody has left are kept as long as mail about them may wait, so that no JID comes twice. */
  sweepIn(db: Database, at: number): number {
    db.run(
      "DELETE FROM groupDepartures WHERE how = 'left' AND at <= ?",
      secondsOf(at - limit('GROUP_LEFT_MS')),
    )
    const dead = db.all<{ jid: string }>(
      'SELECT jid FROM groups WHERE changedAt <= ? AND NOT EXISTS (SELECT 1 FROM groupMembers WHERE groupMembers.jid = groups.jid)',
      secondsOf(at - limit('MAILBOX_LIFE_MS')),
    )
    for (const { jid } of dead) {
      for (const table of ['groupDepartures', 'groupCodes', 'groups'])
        db.run(`DELETE FROM ${table} WHERE jid = ?`, jid)
    }
    return dead.length
  }

  #perform(
    db: Database,
    before: GroupFacts | null,
    by: string,
    { steps, results, met = [] }: Plan,
    at: number,
  ): GroupOutcome {
    const notices: SentNotice[] = []
    let group = before
    for (const step of steps) {
      saveFacts(db, step.group, secondsOf(at))
      saveMembers(db, group, step, by, secondsOf(at))
      notices.push(this.#tell(db, group, step, by, at))
      group = step.group
      const detail = { event: step.event.kind, members: group.members.length }
      this.#audit.record(db, { at, kind: 'group', number: by, detail })
    }
    return { group: group!, results, notices, met }
  }

  #tell(db: Database, before: GroupFacts | null, { event, group }: Step, by: string, at: number): SentNotice {
    const id = Buffer.from(this.#entropy.bytes(NOTICE_ID_BYTES)).toString('hex').toUpperCase()
    const notice: GroupNotice = { id, by, at: secondsOf(at), event, group }
    const to = [...new Set([...(before?.members ?? []), ...group.members].map(({ number }) => number))]
    const body = utf8(JSON.stringify(notice))
    const missed = to.filter(
      (number) => !this.#mail.storeNotice(db, { to: number, from: by, mail: id, body, at }),
    )
    return { notice, to, missed }
  }

  /** With a seeded source a restarted server draws the codes of its first life again, so taken ones are skipped. */
  #newCode(db: Database, jid: string): string {
    for (;;) {
      const code = Buffer.from(this.#entropy.bytes(CODE_BYTES)).toString('base64url')
      if (db.get('SELECT 1 AS taken FROM groupCodes WHERE code = ?', code)) continue
      db.run('REPLACE INTO groupCodes (jid, code) VALUES (?, ?)', jid, code)
      return code
    }
  }
}

/** The groups a number is in, inside a transaction that runs. */
export function groupsOf(db: Database, number: string): GroupVersion[] {
  return db.all<GroupVersion>(
    `SELECT groups.jid, version FROM groups JOIN groupMembers ON groupMembers.jid = groups.jid
     WHERE number = ? ORDER BY groups.jid`,
    number,
  )
}

function secondsOf(ms: number): number {
  return Math.floor(ms / 1000)
}

/** The second of the creation, or the next one in which this number made no group yet (spec 14.5). */
function freshJid(db: Database, number: string, second: number): string {
  for (let at = second; ; at++) {
    const jid = `${number}-${at}@g.us`
    if (!db.get('SELECT 1 AS taken FROM groups WHERE jid = ?', jid)) return jid
  }
}

/** Throws TETHER_ERR_GROUP_UNKNOWN. */
function getGroup(db: Database, jid: string): GroupFacts {
  const row = db.get<StoredGroup>('SELECT * FROM groups WHERE jid = ?', jid)
  if (!row) throw new TetherError('TETHER_ERR_GROUP_UNKNOWN')
  const { version, owner, createdAt, subject, subjectBy, subjectAt, ephemeral, ephemeralAt } = row
  return {
    ...{ jid, version, owner, createdAt, subject, subjectBy, subjectAt, ephemeral },
    ...(ephemeralAt !== null && { ephemeralAt }),
    description: row.description === null ? null : (JSON.parse(row.description) as GroupFacts['description']),
    restrict: row.restricted === 1,
    announce: row.announce === 1,
    members: db.all<{ number: string; role: GroupRole }>(
      'SELECT number, role FROM groupMembers WHERE jid = ? ORDER BY place',
      jid,
    ),
  }
}

function numbersIn(db: Database, jid: string | null): Numbers {
  return {
    isRegistered: (number) =>
      db.get('SELECT 1 AS known FROM accounts WHERE number = ?', number) !== undefined,
    hasRoom: (number) =>
      db.get<{ n: number }>('SELECT count(*) AS n FROM groupMembers WHERE number = ?', number)!.n <
      limit('GROUPS_PER_NUMBER'),
    departure: (number) =>
      db.get<Departure>('SELECT how, at FROM groupDepartures WHERE jid = ? AND number = ?', jid, number) ??
      null,
  }
}

function saveFacts(db: Database, group: GroupFacts, atS: number): void {
  db.run(
    `REPLACE INTO groups (jid, version, owner, createdAt, subject, subjectBy, subjectAt, description,
       restricted, announce, ephemeral, ephemeralAt, changedAt)
     VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
    ...[group.jid, group.version, group.owner, group.createdAt],
    ...[group.subject, group.subjectBy, group.subjectAt],
    group.description === null ? null : JSON.stringify(group.description),
    ...[Number(group.restrict), Number(group.announce), group.ephemeral, group.ephemeralAt ?? null, atS],
  )
}

/** Writes what differs. Members only ever come at the end, so a new one has the next place. */
function saveMembers(
  db: Database,
  before: GroupFacts | null,
  { event, group }: Step,
  by: string,
  at: number,
): void {
  const { jid } = group
  const were = new Map(before?.members.map(({ number, role }) => [number, role]))
  for (const { number, role } of group.members) {
    const was = were.get(number)
    were.delete(number)
    if (was === role) continue
    db.run(
      `INSERT INTO groupMembers (jid, number, role, place)
       VALUES (?, ?, ?, (SELECT coalesce(max(place), 0) + 1 FROM groupMembers WHERE jid = ?))
       ON CONFLICT (jid, number) DO UPDATE SET role = excluded.role`,
      ...[jid, number, role, jid],
    )
    if (was === undefined) db.run('DELETE FROM groupDepartures WHERE jid = ? AND number = ?', jid, number)
  }
  const how = event.kind === 'leave' ? 'left' : 'removed'
  for (const number of were.keys()) {
    db.run('DELETE FROM groupMembers WHERE jid = ? AND number = ?', jid, number)
    db.run('REPLACE INTO groupDepartures (jid, number, how, at) VALUES (?, ?, ?, ?)', jid, number, how, at)
  }
}
