/**
 * What a program counts and measures, one row each: what `/metrics` shows (Prometheus), what docs/metrics.md
 * prints and what the dashboard may ask for. Labels are names of tables, never input, and never say who. The rows are in
 * server-measures.ts and phones-measures.ts.
 */
import { errors, type ErrorCode } from './errors.ts'
import { type LimitName, limits } from './limits.ts'

export interface Measure {
  readonly kind: 'counter' | 'gauge' | 'histogram'
  /** As Prometheus has it. */
  readonly name: string
  readonly help: string
  /** Absent: one number only. */
  readonly label?: string
  /** What the label may be, and what that means. */
  readonly values?: Readonly<Record<string, string>>
  /** The page of docs/ with the values, when they are another table's. */
  readonly page?: string
  /** Upper ends of a histogram's buckets. */
  readonly bounds?: readonly number[]
}

export type Measures = Readonly<Record<string, Measure>>
export type NameOf<T extends Measures, K extends Measure['kind']> = {
  [N in keyof T & string]: T[N]['kind'] extends K ? N : never
}[keyof T & string]
/** The labels of a row; the empty text where it has none. */
export type Labels<M extends Measure> = M['values'] extends object ? keyof M['values'] & string : ''

export type Meanings<N extends string> = Readonly<Record<N, string>>
/** The meaning of each row of a table. */
export const abouts = <N extends string>(
  table: Readonly<Record<N, { readonly about: string }>>,
): Meanings<N> =>
  Object.fromEntries(
    Object.entries<{ readonly about: string }>(table).map(([name, { about }]) => [name, about]),
  ) as Meanings<N>

export const errorCodes: Meanings<ErrorCode> = abouts<ErrorCode>(errors)
export const limitNames = Object.fromEntries(
  Object.entries(limits).map(([name, { why }]) => [name, why]),
) as Meanings<LimitName>

/** Seconds. From below what a person notices to more than anybody waits. */
export const HANDSHAKE_S = [
  0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 120,
]
/** Seconds; a link that is made again, a phone in a pocket, a night, a holiday. */
export const WAIT_S = [
  0.001, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 5, 30, 60, 600, 3_600, 86_400, 604_800,
]
/** Seconds; a sync of an SSD takes less than one millisecond, one of a tired disk a hundred. */
export const COMMIT_S = [0.001, 0.002, 0.004, 0.008, 0.016, 0.032, 0.064, 0.128, 0.256, 0.512, 1, 2, 5]
/** Seconds; a message takes less than a millisecond, a session several. */
export const SIGNAL_S = [0.001, 0.002, 0.004, 0.008, 0.016, 0.032, 0.064, 0.128, 0.256, 1]
export const COMMIT_SIZES = [1, 2, 4, 8, 16, 32, 64, 128, 256]

export const commitParts = { work: 'the statements', sync: 'COMMIT: until it is on the disk' }
