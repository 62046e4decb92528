/** What is written and not sent, by chat, as signals; the client keeps it. */
import { type ReadonlySignal, type Signal, signal } from '@preact/signals'
import type { Draft, Drafts as KeptDrafts } from '../drafts.ts'

const empty: Draft = { text: '', quote: null }

export class Drafts {
  readonly #kept: KeptDrafts
  readonly #byJid = new Map<string, Signal<Draft>>()

  constructor(kept: KeptDrafts) {
    this.#kept = kept
  }

  of(jid: string): ReadonlySignal<Draft> {
    return this.#place(jid)
  }

  change(jid: string, changes: Partial<Draft>): void {
    this.#kept.put(jid, { ...this.#place(jid).peek(), ...changes })
  }

  clear(jid: string): void {
    this.#kept.put(jid, null)
  }

  /** The client has another draft of this chat. */
  changed(jid: string): void {
    this.#place(jid).value = this.#kept.find(jid) ?? empty
  }

  #place(jid: string): Signal<Draft> {
    let place = this.#byJid.get(jid)
    if (place === undefined) {
      place = signal(this.#kept.find(jid) ?? empty)
      this.#byJid.set(jid, place)
    }
    return place
  }
}
