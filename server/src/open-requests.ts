/**
 * JSON requests of one browser that only its phone can answer, and has not yet: BROWSER_REQUESTS at once. One that is as
 * old as BROWSER_REQUEST_MS counts no more: a phone that leaves some unanswered must not end all asking.
 */
import { limit } from 'proto/limits'

export class OpenRequests {
  /** When each was asked, by its tag, oldest first. */
  readonly #asked = new Map<string, number>()

  /** False when there are too many. One more under a tag takes the place of the one before. */
  ask(tag: string, now: number): boolean {
    this.#asked.delete(tag)
    for (const [old, at] of this.#asked) {
      if (now - at < limit('BROWSER_REQUEST_MS')) break
      this.#asked.delete(old)
    }
    if (this.#asked.size >= limit('BROWSER_REQUESTS')) return false
    this.#asked.set(tag, now)
    return true
  }

  answered(tag: string): void {
    this.#asked.delete(tag)
  }
}
