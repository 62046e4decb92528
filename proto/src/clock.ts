/**
 * The time seam. Every package is given a Clock; nothing reads the time or starts a timer on its own.
 * The real clock is in system.ts, the virtual one in the harness.
 */
export interface Clock {
  /** Milliseconds since 1970, as the party that owns this clock sees them. */
  now(): number
  /** Milliseconds by a clock that nobody sets and that never goes back, since some instant: for how long something has lasted. */
  elapsed(): number
  /** Runs `task` once, `delayMs` from now, unless cancelled. Never runs it inside this call. */
  after(delayMs: number, task: () => void): Timer
  /** Runs `task` once the input that is ready now has been read; used to gather work into one commit. */
  soon(task: () => void): void
}

export interface Timer {
  cancel(): void
}

/** Resolves after `delayMs` on `clock`. */
export function sleep(clock: Clock, delayMs: number): Promise<void> {
  return new Promise((resolve) => {
    clock.after(delayMs, resolve)
  })
}

/** Runs `task` every `periodMs` until cancelled; the next run is planned when the task has returned. */
export function every(clock: Clock, periodMs: number, task: () => void): Timer {
  return new Repeating(clock, periodMs, task)
}

/** An object, and no closures: each open connection keeps some of these. */
class Repeating implements Timer {
  readonly #clock: Clock
  readonly #periodMs: number
  readonly #task: () => void
  #next: Timer | null

  constructor(clock: Clock, periodMs: number, task: () => void) {
    this.#clock = clock
    this.#periodMs = periodMs
    this.#task = task
    this.#next = this.#plan()
  }

  cancel(): void {
    this.#next?.cancel()
    this.#next = null
  }

  #plan(): Timer {
    return this.#clock.after(this.#periodMs, () => {
      this.#task()
      if (this.#next) this.#next = this.#plan()
    })
  }
}
