/** Every version that was ever released, filled with rows that were legal then, is brought to the newest and keeps them. */
import { join } from 'node:path'
import { openDatabase, type Database } from 'database'
import t from 'tap'
import { phoneSchema } from '../src/sqlite-schema.ts'
import { openPhoneStore } from '../src/store-sqlite.ts'
import { CHAT, GROUP } from './store-contract.ts'
import { TestClock } from './test-clock.ts'

const clock = new TestClock()
const bytes = (n: number) => new Uint8Array(3).fill(n)
const BOB = '15550002222'

type Rows = (db: Database) => void

const addMessage = (id: string, fromMe: number, hidden = 0): Rows => {
  return (db) =>
    db.run(
      `INSERT INTO message (chat, from_me, id, at, status, seen, hidden, starred, text, type, info, read_at)
       VALUES (?, ?, ?, 1, 3, 0, ?, 1, ?, 'imageMessage', ?, 5)`,
      ...[CHAT, fromMe, id, hidden, `Text of ${id}`, bytes(7)],
    )
}

/** Rows for the tables of each step, in its order. */
const filled: readonly Rows[] = [
  function version1(db) {
    db.run("INSERT INTO fact VALUES ('number', '15550001111')")
    db.run("INSERT INTO vault VALUES ('identity', ?, 1)", bytes(1))
    db.run("INSERT INTO contact VALUES (?, 'Bob', NULL, 1)", CHAT)
    db.run(
      'INSERT INTO chat (jid, at, unread, archived, pinned_s, muted_until_s, modify_tag) VALUES (?, 9, 1, 1, 2, 3, 4)',
      CHAT,
    )
    addMessage('IN', 0)(db)
    for (const id of ['SENT', 'WAITS', 'GONE']) addMessage(id, 1)(db)
    db.run('DELETE FROM message WHERE id = ?', 'GONE')
    db.run("INSERT INTO outbox VALUES (4, ?, 'SENT', 'whisper', ?, ?, 1, 'SENT')", BOB, bytes(2), CHAT)
    db.run("INSERT INTO inbox VALUES (?, 'IN', 5)", BOB)
    db.run(
      "INSERT INTO held (sender, mail, kind, body, at) VALUES (?, 'HELD', 'prekey', ?, 5)",
      BOB,
      bytes(3),
    )
    db.run("INSERT INTO audit (at, kind, fields) VALUES (5, 'k', '{\"a\":1}')")
  },
  (db) => db.run("UPDATE message SET expires_at = 77 WHERE id = 'IN'"),
  () => undefined, // indexes for galleries
  (db) => {
    // from here on the store writes a text to search in with every message
    addMessage('HIDDEN', 0, 1)(db)
    addMessage('LATER', 0)(db)
    db.run("INSERT INTO message_text SELECT position, 'text of later' FROM message WHERE id = 'LATER'")
  },
  (db) =>
    db.run(
      "INSERT INTO media (chat, from_me, id, state, bytes, data) VALUES (?, 0, 'IN', 'kept', 3, ?)",
      ...[CHAT, bytes(8)],
    ),
  (db) => {
    db.run('INSERT INTO groups VALUES (?, \'{"subject":"Choir"}\', 1)', GROUP)
    db.run("INSERT INTO reader VALUES (?, 'SENT', ?, 1, 2, NULL, NULL)", GROUP, BOB)
  },
  () => undefined, // triggers
  (db) => db.run("INSERT INTO receipt (recipient, chat, level, id, t) VALUES (?, '', 'read', 'IN', 5)", BOB),
  (db) =>
    db.run(
      "INSERT INTO parked (sender, mail, kind, body, at) VALUES (?, 'PARKED', 'whisper', ?, 5)",
      ...[BOB, bytes(4)],
    ),
]
/** Until groups came, what waits had one recipient, that of its chat. */
const GROUPS_CAME = 6
const waits = (version: number): Rows => {
  return (db) =>
    version < GROUPS_CAME
      ? db.run("INSERT INTO waiting (chat, from_me, id) VALUES (?, 1, 'WAITS')", CHAT)
      : db.run("INSERT INTO leg (chat, from_me, id, recipient) VALUES (?, 1, 'WAITS', ?)", CHAT, BOB)
}

type Tables = Record<string, Record<string, unknown>[]>

/** Without those of SQLite and the parts of the search index. */
function tablesOf(db: Database): Tables {
  const names = db.all<{ name: string }>(
    "SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE 'message_gram%' AND name NOT LIKE 'sqlite%' ORDER BY name",
  )
  return Object.fromEntries(
    names.map(({ name }) => [name, db.all<Record<string, unknown>>(`SELECT * FROM ${name}`)]),
  )
}

const shape = (db: Database) => db.all('SELECT type, name, sql FROM sqlite_schema ORDER BY type, name')

t.equal(filled.length, phoneSchema.steps.length, 'there are rows for every step')

for (let version = 1; version <= phoneSchema.steps.length; version++) {
  t.test(`a file of version ${version} keeps every row`, async (t) => {
    const path = join(t.testdir(), 'phone.db')
    const old = openDatabase(path, { ...phoneSchema, steps: phoneSchema.steps.slice(0, version) })
    old.transaction(() => {
      for (const rows of filled.slice(0, version)) rows(old)
      waits(version)(old)
    })
    const { waiting, ...before } = tablesOf(old)
    old.close()
    t.same(
      Object.keys(before).filter((name) => before[name]?.length === 0),
      [],
      'there was a row in every table',
    )
    t.equal(waiting?.length, version < GROUPS_CAME ? 1 : undefined)
    const db = openDatabase(path, phoneSchema)
    const after = tablesOf(db)
    for (const [name, rows] of Object.entries(before)) {
      // what was there, in the columns that were there
      const kept = after[name]?.map((row, n) =>
        Object.fromEntries(Object.keys(rows[n] ?? {}).map((column) => [column, row[column]])),
      )
      t.same(kept, rows, name)
    }
    const fresh = openDatabase(':memory:', phoneSchema)
    t.same(shape(db), shape(fresh), 'the tables are those of a new file')
    fresh.close()
    db.close()

    const store = openPhoneStore(path, { clock })
    t.teardown(() => store.close())
    t.equal(store.facts.find('number'), '15550001111')
    t.same(store.vault.find('identity'), bytes(1))
    t.match(store.contacts.find(CHAT), { name: 'Bob', blocked: true })
    t.match(store.chats.find(CHAT), { unread: 1, archived: true, timerS: 0 })
    const found = store.messages.find({ chat: CHAT, fromMe: false, id: 'IN' })
    t.match(found, { text: 'Text of IN', starred: true, readAt: 5, expiresAt: version >= 2 ? 77 : null })
    t.same(store.outbox.legs(), [
      { message: { chat: CHAT, fromMe: true, id: 'WAITS' }, to: BOB, stuck: false },
    ])
    t.match(store.outbox.from(1, 9), [{ n: 4, to: BOB, mail: 'SENT' }])
    t.ok(store.inbox.knows(BOB, 'IN'))
    t.match(store.inbox.held(BOB), [{ mail: 'HELD', body: bytes(3) }])
    t.match(store.audit.last(1), [{ kind: 'k', fields: { a: 1 } }])
    const search = { chats: null, count: 9, skip: 0 }
    if (version < 4)
      t.equal(store.messages.search({ ...search, text: 'text of' }).length, 3, 'all of it can be found')
    else t.equal(store.messages.search({ ...search, text: 'text of later' }).length, 1)
    const added = store.messages.add({ ...found!, id: 'NEW' })
    t.ok(added > 4, 'no position of a deleted message comes again')
  })
}
