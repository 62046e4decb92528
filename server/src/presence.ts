/**
 * Who is there, and who wants to know (spec 6 Presence, 14.1). Phones announce, browsers subscribe; only
 * subscribers are told. In memory: after a restart everybody is unknown until they announce again.
 */
import type { Clock } from 'proto/clock'

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

  constructor(clock: Clock) {
    this.#clock = clock
  }

  /** Subscribes a connection of `watcher`; gives what is known at once, if anything is. */
  subscribe(connection: number, watcher: string, number: string): PresencePush | null {
    let watchers = this.#watchers.get(number)
    if (!watchers) this.#watchers.set(number, (watchers = new Map<number, string>()))
    watchers.set(connection, watcher)
    const known = this.#known.get(number)
    return known ? push(connection, number, known) : null
  }

  unsubscribe(connection: number): void {
    for (const [number, watchers] of this.#watchers) {
      watchers.delete(connection)
      if (watchers.size === 0) this.#watchers.delete(number)
    }
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
