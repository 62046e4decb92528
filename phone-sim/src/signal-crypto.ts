/**
 * Curve25519 for Signal on node:crypto: key pairs, agreement, and XEdDSA signatures with the same keys (spec:
 * signal.org/docs/specifications/xeddsa). Keys enter node:crypto as JWK, which it reads ten times faster than DER.
 * Knows nothing of sessions or messages. Research: reliability 6.2.
 */
import {
  createHash,
  createPrivateKey,
  createPublicKey,
  diffieHellman,
  sign,
  verify,
  type KeyObject,
} from 'node:crypto'
import { concat, utf8 } from 'proto/bytes'
import type { Entropy } from 'proto/entropy'
import { TetherError } from 'proto/errors'
import type { Identity, KeyPair, Prekey, SignedPrekey } from './signal-port.ts'

export const KEY_TYPE = 5
export const PUBLIC_KEY_BYTES = 33
export const PRIVATE_KEY_BYTES = 32
export const SIGNATURE_BYTES = 64
const MAX_REGISTRATION_ID = 16_380

const FIELD = 2n ** 255n - 19n
const ORDER = 2n ** 252n + 27742317777372353535851937790883648493n

type CurveName = 'X25519' | 'Ed25519'
// node:crypto wants the public half beside a private key but derives it anew; any 32 bytes will do.
const ANY_PUBLIC = Buffer.alloc(32).toString('base64url')
const base64url = (bytes: Uint8Array): string =>
  Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).toString('base64url')

function privateKeyObject(crv: CurveName, privateKey: Uint8Array): KeyObject {
  return createPrivateKey({
    key: { kty: 'OKP', crv, d: base64url(privateKey), x: ANY_PUBLIC },
    format: 'jwk',
  })
}
function publicKeyObject(crv: CurveName, bytes: Uint8Array): KeyObject {
  return createPublicKey({ key: { kty: 'OKP', crv, x: base64url(bytes) }, format: 'jwk' })
}

// Importing a private key costs more than half an agreement, and ratchet keys are used three times. Keyed by the
// buffer itself, so an entry lives exactly as long as the key it stands for; private keys are never pooled.
const keyObjects = new WeakMap<object, KeyObject>()

function cachedPrivateKey(privateKey: Uint8Array | ArrayBuffer): KeyObject {
  const isWhole = privateKey instanceof Uint8Array && privateKey.length === privateKey.buffer.byteLength
  const owner = isWhole ? privateKey.buffer : privateKey
  const known = keyObjects.get(owner)
  if (known) return known
  const key = privateKeyObject('X25519', new Uint8Array(privateKey))
  keyObjects.set(owner, key)
  return key
}

/** Makes the pair of 32 random bytes; the private key comes back clamped, as the library stores it. */
export function keyPairOf(random: Uint8Array): KeyPair {
  const privateKey = new Uint8Array(random)
  privateKey[0] &= 248
  privateKey[31] = (privateKey[31] & 127) | 64
  const publicKey = new Uint8Array(PUBLIC_KEY_BYTES)
  publicKey[0] = KEY_TYPE
  publicKey.set(rawPublicKey(privateKey), 1)
  return { publicKey, privateKey }
}

/** The 32 bytes of the public key of a clamped private key. */
export function rawPublicKey(privateKey: Uint8Array | ArrayBuffer): Uint8Array {
  return Buffer.from(cachedPrivateKey(privateKey).export({ format: 'jwk' }).x!, 'base64url')
}

let lastPublic: { readonly bytes: Buffer; readonly key: KeyObject } | undefined

/** X25519 of a public key (32 bytes) and a private key. Throws TETHER_ERR_KEY_LOW_ORDER. */
export function agree(publicKey: Uint8Array, privateKey: Uint8Array | ArrayBuffer): Uint8Array {
  // a ratchet step uses the same remote key twice in a row
  if (!lastPublic?.bytes.equals(publicKey)) {
    lastPublic = { bytes: Buffer.from(publicKey), key: publicKeyObject('X25519', publicKey) }
  }
  try {
    return diffieHellman({ privateKey: cachedPrivateKey(privateKey), publicKey: lastPublic.key })
  } catch (cause) {
    throw new TetherError('TETHER_ERR_KEY_LOW_ORDER', undefined, { cause })
  }
}

// The points of order 1, 2, 4 and 8: an agreement with them is all zero, and a signature "by" them is easily made.
const LOW_ORDER: ReadonlySet<bigint> = new Set([
  0n,
  1n,
  FIELD - 1n,
  325606250916557431795983626356110631294008115727848805560023387167927233504n,
  39382357235489614581723060781553021112529911719440698176882885853963445705823n,
])

/** Is this a type byte and the canonical u of a point of large order? */
export function isPublicKey(key: Uint8Array): boolean {
  if (key.length !== PUBLIC_KEY_BYTES || key[0] !== KEY_TYPE) return false
  // X25519 would ignore the top bit, and so accept one key in several spellings.
  const u = number(key.subarray(1))
  return u < FIELD && !LOW_ORDER.has(u)
}

/** Throws TETHER_ERR_KEY_LENGTH or TETHER_ERR_KEY_LOW_ORDER; `name` says which key it is. */
export function assertPublicKey(key: Uint8Array, name: string): void {
  if (isPublicKey(key)) return
  const isLow = key.length === PUBLIC_KEY_BYTES && LOW_ORDER.has(number(key.subarray(1)) % FIELD)
  throw new TetherError(isLow ? 'TETHER_ERR_KEY_LOW_ORDER' : 'TETHER_ERR_KEY_LENGTH', name)
}

