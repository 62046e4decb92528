/**
 * When everybody was last seen. People come and go all the time, so times are gathered and written together: a crash
 * loses the last LAST_SEEN_FLUSH_MS of them, a stop none.
 */
import type { Timer } from 'proto/clock'
import { limit } from 'proto/limits'
import type { Context } from './context.ts'

export class LastSeen {
  readonly #context: Pick<Context, 'clock' | 'stores' | 'log'>
  #unwritten = new Map<string, number>()
  #timer: Timer | null = null

  constructor(context: Pick<Context, 'clock' | 'stores' | 'log'>) {
    this.#context = context
  }

  /** Seen now. */
  saw(number: string): void {
    const { clock } = this.#context
    this.#unwritten.set(number, clock.now())
    this.#timer ??= clock.after(limit('LAST_SEEN_FLUSH_MS'), () => void this.flush())
  }

  /** Milliseconds since 1970; null when never seen. */
  async find(number: string): Promise<number | null> {
    return this.#unwritten.get(number) ?? (await this.#context.stores.profiles.lastSeen(number))
  }

  /** Writes what was gathered; what cannot be written is tried again with the next. */
  async flush(): Promise<void> {
    this.#timer?.cancel()
    this.#timer = null
    const seen = this.#unwritten
    if (seen.size === 0) return
    try {
      await this.#context.stores.profiles.saveLastSeen(seen)
      for (const [number, at] of seen) if (this.#unwritten.get(number) === at) this.#unwritten.delete(number)
    } catch (error) {
      this.#context.log.error({ err: error }, 'times last seen could not be written')
    }
  }
}
