/** How a story waits: the same three words in virtual and in real time. */
import { TetherError } from 'proto/errors'
import { realClock } from 'proto/system'
import { sleep } from 'proto/clock'
import type { VirtualClock, Within } from './virtual-clock.ts'

export interface Pace {
  /** Lets time pass, in ms. */
  pass(ms: number): Promise<void>
  /** Until `predicate` holds; throws TETHER_ERR_WAIT when it does not in time (default: 60 s virtual, 10 s real). */
  until(predicate: () => boolean, within?: Within): Promise<void>
  /** Until `promise` settles; its outcome. */
  finish<T>(promise: Promise<T>, within?: Within): Promise<T>
  /** Keeps virtual time standing while real work is in flight. */
  during<T>(work: () => Promise<T>): Promise<T>
}

const REAL_WITHIN_MS = 10_000
const LOOK_EVERY_MS = 5

export function virtualPace(clock: VirtualClock): Pace {
  return {
    pass: (ms) => clock.runFor(ms),
    until: (predicate, within) => clock.runUntil(predicate, within),
    finish: (promise, within) => clock.finish(promise, within),
    during: (work) => clock.during(work),
  }
}

export function realPace(): Pace {
  return {
    pass: (ms) => sleep(realClock, ms),
    async until(predicate, { withinMs = REAL_WITHIN_MS } = {}) {
      const end = realClock.now() + withinMs
      while (!predicate()) {
        if (realClock.now() > end) throw new TetherError('TETHER_ERR_WAIT', `${withinMs} ms`)
        await sleep(realClock, LOOK_EVERY_MS)
      }
    },
    async finish(promise, { withinMs = REAL_WITHIN_MS } = {}) {
      let cancel = () => {}
      const late = new Promise<never>((_resolve, reject) => {
        const timer = realClock.after(withinMs, () =>
          reject(new TetherError('TETHER_ERR_WAIT', `${withinMs} ms`)),
        )
        cancel = () => timer.cancel()
      })
      try {
        return await Promise.race([promise, late])
      } finally {
        cancel()
      }
    },
    during: (work) => work(),
  }
}
