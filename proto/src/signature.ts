/**
 * Checks of signatures, for programs that hold no private key. Signal identity keys are X25519 keys that sign by
 * XEdDSA: the key is turned into the Ed25519 one that verifies. No spec section: the phone link is ours.
 */
import { ed25519 } from '@noble/curves/ed25519.js'
import { TetherError } from './errors.ts'

const KEY_BYTES = 32
const SIGNATURE_BYTES = 64
/** First byte of a Signal public key. */
const SIGNAL_KEY_TYPE = 5
const P = 2n ** 255n - 19n

/** Whether an Ed25519 key (32 bytes) made this signature (64 bytes). Malformed input is false, never an exception. */
export function verifyEd25519(publicKey: Uint8Array, message: Uint8Array, signature: Uint8Array): boolean {
  if (publicKey.length !== KEY_BYTES || signature.length !== SIGNATURE_BYTES) return false
  try {
    // RFC 8032 and not ZIP 215: one signature, one spelling, and no keys of low order.
    return ed25519.verify(signature, message, publicKey, { zip215: false })
  } catch {
    return false
  }
}

/**
 * Whether the owner of a Signal identity key (32 bytes, or 33 with its type byte) made this signature (64 bytes).
 * Throws TETHER_ERR_KEY_LENGTH for what is no such key; a malformed signature is false.
 */
export function verifyXeddsa(publicKey: Uint8Array, message: Uint8Array, signature: Uint8Array): boolean {
  const typed = publicKey.length === KEY_BYTES + 1 && publicKey[0] === SIGNAL_KEY_TYPE
  if (!typed && publicKey.length !== KEY_BYTES) throw new TetherError('TETHER_ERR_KEY_LENGTH', 'identity key')
  if (signature.length !== SIGNATURE_BYTES) return false
  const edwards = edwardsKey(typed ? publicKey.subarray(1) : publicKey, signature[63] & 0x80)
  if (edwards === undefined) return false
  // The sign of the key travels in the top bit of the signature, which Ed25519 leaves zero.
  const plain = signature.slice()
  plain[63] &= 0x7f
  return verifyEd25519(edwards, message, plain)
}

/** The Ed25519 key with y = (u - 1) / (u + 1) and the given sign bit; undefined where there is none. */
function edwardsKey(curveKey: Uint8Array, sign: number): Uint8Array | undefined {
  let u = 0n
  for (let at = KEY_BYTES - 1; at >= 0; at--)
    u = (u << 8n) | BigInt(at === 31 ? curveKey[at] & 0x7f : curveKey[at])
  if (u >= P || u === P - 1n) return undefined
  let y = (((u - 1n + P) % P) * inverse(u + 1n)) % P
  const key = new Uint8Array(KEY_BYTES)
  for (let at = 0; at < KEY_BYTES; at++) {
    key[at] = Number(y & 0xffn)
    y >>= 8n
  }
  key[31] |= sign
  return key
}

/** Fermat: value to the power of P - 2. Public values only, so time does not matter. */
function inverse(value: bigint): bigint {
  let result = 1n
  let base = value % P
  for (let exponent = P - 2n; exponent > 0n; exponent >>= 1n) {
    if (exponent & 1n) result = (result * base) % P
    base = (base * base) % P
  }
  return result
}
