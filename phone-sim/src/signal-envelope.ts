/**
 * The outside of Signal messages, read by ourselves before the library sees them, so that a forged header is refused
 * while it is still cheap. Stricter than the library: every field once, no unknown ones, canonical keys and numbers;
 * whatever passes here the library reads the same way. Research: reliability 6.1 rows 1 and 5, E5.
 */
import { TetherError } from 'proto/errors'
import { limits } from 'proto/limits'
import { isPublicKey } from './signal-crypto.ts'

const VERSION = 0x33 // this version and the oldest spoken one, both 3
const MAC_BYTES = 8
const BLOCK_BYTES = 16

/** A message in an open session. */
export interface WhisperEnvelope {
  /** The sender's ratchet key, 33 bytes. */
  readonly ratchetKey: Uint8Array
  readonly counter: number
  readonly previousCounter: number
}

/** A first message: the keys to agree with, and the message inside. */
export interface PrekeyEnvelope {
  readonly registrationId: number
  /** Undefined when the sender got a bundle without a one-time prekey. */
  readonly prekeyId: number | undefined
  readonly signedPrekeyId: number
  readonly baseKey: Uint8Array
  readonly identityKey: Uint8Array
  /** The Signal message inside, ready to decrypt, and what its header says. */
  readonly message: Uint8Array
  readonly whisper: WhisperEnvelope
}

type Wire = 'number' | 'bytes'
const WIRE_NUMBER = 0
const WIRE_BYTES = 2

// prettier-ignore
const whisperFields: Readonly<Record<number, Wire>> = { 1: 'bytes', 2: 'number', 3: 'number', 4: 'bytes' }
// prettier-ignore
const prekeyFields: Readonly<Record<number, Wire>> = { 1: 'number', 2: 'bytes', 3: 'bytes', 4: 'bytes', 5: 'number', 6: 'number' }

/** Throws TETHER_ERR_SIGNAL_MESSAGE. */
export function parseWhisper(body: Uint8Array): WhisperEnvelope {
  assertVersion(body)
  if (body.length < 1 + MAC_BYTES) throw refused('too short')
  const fields = parseFields(body.subarray(1, body.length - MAC_BYTES), whisperFields)
  const ratchetKey = fields.key(1)
  const ciphertext = fields.bytes(4)
  if (ciphertext.length === 0 || ciphertext.length % BLOCK_BYTES !== 0) throw refused('not whole blocks')
  return { ratchetKey, counter: fields.number(2), previousCounter: fields.number(3) }
}

/** Throws TETHER_ERR_SIGNAL_MESSAGE. */
export function parsePrekey(body: Uint8Array): PrekeyEnvelope {
  assertVersion(body)
  const fields = parseFields(body.subarray(1), prekeyFields)
  const message = fields.bytes(4).slice()
  const signedPrekeyId = fields.number(6)
  if (signedPrekeyId === 0) throw refused('no signed prekey')
  return {
    registrationId: fields.number(5),
    prekeyId: fields.number(1) || undefined,
    signedPrekeyId,
    baseKey: fields.key(2).slice(),
    identityKey: fields.key(3).slice(),
    message,
    whisper: parseWhisper(message),
  }
}

/** The identity key a first message was sent under, 33 bytes. Throws TETHER_ERR_SIGNAL_MESSAGE. */
export function identityOf(prekeyBody: Uint8Array): Uint8Array {
  return parsePrekey(prekeyBody).identityKey
}

function assertVersion(body: Uint8Array): void {
  if (body.length > limits.MAIL_BYTES.value) throw refused('too long')
  if (body[0] !== VERSION) throw refused('another version')
}

interface Fields {
  number(field: number): number
  bytes(field: number): Uint8Array
  key(field: number): Uint8Array
}

function parseFields(input: Uint8Array, wires: Readonly<Record<number, Wire>>): Fields {
  const numbers = new Map<number, number>()
  const slices = new Map<number, Uint8Array>()
  for (let at = 0; at < input.length;) {
    const tag = parseVarint(input, at)
    at = tag.end
    const field = Math.floor(tag.value / 8)
    const wire = tag.value % 8
    const expected = wires[field]
    if (expected === 'number' && wire === WIRE_NUMBER && !numbers.has(field)) {
      const { value, end } = parseVarint(input, at)
      numbers.set(field, value)
      at = end
    } else if (expected === 'bytes' && wire === WIRE_BYTES && !slices.has(field)) {
      const { value: length, end } = parseVarint(input, at)
      if (length > input.length - end) throw refused('cut short')
      slices.set(field, input.subarray(end, end + length))
      at = end + length
    } else {
      throw refused('an unknown or repeated field')
    }
  }
  const bytes = (field: number): Uint8Array => present(slices.get(field))
  return {
    number: (field) => present(numbers.get(field)),
    bytes,
    key(field) {
      const key = bytes(field)
      if (!isPublicKey(key)) throw refused('a field is not a public key')
      return key
    },
  }
}

function present<T>(value: T | undefined): T {
  if (value === undefined) throw refused('a field is missing')
  return value
}

// Unsigned, at most 32 bits, in the shortest form: longer forms would let one message be written in many ways.
function parseVarint(input: Uint8Array, start: number): { value: number; end: number } {
  let value = 0
  for (let at = start; at < input.length && at < start + 5; at++) {
    const byte = input[at]
    value += (byte & 0x7f) * 2 ** (7 * (at - start))
    if (byte >= 0x80) continue
    if (value > 0xffff_ffff || (byte === 0 && at > start)) throw refused('a number out of range')
    return { value, end: at + 1 }
  }
  throw refused('a number out of range')
}

function refused(detail: string): TetherError {
  return new TetherError('TETHER_ERR_SIGNAL_MESSAGE', detail)
}
