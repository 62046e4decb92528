/**
 * The one place where the machine's own time, timers and randomness are read. Programs pass these down; no other
 * file of the project may name Date.now, setTimeout, Math.random or a random source (a lint rule holds it).
 */
import type { Clock, Timer } from './clock.ts'
import type { Entropy } from './entropy.ts'

class SystemTimer implements Timer {
  readonly #timer: ReturnType<typeof setTimeout>

  constructor(delayMs: number, task: () => void) {
    this.#timer = setTimeout(task, delayMs)
  }

  cancel(): void {
    clearTimeout(this.#timer)
  }
}

export const realClock: Clock = {
  now: () => Date.now(),
  elapsed: () => Math.floor(performance.now()),
  after: (delayMs, task) => new SystemTimer(delayMs, task),
  soon(task) {
    if (typeof setImmediate === 'function') setImmediate(task)
    else setTimeout(task, 0)
  },
}

const MAX_REQUEST_BYTES = 65_536 // getRandomValues gives at most so many at once

export const systemEntropy: Entropy = {
  bytes(length) {
    const out = new Uint8Array(length)
    for (let at = 0; at < length; at += MAX_REQUEST_BYTES) {
      globalThis.crypto.getRandomValues(out.subarray(at, Math.min(length, at + MAX_REQUEST_BYTES)))
    }
    return out
  },
  fork: () => systemEntropy,
}
