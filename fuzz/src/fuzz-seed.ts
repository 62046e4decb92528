/** The seed of a run: given by TETHER_FUZZ_SEED, or drawn anew. */
import type { Entropy } from 'proto/entropy'
import { Random } from './random.ts'

export function fuzzSeed(env: Readonly<Record<string, string | undefined>>, entropy: Entropy): string {
  return env.TETHER_FUZZ_SEED || Buffer.from(entropy.bytes(6)).toString('hex')
}

/** The same seed as fast-check takes it: a number. */
export function checkSeed(seed: string): number {
  return new Random(seed).word() | 0
}
