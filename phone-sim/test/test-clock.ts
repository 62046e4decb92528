/** A clock that stands still until a test moves it. Input still flows: `soon` runs in the next turn. */
import type { Clock, Timer } from 'proto/clock'

interface Planned {
  readonly at: number
  readonly order: number
  readonly task: () => void
}

export class TestClock implements Clock {
  #now: number
  #order = 0
  #planned: Planned[] = []
  /** How wrong the time of day is; what has passed stays true, and timers keep to that. */
  aheadMs = 0

  constructor(now = 1_600_000_000_000) {
    this.#now = now
  }

  now(): number {
    return this.#now + this.aheadMs
  }

  elapsed(): number {
    return this.#now
  }

  after(delayMs: number, task: () => void): Timer {
    const planned = { at: this.#now + delayMs, order: this.#order++, task }
    this.#planned.push(planned)
    return { cancel: () => void (this.#planned = this.#planned.filter((other) => other !== planned)) }
  }

  soon(task: () => void): void {
    setImmediate(task)
  }

  /** Timers that have not run and were not cancelled. */
  get planned(): number {
    return this.#planned.length
  }

  /** Moves on to the next timer and runs what is due then. */
  async next(): Promise<void> {
    await this.advance(Math.min(...this.#planned.map(({ at }) => at)) - this.#now)
  }

  /** Moves on, running what is due in order and letting its effects settle in between. */
  async advance(ms: number): Promise<void> {
    const end = this.#now + ms
    for (;;) {
      const due = this.#planned
        .filter(({ at }) => at <= end)
        .sort((a, b) => a.at - b.at || a.order - b.order)[0]
      if (!due) break
      this.#now = Math.max(this.#now, due.at)
      this.#planned = this.#planned.filter((other) => other !== due)
      due.task()
      await turns(4)
    }
    this.#now = end
    await turns(4)
  }
}

/** Lets what is ready run. */
export async function turns(count: number): Promise<void> {
  for (let turn = 0; turn < count; turn++) await new Promise((resolve) => setImmediate(resolve))
}

/** Waits until it is so; fails when it does not come about. */
export async function until(isSo: () => boolean, what: string): Promise<void> {
  for (let turn = 0; turn < 2_000; turn++) {
    if (isSo()) return
    await turns(1)
  }
  throw new Error(`did not come about: ${what}`)
}
