/**
 * The stores of a server as the model needs them: with a life that can end at once. In a file, what the kernel has is
 * what the next life opens, commits or not, and nothing is closed first. In memory nothing outlives the process, and
 * the next life begins with nothing: that is all that can truly be promised there.
 */
import { copyFileSync, existsSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { openDatabase } from 'database'
import type { Clock } from 'proto/clock'
import { seededEntropy } from 'proto/entropy'
import { realClock } from 'proto/system'
import { openStores } from 'server/store-sqlite'
import { serverSchema } from 'server/store-sqlite-schema'
import type { Stores } from 'server/stores'

export type DriverName = 'file' | 'memory'

/** Files in memory where there are any: a death leaves what the kernel has, and that needs no disk. */
const FOLDER = existsSync('/dev/shm') ? '/dev/shm' : tmpdir()

/** Commits are gathered as always, or held back until told. */
class CommitClock implements Clock {
  #held: (() => void)[] | null = null

  now(): number {
    return realClock.now()
  }

  elapsed(): number {
    return realClock.elapsed()
  }

  after(delayMs: number, task: () => void): ReturnType<Clock['after']> {
    return realClock.after(delayMs, task)
  }

  soon(task: () => void): void {
    if (this.#held) this.#held.push(task)
    else realClock.soon(task)
  }

  hold(): void {
    this.#held = []
  }

  release(): void {
    this.#held = null
  }

  /** Makes the commits that are due, in this very moment: nobody has been told of them yet. */
  commitNow(): void {
    for (const task of this.#held?.splice(0) ?? []) task()
  }
}

/** Folders of drivers that have not finished: a history that failed leaves its own until the process ends. */
const unfinished = new Set<string>()
process.on('exit', () => {
  for (const folder of unfinished) rmSync(folder, { recursive: true, force: true })
})

export class StoresDriver {
  readonly name: DriverName
  readonly #folder: string
  readonly #clock = new CommitClock()
  #life = 0
  #stores: Stores | null = null

  private constructor(name: DriverName) {
    this.name = name
    this.#folder = mkdtempSync(join(FOLDER, 'stores-model-'))
    unfinished.add(this.#folder)
  }

  static async open(name: DriverName): Promise<StoresDriver> {
    const driver = new StoresDriver(name)
    await driver.#open()
    return driver
  }

  get stores(): Stores {
    if (!this.#stores) throw new Error('between two lives')
    return this.#stores
  }

  /** Closed in order and opened again; in memory that loses everything, too. */
  async restart(): Promise<void> {
    await this.stores.close()
    await this.#open()
  }

  /**
   * Hands `inFlight` in, then dies: before the commit of it, or after the commit and before anybody is told. The
   * promises of the old life are of no interest to anyone.
   */
  async crash(
    inFlight: (stores: Stores) => readonly Promise<unknown>[],
    isCommitted: boolean,
  ): Promise<void> {
    const dying = this.stores
    this.#clock.hold()
    const unheard = inFlight(dying).map((promise) => promise.catch(() => null))
    if (isCommitted) this.#clock.commitNow()
    const [before, after] = [this.#path(this.#life), this.#path(this.#life + 1)]
    if (this.name === 'file') {
      mkdirSync(join(after, '..'))
      for (const end of ['', '-wal']) if (existsSync(before + end)) copyFileSync(before + end, after + end)
    }
    this.#life += 1
    await dying.close() // the copy is taken: this only lets go of the old file
    await Promise.all(unheard)
    await this.#open()
  }

  /** Ends it, and says which counters do not equal the rows that they count. */
  async finish(): Promise<readonly unknown[]> {
    await this.stores.close()
    const wrong = this.name === 'file' ? this.#wrongCounters() : []
    rmSync(this.#folder, { recursive: true })
    unfinished.delete(this.#folder)
    return wrong
  }

  #wrongCounters(): readonly unknown[] {
    const db = openDatabase(this.#path(this.#life), serverSchema)
    const wrong = db.all(
      `SELECT 'mailbox' AS what, number, mails, bytes FROM mailboxes
       WHERE mails <> (SELECT count(*) FROM mail WHERE recipient = number)
          OR bytes <> (SELECT coalesce(sum(length(body)), 0) FROM mail WHERE recipient = number)
       UNION ALL
       SELECT 'share', recipient, mails, 0 FROM mailShares
       WHERE mails <> (SELECT count(*) FROM mail
                       WHERE mail.recipient = mailShares.recipient AND mail.sender = mailShares.sender)
       UNION ALL
       SELECT 'no share', recipient, count(*), 0 FROM mail
       WHERE NOT EXISTS (SELECT 1 FROM mailShares
                         WHERE mailShares.recipient = mail.recipient AND mailShares.sender = mail.sender)
       GROUP BY recipient
       UNION ALL
       SELECT 'prekey that was given out', number, id, 0 FROM prekeys JOIN prekeyMarks USING (number, id)`,
    )
    db.close()
    return wrong
  }

  async #open(): Promise<void> {
    const path = this.name === 'file' ? this.#path(this.#life) : ':memory:'
    if (this.name === 'file') mkdirSync(join(path, '..'), { recursive: true })
    this.#clock.release()
    // each life draws the same ids again, as a restarted server with a seed does
    this.#stores = await openStores(path, { clock: this.#clock, entropy: seededEntropy('stores') })
  }

  #path(life: number): string {
    return join(this.#folder, String(life), 'server.db')
  }
}
