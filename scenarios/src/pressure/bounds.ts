/** What an attack may cost: the table of the suites and of `npm run pressure`. */
import type { AttackName } from './attacks.ts'
import type { Pressure } from './pressure.ts'

export interface Bound {
  readonly attack: AttackName
  /** Attackers at once, here and in the long suite. */
  readonly count: number
  readonly many: number
  /** So long here, in ms: a reader's kernel takes some seconds of what is sent to it before anything waits. */
  readonly ms: number
  /** So many bytes more than before, at the most. */
  readonly growth: number
}

const MB = 1_000_000
/** Research 1.4, D1. */
const GROWTH = 64 * MB

export const bounds: readonly Bound[] = [
  { attack: 'pings', count: 200, many: 200, ms: 2_000, growth: GROWTH },
  { attack: 'readers', count: 50, many: 200, ms: 8_000, growth: GROWTH },
  { attack: 'fragments', count: 20, many: 500, ms: 2_000, growth: GROWTH },
  { attack: 'flood', count: 20, many: 20, ms: 2_000, growth: GROWTH },
  { attack: 'silent', count: 500, many: 3_000, ms: 2_000, growth: GROWTH },
  { attack: 'stuffing', count: 6, many: 6, ms: 2_000, growth: GROWTH },
]

/** Whoever behaves waits so many times longer at most (research T12)... */
export const SLOWER = 3
/** ...or so many ms: a processor that is shared takes that much by itself. */
export const UNNOTICED_MS = 15

/** In words, what does not hold; empty when all does. */
export function breaches(bound: Bound, pressure: Pressure): string[] {
  const { calm, attacked } = pressure
  const most = Math.max(SLOWER * calm.p99, UNNOTICED_MS)
  const late = attacked.p99 > most ? [`p99 ${attacked.p99.toFixed(1)} ms, of ${most.toFixed(1)}`] : []
  return [...overgrown(bound, pressure), ...late]
}

/** Of the memory alone: times say little on a machine that does much else. */
export function overgrown({ growth }: Bound, { before, peak }: Pressure): string[] {
  const grown = peak - before
  return grown > growth ? [`${megabytes(grown)} MB more than before, of ${megabytes(growth)}`] : []
}

/** One line of the record. */
export function line(
  { attack }: Bound,
  count: number,
  { before, peak, after, calm, attacked, done }: Pressure,
): string {
  const grown = [peak, after].map((bytes) => `${megabytes(bytes - before)} MB`)
  const p99 = [calm, attacked].map((each) => `${each.p99.toFixed(1)} ms`)
  const did = Object.entries(done).map(([what, times]) => `${times} ${what}`)
  return `${count} × ${attack}: ${megabytes(before)} MB, ${grown[0]} more at the peak, ${grown[1]} after; p99 ${p99.join(' to ')} (${attacked.trips} trips); ${did.join(', ')}`
}

function megabytes(bytes: number): string {
  return (bytes / MB).toFixed(1)
}
