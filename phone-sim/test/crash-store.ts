/**
 * A phone's store that can be killed around any transaction. The file as the disk has it at that instant is copied
 * aside, as a killed process leaves it; from then on the abandoned objects can neither write nor send.
 */
import { cpSync, existsSync } from 'node:fs'
import type { Clock } from 'proto/clock'
import { TetherError } from 'proto/errors'
import type { Link } from 'proto/link'
import { openPhoneStore } from '../src/store-sqlite.ts'
import type { PhoneStore } from '../src/store.ts'

export type Instant = 'before' | 'after'

export class CrashStore {
  readonly #path: string
  readonly #real: PhoneStore
  readonly store: PhoneStore
  /** Transactions since the crash was planned. */
  transactions = 0
  dead = false
  /** Told at the instant of the crash. */
  onCrash: () => void = () => undefined
  #planned = 0
  #instant: Instant = 'before'

  constructor(path: string, clock: Clock) {
    this.#path = path
    this.#real = openPhoneStore(path, { clock })
    this.store = {
      ...this.#real,
      transaction: (work) => this.#transaction(work),
      afterCommit: (task) =>
        this.#real.afterCommit(() => {
          if (!this.dead) task()
        }),
    }
  }

  /** Kills the phone before the k-th transaction from now on begins, or after it is durable and before anything follows. */
  plan(transaction: number, instant: Instant): void {
    this.transactions = 0
    this.#planned = transaction
    this.#instant = instant
  }

  /** Kills the phone now. The file to go on with is at the path given back. */
  kill(): string {
    const image = `${this.#path}.left`
    if (this.dead) return image
    this.dead = true
    for (const end of ['', '-wal']) if (existsSync(this.#path + end)) cpSync(this.#path + end, image + end)
    this.onCrash()
    return image
  }

  /** A way to the server that ends with the phone. */
  connect(connect: () => Promise<Link>): () => Promise<Link> {
    return () => (this.dead ? Promise.reject(new TetherError('TETHER_ERR_PHONE_AWAY', 'killed')) : connect())
  }

  #transaction<T>(work: () => T): T {
    if (this.dead) throw new Error('killed')
    const isHere = ++this.transactions === this.#planned
    if (isHere && this.#instant === 'before') {
      this.kill()
      throw new Error('killed')
    }
    return this.#real.transaction(() => {
      if (isHere) this.#real.afterCommit(() => this.kill())
      return work()
    })
  }
}