// A registration id of 1 to 16380, as the libraries of this protocol draw it.
function drawRegistrationId(entropy: Entropy): number {
  for (;;) {
    const [high, low] = entropy.bytes(2)
    const drawn = ((high << 8) | low) & 0x3fff
    if (drawn >= 1 && drawn <= MAX_REGISTRATION_ID) return drawn
  }
}

export function generateIdentity(entropy: Entropy): Identity {
  return { ...keyPairOf(entropy.bytes(PRIVATE_KEY_BYTES)), registrationId: drawRegistrationId(entropy) }
}

/** One-time prekeys with the ids `firstId` (at least 1) and following. */
export function generatePrekeys(entropy: Entropy, ids: readonly number[]): Prekey[] {
  return ids.map((id) => ({ id: positive(id), ...generatePair(entropy) }))
}

export function generateSignedPrekey(entropy: Entropy, identity: KeyPair, id: number): SignedPrekey {
  const pair = generatePair(entropy)
  return { id: positive(id), ...pair, signature: signWithIdentity(identity, pair.publicKey) }
}

function generatePair(entropy: Entropy): KeyPair {
  return keyPairOf(entropy.bytes(PRIVATE_KEY_BYTES))
}

// With id 0 in stock, the library uses and deletes that key for every message sent without a one-time key.
function positive(id: number): number {
  if (!Number.isInteger(id) || id < 1) throw new TetherError('TETHER_ERR_INTERNAL', 'prekey ids start at 1')
  return id
}

/** XEdDSA over `bytes`, 64 bytes; deterministic. Throws TETHER_ERR_INTERNAL if the pair does not belong together. */
export function signWithIdentity(identity: KeyPair, bytes: Uint8Array): Uint8Array {
  const edwards = edwardsOf(identity.publicKey)
  const scalar = number(identity.privateKey) % ORDER
  // The Montgomery key does not tell whether the Edwards point is A or -A; one of the two signs verifies.
  for (const a of [scalar, ORDER - scalar]) {
    const signature = signAs(a, edwards, identity.privateKey, bytes)
    if (verify(null, bytes, publicKeyObject('Ed25519', edwards), signature)) return signature
  }
  throw new TetherError('TETHER_ERR_INTERNAL', 'the private and the public key are not a pair')
}

const NONCE_LABEL = utf8('tether xeddsa nonce 1\n')

/**
 * Ed25519 with a given scalar. node:crypto signs from seeds only, but the seed of a one-off key tells its nonce
 * SHA-512(prefix), so that key's signature of nothing yields the commitment R = rB in constant time.
 */
function signAs(a: bigint, edwards: Uint8Array, secret: Uint8Array, bytes: Uint8Array): Uint8Array {
  const seed = sha512(NONCE_LABEL, secret, bytes).subarray(0, 32)
  const commitment = sign(null, new Uint8Array(0), privateKeyObject('Ed25519', seed)).subarray(0, 32)
  const r = number(sha512(sha512(seed).subarray(32)))
  const s = (r + number(sha512(commitment, edwards, bytes)) * a) % ORDER
  return concat(commitment, bytesOf(s))
}

/**
 * Throws TETHER_ERR_SIGNATURE unless `signature` is the XEdDSA signature of `bytes` under `publicKey`. The library's
 * own `verify` answers true when a signature is invalid; it is wrapped nowhere else.
 */
export function assertSignature(publicKey: Uint8Array, bytes: Uint8Array, signature: Uint8Array): void {
  if (!isPublicKey(publicKey) || signature.length !== SIGNATURE_BYTES)
    throw new TetherError('TETHER_ERR_SIGNATURE')
  // Old signers put the sign of the Edwards point in the top bit of the signature.
  const edwards = edwardsOf(publicKey)
  edwards[31] |= signature[63] & 0x80
  const plain = new Uint8Array(signature)
  plain[63] &= 0x7f
  let valid: boolean
  try {
    valid = verify(null, bytes, publicKeyObject('Ed25519', edwards), plain)
  } catch {
    valid = false // not a point of the curve
  }
  if (!valid) throw new TetherError('TETHER_ERR_SIGNATURE')
}

// y = (u - 1) / (u + 1), RFC 7748 section 4.1, with the sign bit 0.
function edwardsOf(publicKey: Uint8Array): Uint8Array {
  const u = number(publicKey.subarray(1))
  return bytesOf(((u - 1n + FIELD) * inverse(u + 1n)) % FIELD)
}

// Extended Euclid; the input is public. The inverse of 0 is 0, as RFC 7748 has it.
function inverse(value: bigint): bigint {
  let [r, next, t, nextT] = [FIELD, value % FIELD, 0n, 1n]
  while (next !== 0n) {
    const quotient = r / next
    ;[r, next] = [next, r - quotient * next]
    ;[t, nextT] = [nextT, t - quotient * nextT]
  }
  return r === 1n ? (t + FIELD) % FIELD : 0n
}

function number(littleEndian: Uint8Array): bigint {
  return BigInt(`0x${Buffer.from(littleEndian).reverse().toString('hex')}`)
}
function bytesOf(value: bigint): Uint8Array {
  return new Uint8Array(Buffer.from(value.toString(16).padStart(64, '0'), 'hex').reverse())
}
function sha512(...parts: readonly Uint8Array[]): Uint8Array {
  const hash = createHash('sha512')
  for (const part of parts) hash.update(part)
  return hash.digest()
}
