/**
 * Answers and events come on ways of their own, so an answer may be older than an event that was heard before it. This
 * asks again as long as something was heard meanwhile.
 */
const TRIES = 5

export class FreshAnswers {
  #heard = 0

  /** Something was heard that an answer under way may not know. */
  heard(): void {
    this.#heard += 1
  }

  /** An answer that is as new as everything heard so far; the last of a few in a storm of events. */
  async ask<T>(question: () => Promise<T>): Promise<T> {
    for (let left = TRIES; ; left--) {
      const before = this.#heard
      const answer = await question()
      if (before === this.#heard || left === 1) return answer
    }
  }
}
