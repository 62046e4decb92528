/** Calls as the person at the phone makes and takes them. */
import { personJid } from './addresses.ts'
import type { PhoneParts } from './phone-parts.ts'
import type { Queue } from './queue.ts'

export class PhoneCalls {
  readonly #parts: () => PhoneParts
  readonly #queue: Queue

  constructor(parts: () => PhoneParts, queue: Queue) {
    this.#parts = parts
    this.#queue = queue
  }

  /** Lets the phone of this number ring. Rejects with TETHER_ERR_JID, TETHER_ERR_PHONE_AWAY, and what sending throws. */
  call(number: string): Promise<{ id: string }> {
    return this.#queue.run(() => this.#parts().calls.call(personJid(number)))
  }

  /** Takes a call that rings here. Rejects with TETHER_ERR_NOT_FOUND. */
  answer(id: string): Promise<void> {
    return this.#queue.run(() => this.#parts().calls.answer(id))
  }

  /** Hangs up, or declines a call that rings here. Rejects with TETHER_ERR_NOT_FOUND. */
  end(id: string): Promise<void> {
    return this.#queue.run(() => this.#parts().calls.end(id))
  }
}
