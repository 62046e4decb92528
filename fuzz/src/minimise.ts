/** Makes an input smaller as long as a condition holds: pieces are cut out, largest first, then bytes made plain. */
import { concat } from 'proto/bytes'

const PLAIN_BYTE = 0x30
const DEFAULT_TRIES = 3_000

/** `holds` is true for `input`; so it is for what comes back. */
export function minimise(
  input: Uint8Array,
  holds: (candidate: Uint8Array) => boolean,
  tries: number = DEFAULT_TRIES,
): Uint8Array {
  let best = input
  let left = tries
  const attempt = (candidate: Uint8Array): boolean => {
    if (left-- <= 0 || !holds(candidate)) return false
    best = candidate
    return true
  }
  for (let size = Math.max(1, best.length >> 1); size >= 1 && left > 0; size >>= 1) {
    for (let at = 0; at < best.length && left > 0;) {
      if (!attempt(concat(best.subarray(0, at), best.subarray(at + size)))) at += size
    }
  }
  for (let at = 0; at < best.length && left > 0; at++) {
    if (best[at] === PLAIN_BYTE) continue
    const plain = new Uint8Array(best)
    plain[at] = PLAIN_BYTE
    attempt(plain)
  }
  return best
}
