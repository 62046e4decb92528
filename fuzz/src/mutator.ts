/**
 * Changes inputs at random: bits, bytes, numbers, stretches, words of the format, pieces of other inputs. A table of
 * small changes, of which a few are made in a row.
 */
import { concat } from 'proto/bytes'
import type { Random } from './random.ts'

export interface MutatorOptions {
  readonly random: Random
  /** Words of the format, put in as they are. */
  readonly tokens: readonly Uint8Array[]
  readonly maxBytes: number
  /** Another input, to take pieces from. */
  readonly other: () => Uint8Array
}

type Change = (input: Uint8Array, options: MutatorOptions) => Uint8Array

const MOST_CHANGES = 6
const LONGEST_STRETCH = 64
const MOST_REPEATS = 80
const EDGE_BYTES = [0, 1, 0x0f, 0x10, 0x7f, 0x80, 0xf0, 0xfe, 0xff]
const EDGE_WORDS = [0, 1, 0x7f, 0xff, 0x100, 0x7fff, 0xffff, 0x1_0000, 0xf_ffff, 0x7fff_ffff, 0xffff_ffff]

/** Bytes from `from` to `to` replaced. */
function splice(input: Uint8Array, from: number, to: number, put: Uint8Array): Uint8Array {
  return concat(input.subarray(0, from), put, input.subarray(to))
}

function stretch(input: Uint8Array, random: Random): Uint8Array {
  const length = random.between(1, Math.min(LONGEST_STRETCH, input.length))
  const from = random.below(input.length - length + 1)
  return input.subarray(from, from + length)
}

/** A number in one, two or four bytes, big-endian, the lowest bytes of it. */
function numberBytes(value: number, size: number): Uint8Array {
  return Uint8Array.from({ length: size }, (_, at) => (value / 2 ** (8 * (size - 1 - at))) & 0xff)
}

function setByte(input: Uint8Array, at: number, value: number): Uint8Array {
  const changed = new Uint8Array(input) // a slice of a Buffer is no copy
  changed[at] = value
  return changed
}

const setters: readonly Change[] = [
  (input, { random }) => {
    const at = random.below(input.length)
    return setByte(input, at, input[at] ^ (1 << random.below(8)))
  },
  (input, { random }) => setByte(input, random.below(input.length), random.word() & 0xff),
  (input, { random }) => setByte(input, random.below(input.length), random.pick(EDGE_BYTES)),
  (input, { random }) => {
    const at = random.below(input.length)
    return setByte(input, at, input[at] + random.between(-4, 4))
  },
  (input, { random }) => {
    const number = numberBytes(random.pick(EDGE_WORDS), random.pick([2, 4]))
    const at = random.below(input.length)
    return splice(input, at, Math.min(input.length, at + number.length), number)
  },
]

const cutters: readonly Change[] = [
  (input, { random }) => input.slice(0, random.below(input.length)),
  (input, { random }) => {
    const from = random.below(input.length)
    return splice(input, from, Math.min(input.length, from + random.between(1, 16)), new Uint8Array(0))
  },
]

const growers: readonly Change[] = [
  (input, { random }) => {
    const at = random.between(0, input.length)
    return splice(input, at, at, random.bytes(random.between(1, 8)))
  },
  (input, { random }) => {
    const at = random.between(0, input.length)
    return splice(input, at, at, stretch(input, random))
  },
  // many times in a row: what opens something is nested, what is counted becomes many
  (input, { random }) => {
    const piece = stretch(input, random)
    const times = random.between(2, MOST_REPEATS)
    const at = random.between(0, input.length)
    return splice(input, at, at, concat(...Array.from({ length: times }, () => piece)))
  },
  // as much as there may be of a few bytes: what takes too long does so with length
  (input, { random, maxBytes }) => {
    const at = random.below(input.length)
    const piece = input.subarray(at, at + random.between(1, 4))
    const room = Math.max(0, maxBytes - input.length)
    return splice(input, at, at, Buffer.alloc(room, piece))
  },
]

const wordChanges: readonly Change[] = [
  (input, { random, tokens }) => {
    const at = random.between(0, input.length)
    return splice(input, at, at, random.pick(tokens))
  },
  (input, { random, tokens }) => {
    const token = random.pick(tokens)
    const at = random.below(input.length)
    return splice(input, at, Math.min(input.length, at + token.length), token)
  },
]

const mixers: readonly Change[] = [
  (input, { random, other }) => {
    const second = other()
    return concat(
      input.subarray(0, random.between(0, input.length)),
      second.subarray(random.below(second.length + 1)),
    )
  },
  (input, { random, other }) => {
    const second = other()
    if (second.length === 0) return input
    const at = random.between(0, input.length)
    return splice(input, at, at, stretch(second, random))
  },
]

const kinds = [setters, cutters, growers, wordChanges, mixers] as const
/** Formats of fixed length, and those with lengths inside, are passed only by what keeps the length. */
const steady = [setters] as const

/** A changed copy, never longer than `maxBytes`. */
export function mutate(input: Uint8Array, options: MutatorOptions): Uint8Array {
  const { random, tokens, maxBytes } = options
  let changed = input
  const among = random.oneIn(3) ? steady : kinds
  for (let left = random.oneIn(2) ? 1 : random.between(2, MOST_CHANGES); left > 0; left--) {
    if (changed.length === 0) changed = random.bytes(random.between(1, 8))
    const kind = random.pick<readonly Change[]>(among)
    if (kind === wordChanges && tokens.length === 0) continue
    changed = random.pick(kind)(changed, options)
    if (changed.length > maxBytes) changed = changed.slice(0, maxBytes)
  }
  return changed
}
