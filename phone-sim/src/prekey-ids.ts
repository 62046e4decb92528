/**
 * Ids of one-time prekeys. The n-th prekey of a phone has a number that looks random to whoever has not this phone's key,
 * so the ids in first messages tell nobody how many were used before (research E4): a keyed permutation of 24 bits, four
 * rounds of Feistel, without the 0 that the Signal library cannot bear. Nothing has to be stored, no two are the same.
 */
import { createHmac } from 'node:crypto'
import { TetherError } from 'proto/errors'

const HALF_BITS = 12
const HALF = 2 ** HALF_BITS
const ROUNDS = 4
/** The largest id, and how many there are. */
export const MOST_PREKEY_IDS = HALF * HALF - 1

/** The id of the n-th prekey, 1 to 2^24 - 1. Throws TETHER_ERR_INTERNAL for another place. */
export function prekeyIdAt(key: Uint8Array, place: number): number {
  if (!Number.isInteger(place) || place < 1 || place > MOST_PREKEY_IDS)
    throw new TetherError('TETHER_ERR_INTERNAL', 'prekeys are counted from 1')
  let id = place
  do id = permuted(key, id)
  while (id === 0) // one place leads to 0; it gets what 0 leads to
  return id
}

function permuted(key: Uint8Array, value: number): number {
  let [left, right] = [Math.floor(value / HALF), value % HALF]
  for (let round = 0; round < ROUNDS; round++) {
    const mixed = createHmac('sha256', key)
      .update(Uint8Array.of(round, right >> 8, right & 0xff))
      .digest()
    ;[left, right] = [right, left ^ (((mixed[0] << 8) | mixed[1]) % HALF)]
  }
  return left * HALF + right
}
