/**
 * Who is there, and who wants to know (spec 6 Presence, 14.1). Phones announce, browsers subscribe; only
 * subscribers are told. In memory: after a restart everybody is unknown until they announce again.
 */
import type { Clock } from 'proto/clock'
import { limit } from 'proto/limits'

export type PresenceState = 'available' | 'unavailable' | 'composing' | 'recording' | 'paused'

interface Known {
  state: PresenceState
  lastSeenMs: number | null
}

/** A push to one subscriber's connection. */
export interface PresencePush {
  readonly connection: number
  readonly body: readonly ['Presence', { id: string; type: PresenceState; t?: number; deny: false }]
}

export class Presence {
  readonly #clock: Clock
  readonly #known = new Map<string, Known>()
  /** number watched -> connection -> number of the watcher */
  readonly #watchers = new Map<string, Map<number, string>>()
  /** The other way round: connection -> numbers it watches */
  readonly #watched = new Map<number, Set<string>>()

  constructor(clock: Clock) {
    this.#clock = clock
  }

  /** Whether a connection may watch this number too: PRESENCE_WATCHED. */
  hasRoom(connection: number, number: string): boolean {
    const watched = this.#watched.get(connection)
    return watched === undefined || watched.has(number) || watched.size < limit('PRESENCE_WATCHED')
  }

  /** Subscribes a connection of `watcher`; gives what is known at once, if anything is. */
  subscribe(connection: number, watcher: string, number: string): PresencePush | null {
    let watched = this.#watched.get(connection)
    if (!watched) this.#watched.set(connection, (watched = new Set<string>()))
    watched.add(number)
    let watchers = this.#watchers.get(number)
    if (!watchers) this.#watchers.set(number, (watchers = new Map<number, string>()))
    watchers.set(connection, watcher)
    const known = this.#known.get(number)
    return known ? push(connection, number, known) : null
  }

  unsubscribe(connection: number): void {
    for (const number of this.#watched.get(connection) ?? []) {
      const watchers = this.#watchers.get(number)
      watchers?.delete(connection)
      if (watchers?.size === 0) this.#watchers.delete(number)
    }
    this.#watched.delete(connection)
  }

  /** `to`: only this person's browsers are told, as with typing; availability goes to every subscriber. */
  announce(number: string, state: PresenceState, to?: string): PresencePush[] {
    const typing = state === 'composing' || state === 'recording' || state === 'paused'
    const before = this.#known.get(number)
    const known = {
      state,
      lastSeenMs: state === 'unavailable' ? this.#clock.now() : (before?.lastSeenMs ?? null),
    }
    this.#known.set(number, typing ? { state: 'available', lastSeenMs: known.lastSeenMs } : known)
    const pushes: PresencePush[] = []
    for (const [connection, watcher] of this.#watchers.get(number) ?? []) {
      if (!typing || to === undefined || to === watcher) pushes.push(push(connection, number, known))
    }
    return pushes
  }
}

function push(connection: number, number: string, known: Known): PresencePush {
  const seen = known.state === 'unavailable' && known.lastSeenMs !== null
  return {
    connection,
    body: [
      'Presence',
      {
        id: `${number}@c.us`,
        type: known.state,
        ...(seen ? { t: Math.floor(known.lastSeenMs! / 1000) } : {}),
        deny: false,
      },
    ],
  }
}
