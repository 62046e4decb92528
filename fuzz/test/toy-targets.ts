/** Decoders that break a rule on purpose, to show that the fuzzer sees it. */
import { TetherError } from 'proto/errors'
import type { Target } from '../src/target.ts'

export function toy(over: Partial<Target> & Pick<Target, 'run'>): Target {
  return {
    name: 'toy',
    about: 'a decoder for tests',
    modules: ['/fuzz/dist/test/toy-targets.js'],
    codes: ['TETHER_ERR_BODY'],
    maxBytes: 64,
    tokens: [],
    seeds: () => [Buffer.from('seed')],
    weight: 1,
    ...over,
  }
}

/** Four half-bytes lead to the mistake, one after the other; chance alone needs 2^16 inputs. */
export function maze(input: Uint8Array): unknown {
  if (half(input[0]) === 4) {
    if (half(input[1]) === 5) {
      if (half(input[2]) === 7) {
        if (half(input[3]) === 8) {
          throw new RangeError('the mistake')
        }
        return 3
      }
      return 2
    }
    return 1
  }
  throw new TetherError('TETHER_ERR_BODY')
}

function half(byte: number | undefined): number {
  return (byte ?? 0) & 0x0f
}
