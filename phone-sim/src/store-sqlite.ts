/** A phone's store in one SQLite file, or in memory. Opening, locking and durability are the database package's. */
import { CommitLoad, openDatabase } from 'database'
import type { Clock } from 'proto/clock'
import { auditRows, factRows, inboxRows, outboxRows, receiptRows, vaultRows } from './sqlite-mail.ts'
import { groupRows, readerRows } from './sqlite-groups.ts'
import { chatRows, contactRows, messageRows } from './sqlite-chats.ts'
import { mediaRows } from './sqlite-media.ts'
import { storeCounts } from './sqlite-counts.ts'
import { phoneSchema, type Sql } from './sqlite-schema.ts'
import type { PhoneStore } from './store.ts'

export interface PhoneStoreOptions {
  readonly clock: Clock
  /** Measures the transactions of this store, with those of others. */
  readonly load?: CommitLoad | undefined
}

/**
 * Opens or creates the store at `path` (`:memory:` for none). Throws TETHER_ERR_STORE_VERSION for a file of another
 * program or version, TETHER_ERR_STORE_DAMAGED, _LOCKED, _DURABILITY or _WRITE; the file is then as it was.
 */
export function openPhoneStore(
  path: string,
  { clock, load = new CommitLoad() }: PhoneStoreOptions,
): PhoneStore {
  const database = openDatabase(path, phoneSchema)
  const sql: Sql = (text) => ({
    run: (...values) => database.run(text, ...values),
    get: (...values) => database.get(text, ...values),
    all: (...values) => database.all(text, ...values),
  })
  let afterwards: (() => void)[] = []
  return {
    facts: factRows(sql),
    vault: vaultRows(sql, clock),
    contacts: contactRows(sql),
    chats: chatRows(sql),
    messages: messageRows(sql),
    media: mediaRows(sql),
    groups: groupRows(sql),
    readers: readerRows(sql),
    outbox: outboxRows(sql),
    receipts: receiptRows(sql),
    inbox: inboxRows(sql),
    audit: auditRows(sql),
    counts: storeCounts(sql),
    transaction(work) {
      let result: ReturnType<typeof work>
      try {
        result = load.run(database, clock, work)
      } catch (error) {
        afterwards = []
        throw error
      }
      const tasks = afterwards
      afterwards = []
      runAll(tasks)
      return result
    },
    afterCommit(task) {
      if (database.inTransaction) afterwards.push(task)
      else task()
    },
    close: () => database.close(),
  }
}

/** One that throws does not keep the others from running; its error is thrown at the end. */
function runAll(tasks: readonly (() => void)[]): void {
  const failures: unknown[] = []
  for (const task of tasks) {
    try {
      task()
    } catch (error) {
      failures.push(error)
    }
  }
  if (failures.length > 0) throw failures[0]
}
