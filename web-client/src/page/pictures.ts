/** Pictures of people and groups: asked for when one comes into sight, and again when the server says it has changed. */
import { type ReadonlySignal, type Signal, signal } from '@preact/signals'
import type { Client } from '../client.ts'

export class Pictures {
  readonly #client: Client
  readonly #known = new Map<string, Signal<string | null>>()
  readonly #asked = new Set<string>()

  constructor(client: Client) {
    this.#client = client
    client.subscribe((event) => {
      if (event.type === 'picture') this.#renew(event.jid, event.tag)
      // What was asked in vain, or may have changed meanwhile, is asked again.
      else if (event.type === 'state' && event.state === 'open') this.#askAgain()
      else if (event.type === 'me' && event.me === null) this.#forget()
    })
  }

  /** Where the picture is, on this server; null while it is not known, and when there is none. */
  of(jid: string): ReadonlySignal<string | null> {
    const known = this.#known.get(jid)
    if (known !== undefined) return known
    const fresh = signal<string | null>(null)
    this.#known.set(jid, fresh)
    this.#ask(jid)
    return fresh
  }

  #ask(jid: string): void {
    if (this.#client.state !== 'open' || this.#asked.has(jid)) return
    this.#asked.add(jid)
    this.#client.people.picture(jid).then(
      (found) => {
        const place = this.#known.get(jid)
        if (place !== undefined) place.value = typeof found === 'object' ? pathOf(found.url) : null
      },
      () => this.#asked.delete(jid),
    )
  }

  #askAgain(): void {
    this.#asked.clear()
    for (const jid of this.#known.keys()) this.#ask(jid)
  }

  #renew(jid: string, tag: string | null): void {
    const place = this.#known.get(jid)
    if (place === undefined) return
    if (tag === null) place.value = null
    this.#asked.delete(jid)
    if (tag !== null) this.#ask(jid)
  }

  #forget(): void {
    for (const place of this.#known.values()) place.value = null
    this.#known.clear()
    this.#asked.clear()
  }
}

/** The address without its host: the page may load only what its own server has. */
function pathOf(url: string): string | null {
  try {
    return new URL(url).pathname
  } catch {
    return null
  }
}
