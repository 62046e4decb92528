/**
 * A clock that moves only when told to. Timers fire in the order (time, insertion); after each one all work that it
 * started in this process is finished before the next fires, so the same script gives the same run.
 */
import type { Clock, Timer } from 'proto/clock'
import { TetherError } from 'proto/errors'
import { turn } from './event-loop.ts'
import { TimerQueue } from './timer-queue.ts'

/** Noon on 1 June 2019 (UTC), in ms: where virtual time starts unless told otherwise. */
export const VIRTUAL_START_MS = 1_559_390_400_000

const QUIET_TURNS = 2
const DEFAULT_WITHIN_MS = 60_000

export interface Within {
  /** How much virtual time may pass before the wait is given up, in ms (default 60 000). */
  readonly withinMs?: number
}

export class VirtualClock implements Clock {
  #now: number
  #queue = new TimerQueue()
  #busy = 0
  #running = false
  #frozen = false

  constructor(startMs: number = VIRTUAL_START_MS) {
    this.#now = startMs
  }

  now(): number {
    return this.#now
  }

  /** Time that nobody has set: of a party whose clock is wrong (wrong-clock.ts) this is what remains right. */
  elapsed(): number {
    return this.#now
  }

  after(delayMs: number, task: () => void): Timer {
    return this.#queue.add(this.#now + Math.max(0, Math.ceil(delayMs)), task)
  }

  soon(task: () => void): void {
    this.#queue.add(this.#now, task)
  }

  /** Timers that are still to fire. */
  get planned(): number {
    return this.#queue.size
  }

  /**
   * Says that real work (an HTTP request in this process) is in flight. Time stands until the returned function is
   * called; what is planned for the present instant still runs, as the work may wait for it.
   */
  busy(): () => void {
    this.#busy++
    let ended = false
    return () => {
      if (!ended) this.#busy--
      ended = true
    }
  }

  /** Keeps time standing while `work` is in flight. */
  async during<T>(work: () => Promise<T>): Promise<T> {
    const done = this.busy()
    try {
      return await work()
    } finally {
      done()
    }
  }

  /** Ends the run in progress after the present event; what is planned stays planned and the next call goes on. */
  freeze(): void {
    this.#frozen = true
  }

  /** Fires the next timer, however far away it is, and finishes what it started. False when none is planned. */
  step(): Promise<boolean> {
    return this.#exclusively(async () => {
      await this.#drain()
      return await this.#advance(Infinity)
    })
  }

  /** Lets `ms` pass. Every timer in between fires at its own time. */
  runFor(ms: number): Promise<void> {
    return this.#exclusively(async () => {
      const end = this.#now + ms
      await this.#drain()
      while (!this.#frozen && (await this.#advance(end)));
      if (!this.#frozen) this.#now = Math.max(this.#now, end)
    })
  }

  /** Finishes everything that is ready at this instant; no time passes. */
  settle(): Promise<void> {
    return this.runFor(0)
  }

  /** Moves time at once, as a machine that slept does: timers of the meantime fire late, at the new time, in their old order. */
  jump(ms: number): Promise<void> {
    return this.#exclusively(async () => {
      await this.#drain()
      this.#now += ms
      await this.#drain()
      while (!this.#frozen && (await this.#advance(this.#now)));
    })
  }

  /** Runs until `predicate` holds, looked at after every event. Throws TETHER_ERR_WAIT when it does not hold in time. */
  runUntil(predicate: () => boolean, { withinMs = DEFAULT_WITHIN_MS }: Within = {}): Promise<void> {
    return this.#exclusively(async () => {
      const end = this.#now + withinMs
      await this.#drain()
      while (!predicate()) {
        if (this.#frozen) return
        if (!(await this.#advance(end))) {
          this.#now = Math.max(this.#now, end)
          throw new TetherError('TETHER_ERR_WAIT', `${withinMs} ms of virtual time`)
        }
      }
    })
  }

  /** Runs until `promise` settles and gives its outcome. */
  async finish<T>(promise: Promise<T>, within?: Within): Promise<T> {
    let settled = false
    const mark = () => void (settled = true)
    promise.then(mark, mark)
    await this.runUntil(() => settled, within)
    return await promise
  }

  /** One event, or a little of the work in flight; false when there is neither until then. */
  async #advance(until: number): Promise<boolean> {
    const isBusy = this.#busy > 0
    const event = this.#queue.takeUntil(isBusy ? Math.min(this.#now, until) : until)
    if (!event && !isBusy) return false
    if (event) {
      this.#now = Math.max(this.#now, event.at)
      event.task()
    }
    await this.#drain()
    return true
  }

  async #drain(): Promise<void> {
    for (let quiet = 0; quiet < QUIET_TURNS; quiet++) await turn()
  }

  async #exclusively<T>(work: () => Promise<T>): Promise<T> {
    if (this.#running) throw new TetherError('TETHER_ERR_STATE', 'this clock is running already')
    this.#running = true
    this.#frozen = false
    try {
      return await work()
    } finally {
      this.#running = false
    }
  }
}
