/**
 * The time that a client needs to have worked on what it was sent, before more may come (spec 5.6, 7.4): some time at
 * least and, over a WebSocket, until it has answered a ping that was sent behind. A pong proves that the client has
 * read so far, so what comes after it is never in the same read, however long the client or this process stood still.
 */
import type { Clock, Timer } from 'proto/clock'
import { limit } from 'proto/limits'
import type { Link } from 'proto/link'
import type { Counters } from './counters.ts'

interface GapParts {
  readonly clock: Clock
  readonly counters: Counters
}

export class ReadGap {
  readonly #parts: GapParts
  readonly #link: Link
  #leastUntil = 0
  #mostUntil = 0
  #isRead = true
  #begun = 0
  #task: (() => void) | null = null
  #timer: Timer | null = null

  constructor(parts: GapParts, link: Link) {
    this.#parts = parts
    this.#link = link
  }

  /** What was sent last must be read first: the gap lasts `leastMs` and until the pong, but PONG_MS at most. */
  begin(leastMs: number): void {
    const now = this.#parts.clock.now()
    const begun = ++this.#begun
    this.#leastUntil = now + leastMs
    this.#mostUntil = now + Math.max(leastMs, limit('PONG_MS'))
    this.#isRead = this.#link.ping === undefined
    this.#link.ping?.(() => {
      if (begun !== this.#begun) return
      this.#isRead = true
      if (this.#task) this.#look()
    })
  }

  /** Calls `task` once, when the gap is over: in this call when it is over now. */
  whenOver(task: () => void): void {
    this.#task = task
    this.#look()
  }

  cancel(): void {
    this.#timer?.cancel()
    this.#task = null
  }

  get isOver(): boolean {
    return this.#waitMs() <= 0
  }

  #waitMs(): number {
    const now = this.#parts.clock.now()
    return now < this.#leastUntil || this.#isRead ? this.#leastUntil - now : this.#mostUntil - now
  }

  #look(): void {
    this.#timer?.cancel()
    this.#timer = null
    const waitMs = this.#waitMs()
    if (waitMs > 0) {
      this.#timer = this.#parts.clock.after(waitMs, () => this.#look())
      return
    }
    if (!this.#isRead) this.#parts.counters.add('limits', 'PONG_MS')
    const task = this.#task
    this.#task = null
    task?.()
  }
}
