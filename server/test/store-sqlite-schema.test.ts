/** Every version that was ever released, filled with rows that were legal then, is brought to the newest and keeps them. */
import { createHash } from 'node:crypto'
import { join } from 'node:path'
import { openDatabase, type Database } from 'database'
import { seededEntropy } from 'proto/entropy'
import { realClock } from 'proto/system'
import t from 'tap'
import { openStores } from '../src/store-sqlite.ts'
import { serverSchema } from '../src/store-sqlite-schema.ts'
import { alice, bob, credentials, noon } from './stores-contract.ts'

const GROUP = `${alice}-1600000000@g.us`
const key = (n: number) => new Uint8Array(33).fill(n)
const hash = (n: number) => new Uint8Array(32).fill(n)

type Rows = (db: Database) => void

/** Rows for the tables of each step, in its order. */
const filled: readonly Rows[] = [
  function version1(db) {
    for (const [n, number] of [alice, bob].entries()) {
      db.run('INSERT INTO accounts VALUES (?, ?, ?, ?, NULL, 7, ?)', number, `Nr ${n}`, key(n), 100 + n, noon)
      db.run('INSERT INTO signedPrekeys VALUES (?, 1, ?, ?)', number, key(2), new Uint8Array(64))
      db.run('INSERT INTO prekeys (number, id, key) VALUES (?, 5, ?)', number, key(3))
      db.run('INSERT INTO prekeyMarks VALUES (?, 4, ?)', number, noon)
    }
    db.run('INSERT INTO mailboxes VALUES (?, 3, 0, 0, 0)', alice)
    db.run('INSERT INTO mailboxes VALUES (?, 0, 0, 0, 0)', bob)
    db.run(
      "INSERT INTO mail (recipient, seq, sender, mail, kind, body, at) VALUES (?, 9, ?, 'M9', 'whisper', ?, ?)",
      bob,
      alice,
      Buffer.from('body'),
      noon,
    )
    // the counters of that mail, which versions before `mailCounted` wrote themselves
    db.run('UPDATE mailboxes SET seq = 9, mails = 1, bytes = 4 WHERE number = ?', bob)
    db.run('REPLACE INTO mailShares VALUES (?, ?, 1)', bob, alice)
    db.run("INSERT INTO mailRefusals VALUES (?, 2, 'mailboxFull', ?)", alice, noon)
    db.run('INSERT INTO codes VALUES (?, ?, ?, 1)', alice, hash(1), noon)
    const { clientId, clientTokenHash, serverTokenHash } = credentials('old')
    db.run(
      "INSERT INTO logins (login, number, clientId, clientToken, serverToken, epoch, failures, pairedAt, lastSeen) VALUES ('L1', ?, ?, ?, ?, 2, 0, ?, ?)",
      ...[alice, clientId, clientTokenHash, serverTokenHash, noon, noon],
    )
    const row = createHash('sha256')
      .update(JSON.stringify([1, noon, 'pair', 'a', '', '{}']))
      .digest()
    db.run("INSERT INTO audit VALUES (1, ?, 'pair', 'a', '', '{}', ?)", noon, row)
    db.run(
      "INSERT INTO meta VALUES ('auditHead', ?)",
      Buffer.concat([Buffer.from([0, 0, 0, 0, 0, 0, 0, 1]), row]),
    )
    db.run("INSERT INTO buckets VALUES ('X', ?, ?, 0)", noon + 0.5, noon)
  },
  function profiles(db) {
    db.run("INSERT INTO profiles VALUES (?, 'Gone fishing', NULL, ?)", alice, noon)
    db.run(
      "INSERT INTO pictures (subject, tag, revision, key, image) VALUES (?, 1, 1, 'K', ?)",
      alice,
      key(9),
    )
    db.run('INSERT INTO blocks (number, blocked) VALUES (?, ?)', alice, '15550009999')
    db.run('INSERT INTO rosters VALUES (?, ?)', alice, bob)
  },
  function media(db) {
    db.run('INSERT INTO media VALUES (?, 4, ?, ?, ?, 0)', hash(8), alice, noon, noon + 1)
  },
  function groups(db) {
    db.run(
      "INSERT INTO groups (jid, version, owner, createdAt, subject, subjectBy, subjectAt, restricted, announce, ephemeral, changedAt) VALUES (?, 2, ?, 1, 'Choir', ?, 1, 0, 0, 86400, 1)",
      ...[GROUP, alice, alice],
    )
    db.run("INSERT INTO groupMembers VALUES (?, ?, 'owner', 1)", GROUP, alice)
    db.run("INSERT INTO groupDepartures VALUES (?, ?, 'left', 1)", GROUP, bob)
    db.run("INSERT INTO groupCodes VALUES (?, 'CODE')", GROUP)
  },
  () => undefined, // groupTimers: a column
  () => undefined, // loginNetworks: a column
  () => undefined, // mailCounted: triggers
]

