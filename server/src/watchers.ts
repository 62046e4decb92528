/** Who wants presences of whom (spec 14.1): browser connections and what they watch, a number or the JID of a group. */
import { limit } from 'proto/limits'

export interface Watcher {
  readonly connection: number
  /** Whose browser it is. */
  readonly number: string
}

export class Watchers {
  readonly #bySubject = new Map<string, Map<number, string>>()
  /** The other way round. */
  readonly #byConnection = new Map<number, Set<string>>()

  /** Whether a connection may watch this too: PRESENCE_WATCHED. */
  hasRoom(connection: number, subject: string): boolean {
    const watched = this.#byConnection.get(connection)
    return watched === undefined || watched.has(subject) || watched.size < limit('PRESENCE_WATCHED')
  }

  add({ connection, number }: Watcher, subject: string): void {
    let watched = this.#byConnection.get(connection)
    if (!watched) this.#byConnection.set(connection, (watched = new Set<string>()))
    watched.add(subject)
    let watchers = this.#bySubject.get(subject)
    if (!watchers) this.#bySubject.set(subject, (watchers = new Map<number, string>()))
    watchers.set(connection, number)
  }

  remove(connection: number): void {
    for (const subject of this.#byConnection.get(connection) ?? []) {
      const watchers = this.#bySubject.get(subject)
      watchers?.delete(connection)
      if (watchers?.size === 0) this.#bySubject.delete(subject)
    }
    this.#byConnection.delete(connection)
  }

  /** Those who watch a number or group, in the order in which they came. */
  of(subject: string): Watcher[] {
    return [...(this.#bySubject.get(subject) ?? [])].map(([connection, number]) => ({ connection, number }))
  }
}
