/** When to dial again: longer after each failure, with chance in it, so that browsers that lost a server spread out. */
import type { Clock, Timer } from 'proto/clock'
import { type Entropy, fraction } from 'proto/entropy'
import { RETRY_MAX_MS, RETRY_MIN_MS } from './timing.ts'

export class Retry {
  readonly #clock: Clock
  readonly #entropy: Entropy
  #failures = 0
  #timer: Timer | null = null
  #at: number | null = null

  constructor(clock: Clock, entropy: Entropy) {
    this.#clock = clock
    this.#entropy = entropy
  }

  /** When the planned attempt is made, on the clock given; null when none is planned. */
  get at(): number | null {
    return this.#at
  }

  /** Plans `task` between half and all of the present delay, which doubles. */
  plan(task: () => void): void {
    this.cancel()
    const ceilingMs = Math.min(RETRY_MAX_MS, RETRY_MIN_MS * 2 ** this.#failures++)
    const delayMs = Math.round((ceilingMs * (1 + fraction(this.#entropy))) / 2)
    this.#at = this.#clock.now() + delayMs
    this.#timer = this.#clock.after(delayMs, () => {
      this.cancel()
      task()
    })
  }

  cancel(): void {
    this.#timer?.cancel()
    this.#timer = null
    this.#at = null
  }

  /** An attempt has succeeded: the next delay is the shortest again. */
  reset(): void {
    this.cancel()
    this.#failures = 0
  }
}
