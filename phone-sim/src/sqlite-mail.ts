/** Outbox, inbox, audit, facts and vault rows of the SQLite store; the meaning of each row is in store.ts. */
import type { Clock } from 'proto/clock'
import type { MailKind, PhoneMailKind } from 'proto/phone-link'
import { bytesOf, rowOrNull } from './sqlite-chats.ts'
import type { Raw, Sql } from './sqlite-schema.ts'
import type {
  AuditRow,
  AuditRows,
  FactRows,
  HeldMail,
  InboxRows,
  Leg,
  MessageKeyRow,
  OutboxRow,
  OutboxRows,
  VaultRows,
  WaitingReceiptRow,
  WaitingReceiptRows,
} from './store.ts'

export function factRows(sql: Sql): FactRows {
  const find = sql('SELECT value FROM fact WHERE name = ?')
  const put = sql('INSERT OR REPLACE INTO fact (name, value) VALUES (?, ?)')
  const remove = sql('DELETE FROM fact WHERE name = ?')
  return {
    find: (name) => rowOrNull(find.get(name), (raw) => String(raw['value'])),
    put: (name, value) => void put.run(name, value),
    remove: (name) => void remove.run(name),
  }
}

export function vaultRows(sql: Sql, clock: Clock): VaultRows {
  const find = sql('SELECT sealed FROM vault WHERE name = ?')
  const put = sql('INSERT OR REPLACE INTO vault (name, sealed, at) VALUES (?, ?, ?)')
  const remove = sql('DELETE FROM vault WHERE name = ?')
  const names = sql('SELECT name, at FROM vault WHERE substr(name, 1, length(?)) = ? ORDER BY name')
  return {
    find: (name) => rowOrNull(find.get(name), (raw) => bytesOf(raw['sealed'])),
    put: (name, sealed) => void put.run(name, sealed, clock.now()),
    remove: (name) => void remove.run(name),
    names: (prefix) =>
      names.all(prefix, prefix).map((raw) => ({ name: String(raw['name']), at: Number(raw['at']) })),
  }
}

export function outboxRows(sql: Sql): OutboxRows {
  const add = sql(
    'INSERT INTO outbox (n, recipient, mail, kind, body, chat, from_me, id) VALUES (?, ?, ?, ?, ?, ?, ?, ?)',
  )
  const from = sql('SELECT * FROM outbox WHERE n >= ? ORDER BY n LIMIT ?')
  const find = sql('SELECT * FROM outbox WHERE n = ?')
  // each in a query of its own: both in one would look at every row
  const range = sql('SELECT (SELECT min(n) FROM outbox) AS first, (SELECT max(n) FROM outbox) AS last')
  const remove = sql('DELETE FROM outbox WHERE n = ?')
  // two steps: a key may not collide with its neighbour while the rows move
  const shiftAway = sql('UPDATE outbox SET n = -(n + ?)')
  const shiftBack = sql('UPDATE outbox SET n = -n')
  const ofMessage = 'WHERE chat = ? AND from_me = ? AND id = ?'
  const isMailed = sql(`SELECT 1 FROM outbox ${ofMessage} LIMIT 1`)
  const isWaiting = sql(`SELECT 1 FROM leg ${ofMessage} AND stuck = 0 LIMIT 1`)
  const legs = sql('SELECT * FROM leg ORDER BY position')
  const addLeg = sql('INSERT OR IGNORE INTO leg (chat, from_me, id, recipient) VALUES (?, ?, ?, ?)')
  const removeLeg = sql(`DELETE FROM leg ${ofMessage} AND recipient = ?`)
  const removeLegs = sql(`DELETE FROM leg ${ofMessage}`)
  const stickLeg = sql(`UPDATE leg SET stuck = 1 ${ofMessage} AND recipient = ?`)
  const freeLegs = sql('UPDATE leg SET stuck = 0 WHERE recipient = ?')
  const args = ({ chat, fromMe, id }: MessageKeyRow): [string, number, string] => [chat, Number(fromMe), id]
  return {
    add: ({ n, to, mail, kind, body, message }) =>
      void add.run(
        n,
        to,
        mail,
        kind,
        body,
        message?.chat ?? null,
        message ? Number(message.fromMe) : null,
        message?.id ?? null,
      ),
    from: (n, count) => from.all(n, count).map(outboxOf),
    find: (n) => rowOrNull(find.get(n), outboxOf),
    range: () => {
      const row = range.get()
      return typeof row?.['first'] === 'number' ? { first: row['first'], last: Number(row['last']) } : null
    },
    remove: (n) => void remove.run(n),
    shift: (by) => {
      shiftAway.run(by)
      shiftBack.run()
    },
    isOpen: (key) => (isMailed.get(...args(key)) ?? isWaiting.get(...args(key))) !== undefined,
    legs: () => legs.all().map(legOf),
    addLeg: (key, to) => void addLeg.run(...args(key), to),
    removeLeg: (key, to) => void removeLeg.run(...args(key), to),
    removeLegs: (key) => void removeLegs.run(...args(key)),
    stickLeg: (key, to) => void stickLeg.run(...args(key), to),
    freeLegs: (to) => void freeLegs.run(to),
  }
}

