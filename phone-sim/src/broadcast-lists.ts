/**
 * Broadcast lists: one message to many people, each of whom gets it as written to them alone (spec 15, `contact`). A
 * list exists on this phone only; nobody on it knows of it.
 */
import type { Clock } from 'proto/clock'
import { TetherError } from 'proto/errors'
import { limit } from 'proto/limits'
import { numberOf, personJid } from './addresses.ts'
import type { FactRows, PhoneStore } from './store.ts'

export interface BroadcastList {
  readonly jid: string
  readonly name: string
  /** Numbers, each once. */
  readonly recipients: readonly string[]
}

const FACT = 'list:'

export function findList(facts: Pick<FactRows, 'find'>, jid: string): BroadcastList | null {
  const kept = facts.find(FACT + jid)
  return kept === null ? null : (JSON.parse(kept) as BroadcastList)
}

export class BroadcastLists {
  readonly #store: PhoneStore
  readonly #clock: Clock
  readonly #made: (jid: string) => void

  /** `made` is called in the transaction of a new list. */
  constructor(store: PhoneStore, clock: Clock, made: (jid: string) => void) {
    this.#store = store
    this.#clock = clock
    this.#made = made
  }

  find(jid: string): BroadcastList | null {
    return findList(this.#store.facts, jid)
  }

  /** Makes a list, named by the second in which it was made. Throws TETHER_ERR_JID, TETHER_ERR_BODY, TETHER_ERR_LIMIT. */
  create(name: string, people: readonly string[]): BroadcastList {
    const recipients = [...new Set(people.map((person) => numberOf(personJid(person))))]
    if (name === '' || name.length > 100 || recipients.length === 0)
      throw new TetherError('TETHER_ERR_BODY', 'a list needs a name and people')
    if (recipients.length > limit('LIST_RECIPIENTS'))
      throw new TetherError('TETHER_ERR_LIMIT', 'LIST_RECIPIENTS')
    let second = Math.floor(this.#clock.now() / 1000)
    while (this.find(jidOf(second)) !== null) second++
    const list = { jid: jidOf(second), name, recipients }
    this.#store.transaction(() => {
      this.#store.facts.put(FACT + list.jid, JSON.stringify(list))
      this.#made(list.jid)
    })
    return list
  }
}

function jidOf(second: number): string {
  return `${second}@broadcast`
}
