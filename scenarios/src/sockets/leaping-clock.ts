/**
 * The machine's clock, which a test can put forward: what is due by then runs at once. For limits of minutes over real
 * sockets, where bytes take real time and waiting would take too long.
 */
import type { Clock, Timer } from 'proto/clock'
import { realClock } from 'proto/system'

interface Planned {
  readonly at: number
  readonly task: () => void
  real: Timer
}

export class LeapingClock implements Clock {
  readonly #planned = new Set<Planned>()
  #ahead = 0

  now(): number {
    return realClock.now() + this.#ahead
  }

  elapsed(): number {
    return realClock.elapsed() + this.#ahead
  }

  after(delayMs: number, task: () => void): Timer {
    const planned: Planned = { at: this.now() + delayMs, task, real: { cancel() {} } }
    planned.real = realClock.after(delayMs, () => this.#run(planned))
    this.#planned.add(planned)
    return {
      cancel: () => {
        planned.real.cancel()
        this.#planned.delete(planned)
      },
    }
  }

  soon(task: () => void): void {
    realClock.soon(task)
  }

  /** Puts the clock forward; tasks run in the order of their times, each when the clock shows it. */
  leap(ms: number): void {
    const from = realClock.now() + this.#ahead
    const end = from + ms
    for (;;) {
      const next = [...this.#planned].filter(({ at }) => at <= end).sort((a, b) => a.at - b.at)[0]
      if (!next) break
      this.#ahead = Math.max(this.#ahead, next.at - realClock.now())
      this.#run(next)
    }
    this.#ahead = Math.max(this.#ahead, end - realClock.now())
  }

  #run(planned: Planned): void {
    planned.real.cancel()
    if (this.#planned.delete(planned)) planned.task()
  }
}