function legOf(raw: Raw): Leg {
  return { message: keyOf(raw), to: String(raw['recipient']), stuck: raw['stuck'] === 1 }
}

function outboxOf(raw: Raw): OutboxRow {
  return {
    n: Number(raw['n']),
    to: String(raw['recipient']),
    mail: String(raw['mail']),
    kind: raw['kind'] as PhoneMailKind,
    body: bytesOf(raw['body']),
    message: raw['id'] === null ? null : keyOf(raw),
  }
}

function keyOf(raw: Raw): MessageKeyRow {
  return { chat: String(raw['chat']), fromMe: raw['from_me'] === 1, id: String(raw['id']) }
}

export function receiptRows(sql: Sql): WaitingReceiptRows {
  const add = sql('INSERT OR IGNORE INTO receipt (recipient, chat, level, id, t) VALUES (?, ?, ?, ?, ?)')
  const first = sql('SELECT 1 FROM receipt LIMIT 1')
  const all = sql('SELECT * FROM receipt ORDER BY position')
  const removeAll = sql('DELETE FROM receipt')
  return {
    add: ({ to, chat, level, id, t }) => void add.run(to, chat, level, id, t),
    isEmpty: () => first.get() === undefined,
    takeAll: () => {
      const rows = all.all().map((raw) => ({
        to: String(raw['recipient']),
        chat: String(raw['chat']),
        level: raw['level'] as WaitingReceiptRow['level'],
        id: String(raw['id']),
        t: Number(raw['t']),
      }))
      removeAll.run()
      return rows
    },
  }
}

export function inboxRows(sql: Sql): InboxRows {
  const knows = sql('SELECT 1 FROM inbox WHERE sender = ? AND mail = ?')
  const add = sql('INSERT INTO inbox (sender, mail, at) VALUES (?, ?, ?)')
  const prune = sql('DELETE FROM inbox WHERE at < ?')
  const hold = sql('INSERT OR REPLACE INTO held (sender, mail, kind, body, at) VALUES (?, ?, ?, ?, ?)')
  const held = sql('SELECT * FROM held WHERE sender = ? ORDER BY position')
  const heldSenders = sql('SELECT DISTINCT sender FROM held ORDER BY sender')
  const park = sql('INSERT OR REPLACE INTO parked (sender, mail, kind, body, at) VALUES (?, ?, ?, ?, ?)')
  const parked = sql('SELECT * FROM parked ORDER BY position')
  const release = sql('DELETE FROM held WHERE sender = ? AND mail = ?')
  return {
    knows: (from, mail) => knows.get(from, mail) !== undefined,
    add: (from, mail, at) => void add.run(from, mail, at),
    prune: (at) => void prune.run(at),
    hold: ({ from, mail, kind, body, at }) => void hold.run(from, mail, kind, body, at),
    park: ({ from, mail, kind, body, at }) => void park.run(from, mail, kind, body, at),
    parked: () => parked.all().map((raw) => mailOf(raw, raw['kind'] as MailKind)),
    held: (from) => held.all(from).map((raw) => mailOf(raw, raw['kind'] as HeldMail['kind'])),
    heldSenders: () => heldSenders.all().map((raw) => String(raw['sender'])),
    release: (from, mail) => void release.run(from, mail),
  }
}

function mailOf<K extends MailKind>(raw: Raw, kind: K) {
  return {
    from: String(raw['sender']),
    mail: String(raw['mail']),
    kind,
    body: bytesOf(raw['body']),
    at: Number(raw['at']),
  }
}

export function auditRows(sql: Sql): AuditRows {
  const add = sql('INSERT INTO audit (at, kind, fields) VALUES (?, ?, ?)')
  const last = sql('SELECT * FROM audit ORDER BY position DESC LIMIT ?')
  return {
    add: ({ at, kind, fields }) => add.run(at, kind, JSON.stringify(fields)).lastRow,
    last: (count) =>
      last
        .all(count)
        .reverse()
        .map((raw) => ({
          position: Number(raw['position']),
          at: Number(raw['at']),
          kind: String(raw['kind']),
          fields: JSON.parse(String(raw['fields'])) as AuditRow['fields'],
        })),
  }
}
