/** What the kill loop's judge must see: files of a real run are damaged, each in one way, and it names the damage. */
import { cpSync } from 'node:fs'
import { join } from 'node:path'
import t from 'tap'
import { openDatabase, type Database, type Schema } from 'database'
import { phoneSchema } from 'phone-sim/sqlite-schema'
import { messageStatus } from 'proto/web-message'
import { serverSchema } from 'server/store-sqlite-schema'
import { killLoop, killPeople } from '../src/kill-loop.ts'
import { fileOf, judgeFiles, serverFileOf, type Verdict } from '../src/kill-verdict.ts'

const [writer, reader] = killPeople
const UNSTORED = 'answered, and nowhere'

type Found = Exclude<keyof Verdict, 'acked'>

interface Damage {
  readonly what: string
  readonly found: Found
  readonly file: (folder: string) => string
  readonly schema: Schema
  readonly sql: string
}

const inReader = { file: (folder: string) => fileOf(folder, reader), schema: phoneSchema }
const inWriter = { file: (folder: string) => fileOf(folder, writer), schema: phoneSchema }
const inRelay = { file: serverFileOf, schema: serverSchema }

// prettier-ignore
const damages: readonly Damage[] = [
  { what: 'a message that was acknowledged and is not with its reader', found: 'lost', ...inReader,
    sql: 'DELETE FROM message WHERE position = (SELECT max(position) FROM message WHERE from_me = 0)' },
  { what: 'a message that its reader has twice', found: 'doubled', ...inReader,
    sql: `INSERT INTO message (chat, from_me, id, at, status, seen, hidden, text, type, info)
          SELECT chat, from_me, 'COPY', at, status, seen, hidden, text, type, info FROM message WHERE from_me = 0 LIMIT 1` },
  { what: 'a message behind those that came after it', found: 'disordered', ...inReader,
    sql: 'UPDATE message SET position = 1000000 WHERE position = (SELECT min(position) FROM message WHERE from_me = 0)' },
  { what: 'a tick that says less than is true', found: 'broken', ...inWriter,
    sql: `UPDATE message SET status = ${messageStatus.SERVER_ACK} WHERE position = (SELECT max(position) FROM message WHERE from_me = 1)` },
  { what: 'mail that a phone could not read', found: 'broken', ...inWriter,
    sql: "INSERT INTO audit (at, kind, fields) VALUES (1, 'mail.unreadable', '{}')" },
  { what: 'a record of the relay that was changed', found: 'broken', ...inRelay,
    sql: "UPDATE audit SET number = 'another' WHERE place = 2" },
  { what: 'a row of the relay that belongs to nobody', found: 'broken', ...inRelay,
    sql: "PRAGMA foreign_keys = OFF; INSERT INTO mailShares VALUES ('1', '2', 1)" },
]

t.test('the files of a run in which all is well, and each damage in a copy of them', async (t) => {
  const folder = t.testdir({ run: {}, copies: {} })
  const run = join(folder, 'run')
  const {
    acked,
    kills: _,
    seconds,
    ...found
  } = await killLoop({ seed: 'verdict', folder: run, messages: 400 })
  t.strictSame(found, { lost: [], doubled: [], disordered: [], broken: [] }, `${acked} in ${seconds} s`)

  for (const [at, { what, found, file, schema, sql }] of damages.entries()) {
    const copy = join(folder, 'copies', String(at))
    cpSync(run, copy, { recursive: true })
    change(openDatabase(file(copy), schema), sql)
    const verdict = await judgeFiles(copy, killPeople, new Map())
    t.not(verdict[found].length, 0, `${found}: ${what}`)
  }
  const unstored = await judgeFiles(run, killPeople, new Map([[writer.number, [UNSTORED]]]))
  t.same(unstored.lost, [UNSTORED])
})

function change(db: Database, sql: string): void {
  db.exec(sql)
  db.close()
}
