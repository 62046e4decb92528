/** One row of the table of what may be said to the relay's sockets, and what must come of it. */
import type { DropReason } from 'proto/drop-reasons'
import type { ErrorCode } from 'proto/errors'
import type { LimitName } from 'proto/limits'

/** Who the relay takes the far end for when the bytes come. */
export const starts = {
  tcp: 'a connection on which nothing was said',
  browser: 'a browser that has just opened its socket',
  paired: 'a browser that relays',
  link: 'a phone that has just opened its socket',
  attached: 'a phone that is attached and has a browser',
} as const

export type Start = keyof typeof starts

/**
 * Bytes to be written (a text as Latin-1), or what happens between them: `fin` ends this side's half of the connection,
 * `reset` breaks it, `heard` waits until something more has come back, `passMs` puts the relay's clock forward.
 */
export type Step =
  string | Uint8Array | { readonly then: 'fin' | 'reset' | 'heard' } | { readonly passMs: number }
export const FIN: Step = { then: 'fin' }
export const RESET: Step = { then: 'reset' }
/** Time enough for what was written to be read; what follows comes apart from it. */
export const READ: Step = { passMs: 1 }
export const HEARD: Step = { then: 'heard' }

export type CounterName = `errors ${ErrorCode}` | `limits ${LimitName}` | `drops ${DropReason}`
export type Counts = Readonly<Partial<Record<CounterName, number>>>

/** What came back, in order of the kinds; what is not named must not have come. */
export interface Back {
  /** HTTP statuses. */
  readonly answers?: readonly number[]
  /** Pongs and texts, as `pong PAYLOAD` and `text TEXT`. */
  readonly hears?: readonly RegExp[]
  /** Code of the close frame; 1005 is one without a code. */
  readonly close?: number
  /** The connection is as good as before: the next thing said on it is answered. Else the relay has ended it. */
  readonly goesOn?: true
}

export interface SocketCase {
  /** What the far end does; one case has it. */
  readonly does: string
  readonly from: Start
  readonly writes: readonly Step[]
  /** A time limit that Node's server keeps by its own clock: so short for this case. */
  readonly hurry?: 'headersTimeout' | 'keepAliveTimeout' | 'timeout'
  readonly back: Back
  /** By how much counters of errors, limits and drops have grown; all others have not. */
  readonly counts?: Counts
}

export interface CaseClass {
  readonly title: string
  /** What holds for all of them. */
  readonly policy: string
  readonly cases: readonly SocketCase[]
}
