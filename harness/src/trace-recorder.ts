/** A Trace that keeps what it is told, by party, and lets a test wait for an event that has not happened yet. */
import type { Clock } from 'proto/clock'
import type { Trace, TraceFields } from 'proto/trace'

export interface TraceEvent {
  /** Counts the events of one recorder from 1. */
  readonly ordinal: number
  /** Milliseconds since 1970 on the recorder's clock. */
  readonly at: number
  /** Names from the outermost party inwards, joined with `/`: `server`, `phone:15550001111`. */
  readonly party: string
  readonly kind: string
  readonly fields: TraceFields
}

/** Every member given has to fit; `fields` is compared member by member. */
export interface TraceQuery {
  readonly party?: string
  /** The whole kind, or its beginning up to a dot. */
  readonly kind?: string
  readonly fields?: TraceFields
  /** Only events later than this ordinal. */
  readonly after?: number
}

interface Waiter {
  readonly query: TraceQuery
  readonly resolve: (event: TraceEvent) => void
}

export interface TraceRecorder extends Trace {
  readonly events: readonly TraceEvent[]
  find(query: TraceQuery): TraceEvent | null
  findAll(query: TraceQuery): TraceEvent[]
  /** The first event that fits, already recorded or still to come. */
  waitFor(query: TraceQuery): Promise<TraceEvent>
}

/** A recorder on `clock`. */
export function traceRecorder(clock: Clock): TraceRecorder {
  const events: TraceEvent[] = []
  let waiters: Waiter[] = []

  function record(party: string, kind: string, fields: TraceFields): void {
    const event: TraceEvent = { ordinal: events.length + 1, at: clock.now(), party, kind, fields }
    events.push(event)
    const met = waiters.filter((waiter) => fits(waiter.query, event))
    if (met.length === 0) return
    waiters = waiters.filter((waiter) => !met.includes(waiter))
    for (const waiter of met) waiter.resolve(event)
  }

  function party(name: string): Trace {
    return {
      emit: (kind, fields) => record(name, kind, fields),
      party: (inner) => party(name === '' ? inner : `${name}/${inner}`),
    }
  }

  const find = (query: TraceQuery) => events.find((event) => fits(query, event)) ?? null
  return {
    ...party(''),
    events,
    find,
    findAll: (query) => events.filter((event) => fits(query, event)),
    waitFor(query) {
      const found = find(query)
      if (found) return Promise.resolve(found)
      return new Promise((resolve) => waiters.push({ query, resolve }))
    },
  }
}

function fits(query: TraceQuery, event: TraceEvent): boolean {
  if (query.party !== undefined && query.party !== event.party) return false
  if (query.kind !== undefined && event.kind !== query.kind && !event.kind.startsWith(`${query.kind}.`))
    return false
  if (query.after !== undefined && event.ordinal <= query.after) return false
  return Object.entries(query.fields ?? {}).every(([name, value]) => event.fields[name] === value)
}

/** A trace that nobody keeps. */
export const silentTrace: Trace = { emit() {}, party: () => silentTrace }
