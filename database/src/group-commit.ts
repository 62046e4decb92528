/**
 * Many operations, one sync: what is handed in during one turn of the event loop is committed together. A promise
 * resolves when the operation is on the disk and not before (research R4).
 */
import type { Clock } from 'proto/clock'
import { TetherError } from 'proto/errors'
import { CommitLoad } from './commit-load.ts'
import { assertFinished, type Database } from './database.ts'

/** Bounds how long one commit keeps the event loop; the rest goes into the next. */
const MOST_PER_COMMIT = 256

interface Waiting {
  /** Runs inside the transaction. */
  readonly work: (db: Database) => unknown
  readonly resolve: (value: unknown) => void
  readonly reject: (error: unknown) => void
}

/** Tells the caller, once the commit is through. */
type Outcome = () => void

export class GroupCommit {
  readonly #db: Database
  readonly #clock: Clock
  #queue: Waiting[] = []
  #planned = false
  #closed = false
  /** Transactions so far, and the operations in them. */
  readonly counts = { commits: 0, operations: 0 }
  readonly load = new CommitLoad()

  constructor(db: Database, clock: Clock) {
    this.#db = db
    this.#clock = clock
  }

  /**
   * Runs `work` in the next commit: a throw undoes and rejects this operation alone. When the commit itself fails
   * every operation of it rejects. `work` must not wait for anything, and must change nothing outside the database:
   * when another operation of the commit throws, all are undone and run again, unless that one has not written yet.
   * So who may be refused looks first and writes then: a stranger must not be able to make everybody's commit a slow one.
   */
  commit<T>(work: (db: Database) => T): Promise<T> {
    if (this.#closed) return Promise.reject(new TetherError('TETHER_ERR_INTERNAL', 'the store is closed'))
    return new Promise<T>((resolve, reject) => {
      this.#queue.push({ work, resolve: resolve as (value: unknown) => void, reject })
      this.#plan()
    })
  }

  /** Reads what is committed; operations still waiting are not seen. */
  async read<T>(work: (db: Database) => T): Promise<T> {
    if (this.#closed) throw new TetherError('TETHER_ERR_INTERNAL', 'the store is closed')
    return work(this.#db)
  }

  /** Operations that wait for the next commit. */
  get waiting(): number {
    return this.#queue.length
  }

  /** Commits everything handed in so far, now. */
  flush(): void {
    while (this.#queue.length > 0) this.#commitSome()
  }

  /** Commits what is waiting and refuses the rest; the database stays open. */
  close(): void {
    this.#closed = true
    this.flush()
  }

  #plan(): void {
    if (this.#planned) return
    this.#planned = true
    this.#clock.soon(() => {
      this.#planned = false
      if (this.#queue.length > 0) this.#commitSome()
      if (this.#queue.length > 0) this.#plan()
    })
  }

  #commitSome(): void {
    const batch = this.#queue.splice(0, MOST_PER_COMMIT)
    let outcomes: readonly Outcome[]
    try {
      outcomes = this.#runTogether(batch) ?? this.#runApart(batch)
    } catch (error) {
      for (const { reject } of batch) reject(error)
      return
    }
    this.counts.commits += 1
    this.counts.operations += batch.length
    this.load.operations.add(batch.length)
    for (const settle of outcomes) settle()
  }

  /**
   * As if no operation threw, which is the rule; null when one did that had written something, and then nothing was
   * done. One that only looked is rejected alone, at no cost for the others.
   */
  #runTogether(batch: readonly Waiting[]): readonly Outcome[] | null {
    let threw = false
    try {
      return this.load.run(this.#db, this.#clock, () =>
        batch.map(({ work, resolve, reject }) => {
          const before = this.#db.writes
          threw = true
          try {
            const value = assertFinished(work(this.#db))
            threw = false
            return () => resolve(value)
          } catch (error) {
            if (this.#db.writes !== before) throw error
            threw = false
            return () => reject(error)
          }
        }),
      )
    } catch (error) {
      if (threw) return null
      throw error
    }
  }

  /** Each in its own savepoint, which costs as much as writing a small row. */
  #runApart(batch: readonly Waiting[]): readonly Outcome[] {
    this.load.again += 1
    return this.load.run(this.#db, this.#clock, () => batch.map((waiting) => this.#runOne(waiting)))
  }

  #runOne({ work, resolve, reject }: Waiting): Outcome {
    try {
      const value = this.#db.savepoint(() => work(this.#db))
      return () => resolve(value)
    } catch (error) {
      if (!this.#db.inTransaction) throw error // the whole transaction is gone, and the others with it
      return () => reject(error)
    }
  }
}
