/** The seed of a run: given by TETHER_FUZZ_SEED, or drawn anew. */
import type { Entropy } from 'proto/entropy'

export function fuzzSeed(env: Readonly<Record<string, string | undefined>>, entropy: Entropy): string {
  return env.TETHER_FUZZ_SEED || Buffer.from(entropy.bytes(6)).toString('hex')
}
