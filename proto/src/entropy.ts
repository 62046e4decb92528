/**
 * The randomness seam. Every package is given an Entropy; keys, IVs, ids and jitter come from it and
 * from nowhere else. The system's source is in system.ts; the seeded one here gives the same bytes for the
 * same seed and the same chain of labels in any process, so parties never share a stream.
 */
import { hmacSha256 } from '#crypto'
import { utf8 } from './bytes.ts'

export interface Entropy {
  /** Fresh bytes, owned by the caller. */
  bytes(length: number): Uint8Array
  /** An independent source for a part or party; the same label gives the same source. */
  fork(label: string): Entropy
}

const BLOCK_BYTES = 32

/** A reproducible source: block i is HMAC-SHA256(key, i). For tests and studies, never for secrets that matter. */
export function seededEntropy(seed: string): Entropy {
  return keyedEntropy(hmacSha256(utf8('tether seed'), utf8(seed)))
}

function keyedEntropy(key: Uint8Array): Entropy {
  let counter = 0
  let block = new Uint8Array(0)
  let used = 0
  return {
    bytes(length) {
      const out = new Uint8Array(length)
      for (let filled = 0; filled < length;) {
        if (used === block.length) {
          block = new Uint8Array(hmacSha256(key, utf8(`block ${counter++}`)))
          used = 0
        }
        const take = Math.min(BLOCK_BYTES - used, length - filled)
        out.set(block.subarray(used, used + take), filled)
        used += take
        filled += take
      }
      return out
    },
    fork: (label) => keyedEntropy(hmacSha256(key, utf8(`fork ${label}`))),
  }
}

/** A number in [0, 1), for jitter. */
export function fraction(entropy: Entropy): number {
  const [a, b, c, d] = entropy.bytes(4) as unknown as [number, number, number, number]
  return (a * 2 ** 24 + b * 2 ** 16 + c * 2 ** 8 + d) / 2 ** 32
}
