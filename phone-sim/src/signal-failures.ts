/**
 * How often a contact may send what does not decrypt. A forged message costs a few agreements before its MAC is
 * looked at; beyond the budget it costs nothing. Research: reliability 6.1 row 5, E5.
 */
import type { Clock } from 'proto/clock'
import { TetherError } from 'proto/errors'
import { limits } from 'proto/limits'

const CAPACITY = limits.SIGNAL_FAILURES.value
const PERIOD_MS = 60_000
const KEPT = 1_000 // contacts; a bucket that is full again need not be kept

export interface FailureBudget {
  /** Throws TETHER_ERR_LIMIT when the budget of this contact is used up. */
  assertLeft(remote: string): void
  /** One message of this contact did not decrypt. */
  count(remote: string): void
}

export function failureBudget(clock: Clock): FailureBudget {
  const buckets = new Map<string, { left: number; at: number }>()

  function refilled(remote: string): { left: number; at: number } {
    const now = clock.now()
    const bucket = buckets.get(remote)
    if (!bucket) return { left: CAPACITY, at: now }
    const earned = (Math.max(0, now - bucket.at) / PERIOD_MS) * CAPACITY
    return { left: Math.min(CAPACITY, bucket.left + earned), at: now }
  }

  return {
    assertLeft(remote) {
      if (refilled(remote).left < 1) throw new TetherError('TETHER_ERR_LIMIT', 'messages that do not decrypt')
    },
    count(remote) {
      const bucket = refilled(remote)
      buckets.set(remote, { left: bucket.left - 1, at: bucket.at })
      if (buckets.size <= KEPT) return
      for (const other of buckets.keys()) if (refilled(other).left === CAPACITY) buckets.delete(other)
    },
  }
}
