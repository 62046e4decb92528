/**
 * Packed texts: two characters in a byte (spec 17.3). NIBBLE_8 holds digits, `-` and `.`; HEX_8 holds digits and
 * A to F. A first byte gives the number of bytes; its top bit says that the last half-byte is padding.
 */
import { marker } from './node.ts'

/** Most characters in a packed text. */
export const PACKED_MAX = 254

export type PackedKind = typeof marker.NIBBLE_8 | typeof marker.HEX_8

const PADDING = 15
const NONE = 255

const NIBBLES = '0123456789-.'
const HEX = '0123456789ABCDEF'

const nibbleValues = valuesOf(NIBBLES)
const hexValues = valuesOf(HEX)
for (let value = 10; value < 16; value++) hexValues[HEX.toLowerCase().charCodeAt(value)] = value

const nibblePairs = pairsOf((half) => NIBBLES[half] ?? (half === PADDING ? '\0' : undefined))
const hexPairs = pairsOf((half) => HEX[half])

/** Which packed form a text can take, nibbles first as in Baileys 4.4.0; undefined if none. */
export function packedKind(text: string): PackedKind | undefined {
  if (text.length > PACKED_MAX) return undefined
  if (allIn(text, nibbleValues)) return marker.NIBBLE_8
  if (allIn(text, hexValues)) return marker.HEX_8
  return undefined
}

/** Writes marker, length and characters of a text whose kind is known; gives the place after it. */
export function writePacked(out: Uint8Array, at: number, kind: PackedKind, text: string): number {
  const values = kind === marker.NIBBLE_8 ? nibbleValues : hexValues
  const odd = text.length & 1
  const count = (text.length + 1) >> 1
  out[at++] = kind
  out[at++] = (odd << 7) | count
  for (let index = 0; index < text.length; index += 2) {
    const high = values[text.charCodeAt(index)]
    const low = index + 1 < text.length ? values[text.charCodeAt(index + 1)] : PADDING
    out[at++] = (high << 4) | low
  }
  return at
}

/** The characters of `length` packed bytes at `at`; undefined if a half-byte has none (nibbles 12 to 14). */
export function readPacked(
  bytes: Uint8Array,
  at: number,
  length: number,
  kind: PackedKind,
  odd: boolean,
): string | undefined {
  const pairs = kind === marker.NIBBLE_8 ? nibblePairs : hexPairs
  let text = ''
  for (let index = at; index < at + length; index++) {
    const pair = pairs[bytes[index]]
    if (pair === undefined) return undefined
    text += pair
  }
  return odd ? text.slice(0, -1) : text
}

function allIn(text: string, values: Uint8Array): boolean {
  for (let index = 0; index < text.length; index++) {
    const code = text.charCodeAt(index)
    if (code > 127 || values[code] === NONE) return false
  }
  return true
}

function valuesOf(characters: string): Uint8Array {
  const values = new Uint8Array(128).fill(NONE)
  for (let value = 0; value < characters.length; value++) values[characters.charCodeAt(value)] = value
  return values
}

function pairsOf(characterOf: (half: number) => string | undefined): readonly (string | undefined)[] {
  return Array.from({ length: 256 }, (_, byte) => {
    const high = characterOf(byte >> 4)
    const low = characterOf(byte & 15)
    return high === undefined || low === undefined ? undefined : high + low
  })
}
