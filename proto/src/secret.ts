/**
 * The pairing secret: how the phone hands two keys to a browser whose public key it scanned (spec 5.3). 144 bytes:
 * phone public key (32), HMAC (32), encrypted keys (80). Never for the server, which passes it on unread.
 */
import {
  aesCbcDecrypt,
  aesCbcEncrypt,
  equalBytes,
  hkdfSha256,
  hmacSha256,
  x25519,
  x25519PublicKey,
} from '#crypto'
import { concat } from './bytes.ts'
import { assertLength } from './crypto-checks.ts'
import { TetherError } from './errors.ts'

export interface BuildSecretInput {
  /** From the QR code. */
  readonly browserPublic: Uint8Array
  /** Fresh for each pairing. */
  readonly phonePrivate: Uint8Array
  readonly encKey: Uint8Array
  readonly macKey: Uint8Array
}

export interface OpenedSecret {
  readonly encKey: Uint8Array
  readonly macKey: Uint8Array
  readonly phonePublic: Uint8Array
}

const KEY_BYTES = 32
const SECRET_BYTES = 144
const EXPANDED_BYTES = 80

/** The phone's side. Throws TETHER_ERR_KEY_LENGTH or TETHER_ERR_KEY_LOW_ORDER. */
export function buildSecret(input: BuildSecretInput): Uint8Array {
  assertLength(input.encKey, KEY_BYTES, 'encryption key')
  assertLength(input.macKey, KEY_BYTES, 'MAC key')
  const { aesKey, hmacKey, iv } = expand(x25519(input.phonePrivate, input.browserPublic))
  const phonePublic = x25519PublicKey(input.phonePrivate)
  const keys = aesCbcEncrypt(aesKey, iv, concat(input.encKey, input.macKey))
  return concat(phonePublic, hmacSha256(hmacKey, concat(phonePublic, keys)), keys)
}

/**
 * The browser's side. Throws TETHER_ERR_SECRET_LENGTH, TETHER_ERR_SECRET_MAC when it was altered or made for another
 * key, and TETHER_ERR_KEY_LOW_ORDER for a public key that anybody could have chosen.
 */
export function openSecret(input: {
  readonly browserPrivate: Uint8Array
  readonly secret: Uint8Array
}): OpenedSecret {
  const { browserPrivate, secret } = input
  if (secret.length !== SECRET_BYTES) throw new TetherError('TETHER_ERR_SECRET_LENGTH')
  const phonePublic = secret.slice(0, KEY_BYTES)
  const mac = secret.subarray(KEY_BYTES, 2 * KEY_BYTES)
  const keys = secret.subarray(2 * KEY_BYTES)
  // X25519 ignores the top bit of a public key; the MAC below covers it.
  const { aesKey, hmacKey, iv } = expand(x25519(browserPrivate, phonePublic))
  if (!equalBytes(hmacSha256(hmacKey, concat(phonePublic, keys)), mac)) {
    throw new TetherError('TETHER_ERR_SECRET_MAC')
  }
  const plain = openKeys(aesKey, iv, keys)
  return { encKey: plain.slice(0, KEY_BYTES), macKey: plain.slice(KEY_BYTES), phonePublic }
}

function openKeys(aesKey: Uint8Array, iv: Uint8Array, keys: Uint8Array): Uint8Array {
  let plain: Uint8Array
  try {
    plain = aesCbcDecrypt(aesKey, iv, keys)
  } catch {
    throw new TetherError('TETHER_ERR_SECRET_MAC')
  }
  if (plain.length !== 2 * KEY_BYTES) throw new TetherError('TETHER_ERR_SECRET_MAC')
  return plain
}

function expand(shared: Uint8Array): { aesKey: Uint8Array; hmacKey: Uint8Array; iv: Uint8Array } {
  const expanded = hkdfSha256(shared, EXPANDED_BYTES)
  return { aesKey: expanded.slice(0, 32), hmacKey: expanded.slice(32, 64), iv: expanded.slice(64) }
}
