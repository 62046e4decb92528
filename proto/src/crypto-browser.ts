/**
 * The cryptography seam on @noble/*, for pages: a page served over plain http on a LAN address has no WebCrypto.
 * Same functions, same refusals as crypto-node.ts; see crypto.ts.
 */
import { cbc } from '@noble/ciphers/aes.js'
import { x25519 as curve } from '@noble/curves/ed25519.js'
import { hkdf } from '@noble/hashes/hkdf.js'
import { hmac } from '@noble/hashes/hmac.js'
import { sha256 as hash } from '@noble/hashes/sha2.js'
import { utf8 } from './bytes.ts'
import type { Crypto } from './crypto.ts'
import { assertLength, isZero } from './crypto-checks.ts'
import { TetherError } from './errors.ts'

const NO_SALT = new Uint8Array(32)

export const sha256: Crypto['sha256'] = (data) => hash(data)

export const hmacSha256: Crypto['hmacSha256'] = (key, data) => hmac(hash, key, data)

export const hkdfSha256: Crypto['hkdfSha256'] = (input, length, info = '', salt = NO_SALT) =>
  hkdf(hash, input, salt, utf8(info), length)

export const aesCbcEncrypt: Crypto['aesCbcEncrypt'] = (key, iv, plaintext) => {
  assertLength(key, 32, 'AES key')
  assertLength(iv, 16, 'IV')
  return cbc(key, iv).encrypt(plaintext)
}

export const aesCbcDecrypt: Crypto['aesCbcDecrypt'] = (key, iv, ciphertext) => {
  assertLength(key, 32, 'AES key')
  assertLength(iv, 16, 'IV')
  if (ciphertext.length === 0 || ciphertext.length % 16 !== 0) throw new TetherError('TETHER_ERR_PADDING')
  try {
    return cbc(key, iv).decrypt(ciphertext)
  } catch {
    throw new TetherError('TETHER_ERR_PADDING')
  }
}

export const x25519PublicKey: Crypto['x25519PublicKey'] = (privateKey) => {
  assertLength(privateKey, 32, 'X25519 private key')
  return curve.getPublicKey(privateKey)
}

export const x25519: Crypto['x25519'] = (privateKey, publicKey) => {
  assertLength(privateKey, 32, 'X25519 private key')
  assertLength(publicKey, 32, 'X25519 public key')
  let shared: Uint8Array
  try {
    shared = curve.getSharedSecret(privateKey, publicKey)
  } catch {
    throw new TetherError('TETHER_ERR_KEY_LOW_ORDER')
  }
  if (isZero(shared)) throw new TetherError('TETHER_ERR_KEY_LOW_ORDER')
  return shared
}

export const equalBytes: Crypto['equalBytes'] = (a, b) => {
  if (a.length !== b.length) return false
  let difference = 0
  for (let at = 0; at < a.length; at++) difference |= a[at] ^ b[at]
  return difference === 0
}
