/** A clock that moves only when a test says so. */
import type { Clock, Timer } from 'proto/clock'

export class ManualClock implements Clock {
  #now: number
  #tasks: { at: number; task: () => void }[] = []

  constructor(startMs = 1_600_000_000_000) {
    this.#now = startMs
  }

  now(): number {
    return this.#now
  }

  elapsed(): number {
    return this.#now
  }

  after(delayMs: number, task: () => void): Timer {
    const planned = { at: this.#now + delayMs, task }
    this.#tasks.push(planned)
    return { cancel: () => void (this.#tasks = this.#tasks.filter((each) => each !== planned)) }
  }

  /** Timers that are still to fire. */
  get planned(): number {
    return this.#tasks.length
  }

  soon(task: () => void): void {
    setImmediate(task) // stores gather real commits with it; time does not move
  }

  /** Lets time pass; timers fire at their own times, and what they start is finished before the next. */
  async pass(ms: number): Promise<void> {
    const end = this.#now + ms
    for (;;) {
      await settled()
      const next = this.#tasks.filter(({ at }) => at <= end).sort((a, b) => a.at - b.at)[0]
      if (!next) break
      this.#tasks = this.#tasks.filter((each) => each !== next)
      this.#now = Math.max(this.#now, next.at)
      next.task()
    }
    this.#now = end
  }
}

/** Some turns of the event loop: what stores and handlers have begun is done then. */
export async function settled(): Promise<void> {
  for (let turn = 0; turn < 6; turn++) await new Promise((resolve) => setImmediate(resolve))
}
