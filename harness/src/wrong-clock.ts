/** The clock of a machine whose time of day is wrong, or is set while it runs. Timers, and what has passed, stay true. */
import type { Clock, Timer } from 'proto/clock'

export class WrongClock implements Clock {
  readonly #true: Clock
  /** How far the time of day is ahead of the true one, in ms; below 0: behind. */
  aheadMs = 0

  constructor(trueClock: Clock) {
    this.#true = trueClock
  }

  now(): number {
    return this.#true.now() + this.aheadMs
  }

  elapsed(): number {
    return this.#true.elapsed()
  }

  after(delayMs: number, task: () => void): Timer {
    return this.#true.after(delayMs, task)
  }

  soon(task: () => void): void {
    this.#true.soon(task)
  }
}