type Tables = Record<string, Record<string, unknown>[]>

function tablesOf(db: Database): Tables {
  const names = db.all<{ name: string }>("SELECT name FROM sqlite_schema WHERE type = 'table' ORDER BY name")
  return Object.fromEntries(
    names.map(({ name }) => [name, db.all<Record<string, unknown>>(`SELECT * FROM ${name}`)]),
  )
}

const shape = (db: Database) => db.all('SELECT type, name, sql FROM sqlite_schema ORDER BY type, name')

t.equal(filled.length, serverSchema.steps.length, 'there are rows for every step')

for (let version = 1; version <= serverSchema.steps.length; version++) {
  t.test(`a file of version ${version} keeps every row`, async (t) => {
    const path = join(t.testdir(), 'server.db')
    const old = openDatabase(path, { ...serverSchema, steps: serverSchema.steps.slice(0, version) })
    old.transaction(() => {
      for (const rows of filled.slice(0, version)) rows(old)
    })
    const before = tablesOf(old)
    old.close()
    t.same(
      Object.keys(before).filter((name) => before[name]?.length === 0),
      [],
      'there was a row in every table',
    )
    const db = openDatabase(path, serverSchema)
    const after = tablesOf(db)
    for (const [name, rows] of Object.entries(before)) {
      // what was there, in the columns that were there
      const kept = after[name]?.map((row, n) =>
        Object.fromEntries(Object.keys(rows[n] ?? {}).map((column) => [column, row[column]])),
      )
      t.same(kept, rows, name)
    }
    const fresh = openDatabase(':memory:', serverSchema)
    t.same(shape(db), shape(fresh), 'the tables are those of a new file')
    fresh.close()
    db.close()

    const stores = await openStores(path, { clock: realClock, entropy: seededEntropy('old') })
    t.match(await stores.accounts.find(alice), { name: 'Nr 0', epoch: 7 })
    t.match(await stores.mail.page(bob, 0, 9), [{ seq: 9, from: alice, mail: 'M9', kind: 'whisper' }])
    t.match(await stores.logins.find(credentials('old')), { kind: 'known', login: { login: 'L1', epoch: 2 } })
    const identityKey = (await stores.accounts.find(bob))!.identityKey
    const { owner } = (await stores.accounts.attach({ number: bob, identityKey, at: noon }))!
    await stores.profiles.saveRoster(owner, [alice], 0)
    const claimed = await stores.prekeys.claim({ number: bob, oneTime: true, by: alice, at: noon })
    t.match(claimed, { prekey: { id: 5 } })
    t.match(await stores.limits.take({ key: 'X', capacity: 1, refillMs: 9000 }, noon), { kind: 'refused' })
    t.match(await stores.audit.verify(), { broken: null })
    t.equal(await stores.profiles.about(alice), version >= 2 ? 'Gone fishing' : null)
    t.equal(
      (await stores.groups.facts(alice, GROUP).catch(() => null))?.subject,
      version >= 4 ? 'Choir' : undefined,
    )
    await stores.close()
  })
}
