/** Counts how attempts to pair end, as far as the server sees (proto/moods). */
import { codeOf } from 'proto/errors'
import { moodOf } from 'proto/moods'
import type { Counters } from './counters.ts'
import type { Pairing } from './pairing.ts'
import type { Browser } from './peers.ts'

export class PairingMoods {
  readonly #counters: Counters
  readonly #pairing: Pairing

  constructor(counters: Counters, pairing: Pairing) {
    this.#counters = counters
    this.#pairing = pairing
  }

  paired(): void {
    this.#counters.add('pairings', 'happy')
  }

  /** A phone was refused this ref. */
  refused(error: unknown, ref: string, clientId: string): void {
    const mood = this.#pairing.isOfAnother(ref, clientId) ? 'scary' : moodOf(codeOf(error))
    this.#counters.add('pairings', mood)
  }

  /** A browser has gone that may have shown a code; call it before its refs are forgotten. */
  left({ connection }: Browser): void {
    if (this.#pairing.current(connection) === null) return
    this.#counters.add('pairings', this.#pairing.shows(connection) ? 'lonely' : 'pruney')
  }
}
