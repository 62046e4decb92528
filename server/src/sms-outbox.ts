/** The simulator's outbox: registration codes end here instead of in a mobile network. Kept in memory, bounded. */
export interface Sms {
  readonly number: string
  readonly code: string
  readonly text: string
  readonly at: number
}

const MAX_NUMBERS = 1_000
const MAX_PER_NUMBER = 10

export class SmsOutbox {
  readonly #byNumber = new Map<string, Sms[]>()

  put(number: string, code: string, at: number): void {
    const sent = this.#byNumber.get(number) ?? []
    this.#byNumber.delete(number) // re-inserted last, so that the first number is the longest unused
    sent.unshift({ number, code, text: `Your Tether code is ${code}. Do not share it.`, at })
    this.#byNumber.set(number, sent.slice(0, MAX_PER_NUMBER))
    if (this.#byNumber.size > MAX_NUMBERS) this.#byNumber.delete(this.#byNumber.keys().next().value!)
  }

  /** Newest first. */
  list(number: string): readonly Sms[] {
    return this.#byNumber.get(number) ?? []
  }
}
