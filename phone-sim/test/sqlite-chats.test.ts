import t, { type Test } from 'tap'
import { openDatabase, type Database } from 'database'
import { chatRows, contactRows, messageRows } from '../src/sqlite-chats.ts'
import { phoneSchema, type Sql } from '../src/sqlite-schema.ts'

/** Statements that read a table from its end until enough is found, or wholly because all of it is shown. */
const scans: readonly RegExp[] = [
  /FROM contact\b.*ORDER BY jid/s,
  /FROM chat\b.*ORDER BY at DESC/s,
  /FROM chat c CROSS JOIN message m/,
  /SELECT text FROM message\b.*ORDER BY position DESC\s+LIMIT/s,
  /FROM \(SELECT \* FROM message ORDER BY position DESC LIMIT \?\)/, // so many and no more
  /FROM message_text t CROSS JOIN message m/, // one or two characters: the index knows none so short
]

function newDatabase(t: Test): Database {
  const database = openDatabase(':memory:', phoneSchema)
  t.teardown(() => database.close())
  return database
}

/** Steps of SQLite's plan; a virtual table is its own index. */
function planOf(database: Database, text: string): string[] {
  const values = Array.from(text.matchAll(/\?/g), () => null)
  const plan = database.all<{ detail: string }>(`EXPLAIN QUERY PLAN ${text}`, ...values)
  return plan.map(({ detail }) => detail)
}
const isScan = (step: string): boolean => /^SCAN [a-z]/.test(step) && !step.includes('VIRTUAL TABLE')

t.test('it finds messages, chats and contacts by an index, however large the history is', async (t) => {
  const database = newDatabase(t)
  const texts = new Set<string>()
  const spy: Sql = (text) => {
    texts.add(text)
    return { run: () => ({ changes: 0, lastRow: 0 }), get: () => undefined, all: () => [] }
  }
  contactRows(spy)
  chatRows(spy)
  messageRows(spy).change({ chat: 'a', fromMe: true, id: '1' }, { status: 1, text: 'b' })
  t.ok(texts.size > 25, `${texts.size} statements`)
  const scanned = new Set<RegExp>()
  for (const text of texts) {
    const plan = planOf(database, text)
    const allowed = scans.find((each) => each.test(text))
    if (allowed && plan.some(isScan)) scanned.add(allowed)
    if (!allowed) t.notOk(plan.some(isScan), `${text.replaceAll(/\s+/g, ' ')}: ${plan.join('; ')}`)
  }
  t.equal(scanned.size, scans.length, 'no more exceptions than are needed')
  t.ok(planOf(database, 'SELECT * FROM message WHERE text = ?').some(isScan), 'it would see one')
})

t.test('it takes a page from the index in its order, without sorting', async (t) => {
  const database = newDatabase(t)
  const pages: string[] = []
  const spy: Sql = (text) => {
    if (/ORDER BY \S*(position|rowid)/.test(text)) pages.push(text)
    return { run: () => ({ changes: 0, lastRow: 0 }), get: () => undefined, all: () => [] }
  }
  messageRows(spy)
  t.ok(pages.length > 8, `${pages.length} statements`)
  for (const text of pages) {
    const plan = planOf(database, text).join('; ')
    t.notMatch(plan, /TEMP B-TREE/, `${text.replaceAll(/\s+/g, ' ')}: ${plan}`)
  }
})
