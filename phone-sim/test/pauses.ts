/** Randomness whose pauses a test can name: `fraction` asks for four bytes, and nothing else does. */
import type { Entropy } from 'proto/entropy'

/** This source, but every random pause is the longest or the shortest there is. */
export function pausing(entropy: Entropy, pause: 'longest' | 'shortest'): Entropy {
  const byte = pause === 'longest' ? 0xff : 0
  return {
    bytes: (length) => (length === 4 ? new Uint8Array(4).fill(byte) : entropy.bytes(length)),
    fork: (label) => pausing(entropy.fork(label), pause),
  }
}
