/** A clock that moves only when a test says so. Between timers everything that is ready runs, promises included. */
import type { Clock, Timer } from 'proto/clock'

interface Planned {
  readonly at: number
  readonly order: number
  readonly task: () => void
}

export class VirtualClock implements Clock {
  #now = 1_600_000_000_000
  #order = 0
  #planned: Planned[] = []

  now(): number {
    return this.#now
  }

  elapsed(): number {
    return this.#now
  }

  after(delayMs: number, task: () => void): Timer {
    const planned = { at: this.#now + delayMs, order: this.#order++, task }
    this.#planned.push(planned)
    return {
      cancel: () => {
        this.#planned = this.#planned.filter((other) => other !== planned)
      },
    }
  }

  soon(task: () => void): void {
    this.after(0, task)
  }

  /** Lets `durationMs` pass; 0 runs what is ready. */
  async run(durationMs = 0): Promise<void> {
    const end = this.#now + durationMs
    for (;;) {
      await settle()
      const next = this.#planned
        .filter(({ at }) => at <= end)
        .sort((a, b) => a.at - b.at || a.order - b.order)
        .at(0)
      if (next === undefined) break
      this.#planned = this.#planned.filter((other) => other !== next)
      this.#now = Math.max(this.#now, next.at)
      next.task()
    }
    this.#now = end
  }

  /** Timers that are still planned. */
  get waiting(): number {
    return this.#planned.length
  }
}

function settle(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve))
}
