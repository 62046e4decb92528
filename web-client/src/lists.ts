/**
 * Sees to it that the contact and chat lists come: the legacy client's questions right after opening, and again for
 * a list that neither came unasked nor was answered. Spec 9.2, 9.3.
 */
import type { Clock, Timer } from 'proto/clock'
import type { NodeKind } from './connection.ts'
import { chatListQuery, openingQueries } from './opening.ts'
import { CHAT_LIST_MS } from './timing.ts'

export type ListName = 'contacts' | 'chat'

export class Lists {
  readonly #clock: Clock
  readonly #ask: (type: string, kind: NodeKind) => void
  /** False while the phone is away: it is asked again when it is back. */
  readonly #canAsk: () => boolean
  readonly #listed = new Set<ListName>()
  #timer: Timer | null = null

  constructor(clock: Clock, ask: (type: string, kind: NodeKind) => void, canAsk: () => boolean) {
    this.#clock = clock
    this.#ask = ask
    this.#canAsk = canAsk
  }

  /** A connection is open. */
  opened(): void {
    this.#listed.clear()
    for (const { type, kind } of openingQueries) this.#ask(type, kind)
    this.#plan()
  }

  came(list: ListName): void {
    this.#listed.add(list)
  }

  /** Asks for what should have come and has not. */
  askAgain(): void {
    const missing = [openingQueries[0], chatListQuery].filter(
      ({ type }) => !this.#listed.has(type as ListName),
    )
    if (missing.length === 0) return
    if (this.#canAsk()) for (const { type, kind } of missing) this.#ask(type, kind)
    this.#plan()
  }

  lost(): void {
    this.#timer?.cancel()
  }

  #plan(): void {
    this.#timer?.cancel()
    this.#timer = this.#clock.after(CHAT_LIST_MS, () => this.askAgain())
  }
}
