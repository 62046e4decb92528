/** Counts how attempts to pair end, as far as the server sees (proto/moods): each once. */
import { codeOf } from 'proto/errors'
import { serverMoodOf } from 'proto/moods'
import type { Counters } from './counters.ts'
import { BrowserLeft, type Pairing } from './pairing.ts'
import type { Browser } from './peers.ts'

export class PairingMoods {
  readonly #counters: Counters
  readonly #pairing: Pairing
  /** Connections of which a scan was counted: that they leave is no other attempt. */
  readonly #scanned = new Set<number>()

  constructor(counters: Counters, pairing: Pairing) {
    this.#counters = counters
    this.#pairing = pairing
  }

  paired(): void {
    this.#counters.add('pairings', 'happy')
  }

  /** A phone was refused this ref. */
  refused(error: unknown, ref: string, clientId: string): void {
    const shown = this.#pairing.find(ref)
    if (shown) this.#scanned.add(shown.connection)
    if (shown && shown.clientId !== clientId) this.#counters.add('pairings', 'scary')
    else this.#counters.add('pairings', error instanceof BrowserLeft ? 'lonely' : serverMoodOf(codeOf(error)))
  }

  /** A browser has gone that may have shown a code; call it before its refs are forgotten. */
  left({ connection }: Pick<Browser, 'connection'>): void {
    if (this.#scanned.delete(connection) || this.#pairing.current(connection) === null) return
    this.#counters.add('pairings', this.#pairing.shows(connection) ? 'lonely' : 'pruney')
  }
}
