/** Names of people, from the `user` nodes of the phone (spec 10.1). Knows no chats. */
import { numberOf, personJid } from './address.ts'
import type { Attributes } from './node-reading.ts'

export interface Contact {
  readonly jid: string
  /** From the phone's address book. */
  readonly name: string | null
  /** The name that the person gave. */
  readonly notify: string | null
}

export class Contacts {
  readonly #byJid = new Map<string, Contact>()
  #frequent: readonly string[] = []

  /** Takes one `user` node's attributes. One without any name takes the person out of the list. */
  put(attributes: Attributes): void {
    if (!attributes.jid) return
    const jid = personJid(attributes.jid)
    const name = attributes.name || attributes.vname || attributes.short || null
    const notify = attributes.notify || null
    if (name === null && notify === null) this.#byJid.delete(jid)
    else this.#byJid.set(jid, { jid, name, notify })
  }

  /** Whom the person writes to most often, the first one most. */
  putFrequent(jids: readonly string[]): void {
    this.#frequent = jids.map(personJid)
  }

  get frequent(): readonly string[] {
    return this.#frequent
  }

  clear(): void {
    this.#byJid.clear()
  }

  all(): readonly Contact[] {
    return [...this.#byJid.values()]
  }

  /** Puts in who was kept. */
  restore(kept: readonly Contact[]): void {
    for (const contact of kept) this.#byJid.set(contact.jid, contact)
  }

  /** What to call somebody; the number when nothing else is known. */
  nameOf(jid: string): string {
    const contact = this.#byJid.get(personJid(jid))
    return contact?.name ?? contact?.notify ?? numberOf(jid)
  }
}
