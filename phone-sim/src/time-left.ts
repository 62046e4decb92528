/**
 * How much longer a browser is allowed, by what has really passed. A consent names a time of day, and a clock that is
 * set back would make it last longer (research S8): so the phone also counts from the moment at which it was given, and
 * whichever is over first ends it. What is left is written down once a minute; a phone that starts again has no more.
 */
import type { Clock } from 'proto/clock'
import type { FactRows } from './store.ts'

export class TimeLeft {
  readonly #facts: FactRows
  readonly #clock: Pick<Clock, 'now' | 'elapsed'>
  /** By login, on the clock that nobody sets. Logins without an end are not here. */
  readonly #ends = new Map<string, number>()

  constructor(facts: FactRows, clock: Pick<Clock, 'now' | 'elapsed'>) {
    this.#facts = facts
    this.#clock = clock
  }

  /** Milliseconds from now on; null: without an end. In the caller's transaction. */
  begin(login: string, ms: number | null): void {
    if (ms === null) {
      this.forget(login)
      return
    }
    this.#ends.set(login, this.#clock.elapsed() + ms)
    this.#facts.put(factOf(login), String(ms))
  }

  /** After a start: until the time of day of its consent, but no longer than what was left when it was last written. */
  restore(login: string, expiresAt: number | null): void {
    if (expiresAt === null) return
    const written = Number(this.#facts.find(factOf(login)) ?? Infinity)
    const ms = Math.min(written, expiresAt - this.#clock.now())
    this.#ends.set(login, this.#clock.elapsed() + ms)
  }

  /** Milliseconds; none or less: it is over. Infinity without an end. */
  of(login: string): number {
    return (this.#ends.get(login) ?? Infinity) - this.#clock.elapsed()
  }

  get isEmpty(): boolean {
    return this.#ends.size === 0
  }

  /** Writes down what is left of each; in the caller's transaction. */
  write(): void {
    for (const login of this.#ends.keys()) this.#facts.put(factOf(login), String(this.of(login)))
  }

  /** In the caller's transaction. */
  forget(login: string): void {
    this.#ends.delete(login)
    this.#facts.remove(factOf(login))
  }
}

const factOf = (login: string): string => `left/${login}`
