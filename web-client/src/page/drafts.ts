/** What is written and not sent, by chat: the words and the message that they answer. */
import { type ReadonlySignal, type Signal, signal } from '@preact/signals'
import type { ChatMessage } from '../message.ts'

export interface Draft {
  readonly text: string
  readonly quote: ChatMessage | null
}

const empty: Draft = { text: '', quote: null }

export class Drafts {
  readonly #byJid = new Map<string, Signal<Draft>>()

  of(jid: string): ReadonlySignal<Draft> {
    return this.#place(jid)
  }

  change(jid: string, changes: Partial<Draft>): void {
    const place = this.#place(jid)
    place.value = { ...place.value, ...changes }
  }

  clear(jid: string): void {
    this.#place(jid).value = empty
  }

  reset(): void {
    for (const place of this.#byJid.values()) place.value = empty
  }

  #place(jid: string): Signal<Draft> {
    let place = this.#byJid.get(jid)
    if (place === undefined) {
      place = signal(empty)
      this.#byJid.set(jid, place)
    }
    return place
  }
}
