/**
 * When a browser is read from: not while it is beyond its rate, while its phone has more to take than it may, while its
 * own requests wait in numbers, or while it takes less than it causes to be sent. Each ends by itself, and nothing is lost.
 */
import type { Clock, Timer } from 'proto/clock'
import { limit } from 'proto/limits'
import type { Link } from 'proto/link'
import type { Counters } from './counters.ts'
import { TokenBucket } from './token-bucket.ts'

/** Why nothing is read; several at once are a sum. */
const PAUSED = { byRate: 1, byPhone: 2, byWork: 4, byQueue: 8 } as const
type Reason = keyof typeof PAUSED
/** A phone that was full is looked at again so often. */
const LOOK_MS = 50

interface PaceParts {
  readonly clock: Clock
  readonly counters: Counters
}

export class BrowserPace {
  readonly #parts: PaceParts
  readonly #link: Link
  readonly #bucket: TokenBucket
  /** A sum of PAUSED; 0: it is read. */
  #paused = 0
  /** When it was read again after a pause. */
  readSince = 0
  #rateTimer: Timer | null = null
  #readAgainAt = 0
  #phoneTimer: Timer | null = null

  constructor(parts: PaceParts, link: Link) {
    this.#parts = parts
    this.#link = link
    this.#bucket = new TokenBucket(
      limit('BROWSER_FRAMES_BURST'),
      1000 / limit('BROWSER_FRAMES_RATE'),
      parts.clock.now(),
    )
  }

  get isPaused(): boolean {
    return this.#paused !== 0
  }

  isPausedBy(why: Reason): boolean {
    return (this.#paused & PAUSED[why]) !== 0
  }

  /** One frame, ping or pong more; what has come in beyond the rate is waited for before more is read. */
  spend(now: number): void {
    const waitMs = this.#bucket.spend(now)
    if (waitMs === 0) return
    this.#parts.counters.add('limits', 'BROWSER_FRAMES_BURST')
    this.#readAgainAt = now + waitMs
    if (this.#rateTimer) return
    this.pause('byRate')
    this.#readLater(waitMs)
  }

  #readLater(waitMs: number): void {
    const { clock } = this.#parts
    this.#rateTimer = clock.after(waitMs, () => {
      const moreMs = this.#readAgainAt - clock.now()
      if (moreMs > 0) return this.#readLater(moreMs)
      this.#rateTimer = null
      this.readOn('byRate')
    })
  }

  /** Its phone takes less than this browser sends: nothing is lost, and the phone is not cut off. */
  waitForPhone(isFull: () => boolean): void {
    if (this.#phoneTimer) return
    this.#parts.counters.add('limits', 'PHONE_QUEUE_BYTES')
    this.pause('byPhone')
    this.#lookAtPhone(isFull)
  }

  #lookAtPhone(isFull: () => boolean): void {
    this.#phoneTimer = this.#parts.clock.after(LOOK_MS, () => {
      if (isFull()) return this.#lookAtPhone(isFull)
      this.#phoneTimer = null
      this.readOn('byPhone')
    })
  }

  pause(why: Reason): void {
    this.#paused |= PAUSED[why]
    this.#link.pause()
  }

  /** This reason is over; read again when it was the last. */
  readOn(why: Reason): void {
    this.#paused &= ~PAUSED[why]
    if (this.#paused !== 0) return
    this.readSince = this.#parts.clock.now()
    this.#link.resume()
  }

  /** The connection is over. */
  cancel(): void {
    this.#rateTimer?.cancel()
    this.#phoneTimer?.cancel()
  }
}
