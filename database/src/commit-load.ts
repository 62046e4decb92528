/** How long transactions take, their work and their sync apart, for operators. Times are those of the clock given. */
import type { Clock } from 'proto/clock'
import { COMMIT_S, COMMIT_SIZES } from 'proto/measures'
import { Buckets } from 'proto/meters'
import type { Database } from './database.ts'

export class CommitLoad {
  readonly work = new Buckets(COMMIT_S)
  readonly sync = new Buckets(COMMIT_S)
  /** Operations that shared one transaction. */
  readonly operations = new Buckets(COMMIT_SIZES)
  /** Transactions that were undone and run again, since one of their operations had written something and threw. */
  again = 0

  /** Runs a transaction; one that fails is not measured. */
  run<T>(db: Database, clock: Clock, work: () => T): T {
    const begun = clock.now()
    let worked = begun
    const result = db.transaction(work, () => (worked = clock.now()))
    this.work.addMs(worked - begun)
    this.sync.addMs(clock.now() - worked)
    return result
  }
}
