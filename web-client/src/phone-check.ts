/**
 * Is the phone there? The server says nothing when it is not, so silence is the only sign: a request that needs the
 * phone and has no answer for PHONE_SILENT_MS makes us ask, again and again, until something of the phone is heard
 * (spec 12). Does not know what the requests are; on an idle connection the question itself is one.
 */
import { type Clock, every, type Timer } from 'proto/clock'
import { GIVE_UP_AFTER_PONG_MS, PHONE_SILENT_MS, PHONE_TEST_MS } from './timing.ts'

export interface PhoneCheckHandlers {
  /** Sends `admin test`. */
  test(): void
  silent(): void
  heard(): void
  /** The phone is back and has still not answered this request. */
  gaveUp(tag: string): void
}

export class PhoneCheck {
  readonly #clock: Clock
  readonly #handlers: PhoneCheckHandlers
  /** Requests without an answer; the timer waits for silence or, once the phone is back, for giving up. */
  readonly #waiting = new Map<string, Timer>()
  #tests: Timer | null = null

  constructor(clock: Clock, handlers: PhoneCheckHandlers) {
    this.#clock = clock
    this.#handlers = handlers
  }

  waitFor(tag: string): void {
    this.#waiting.get(tag)?.cancel()
    this.#waiting.set(
      tag,
      this.#clock.after(PHONE_SILENT_MS, () => this.#suspect()),
    )
  }

  /** Whether the phone is silent, and asked again and again already. */
  get isAsking(): boolean {
    return this.#tests !== null
  }

  /** An answer came, from whomever. */
  answered(tag: string): void {
    this.#waiting.get(tag)?.cancel()
    this.#waiting.delete(tag)
  }

  /** Something came that only the phone can have sent. */
  heard(): void {
    if (this.#tests === null) return
    this.#tests.cancel()
    this.#tests = null
    this.#handlers.heard()
    for (const [tag, timer] of this.#waiting) {
      timer.cancel()
      this.#waiting.set(
        tag,
        this.#clock.after(GIVE_UP_AFTER_PONG_MS, () => this.#giveUp(tag)),
      )
    }
  }

  /** It is known to be away; it is asked in a while, unless it is heard of before. */
  away(): void {
    if (this.#tests !== null) return
    this.#tests = every(this.#clock, PHONE_TEST_MS, () => this.#handlers.test())
    this.#handlers.silent()
  }

  stop(): void {
    for (const timer of this.#waiting.values()) timer.cancel()
    this.#waiting.clear()
    this.#tests?.cancel()
    this.#tests = null
  }

  #suspect(): void {
    if (this.#tests !== null) return
    this.away()
    this.#handlers.test()
  }

  #giveUp(tag: string): void {
    this.#waiting.delete(tag)
    this.#handlers.gaveUp(tag)
  }
}
