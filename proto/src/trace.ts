/**
 * The observation seam. Parties emit structured events; with no Trace given, `trace?.emit(...)` does not even
 * evaluate its arguments. The server's trace holds only what the server can see.
 */

export type TraceValue = string | number | boolean | null

export interface TraceFields {
  /** Ids that tie the event to others: connection, message tag, mail and message id. One user message is followed through all hops by them. */
  readonly connection?: number
  readonly messageTag?: string
  readonly mail?: string
  /** Id of a message, where a phone can see it, or a push says it. */
  readonly message?: string | undefined
  readonly login?: string
  readonly [field: string]: TraceValue | undefined
}

export interface Trace {
  /** `kind` is dotted: `frame.in`, `frame.out`, `state`, `key.derived`, `drop`, `mail.stored`. */
  emit(kind: string, fields: TraceFields): void
  /** The same trace under another party's name. */
  party(name: string): Trace
}
