/** The cryptography seam on node:crypto. Same functions, same refusals as crypto-browser.ts; see crypto.ts. */
import {
  createCipheriv,
  createDecipheriv,
  createHash,
  createHmac,
  createPrivateKey,
  createPublicKey,
  diffieHellman,
  hkdfSync,
  timingSafeEqual,
} from 'node:crypto'
import { concat } from './bytes.ts'
import type { Crypto } from './crypto.ts'
import { assertLength, isZero } from './crypto-checks.ts'
import { TetherError } from './errors.ts'

// node:crypto takes raw X25519 keys only inside their DER shells (RFC 8410).
const PRIVATE_SHELL = Buffer.from('302e020100300506032b656e04220420', 'hex')
const PUBLIC_SHELL = Buffer.from('302a300506032b656e032100', 'hex')
const NO_SALT = new Uint8Array(32)

export const sha256: Crypto['sha256'] = (data) => plain(createHash('sha256').update(data).digest())

export const hmacSha256: Crypto['hmacSha256'] = (key, data) =>
  plain(createHmac('sha256', key).update(data).digest())

export const hkdfSha256: Crypto['hkdfSha256'] = (input, length, info = '', salt = NO_SALT) =>
  new Uint8Array(hkdfSync('sha256', input, salt, info, length))

export const aesCbcEncrypt: Crypto['aesCbcEncrypt'] = (key, iv, plaintext) => {
  assertLength(key, 32, 'AES key')
  assertLength(iv, 16, 'IV')
  const cipher = createCipheriv('aes-256-cbc', key, iv)
  return concat(cipher.update(plaintext), cipher.final())
}

export const aesCbcDecrypt: Crypto['aesCbcDecrypt'] = (key, iv, ciphertext) => {
  assertLength(key, 32, 'AES key')
  assertLength(iv, 16, 'IV')
  if (ciphertext.length === 0 || ciphertext.length % 16 !== 0) throw new TetherError('TETHER_ERR_PADDING')
  const decipher = createDecipheriv('aes-256-cbc', key, iv)
  const start = decipher.update(ciphertext)
  let rest: Uint8Array
  try {
    rest = decipher.final()
  } catch {
    throw new TetherError('TETHER_ERR_PADDING')
  }
  return concat(start, rest)
}

export const x25519PublicKey: Crypto['x25519PublicKey'] = (privateKey) => {
  const spki = createPublicKey(privateKeyObject(privateKey)).export({ format: 'der', type: 'spki' })
  return new Uint8Array(spki.subarray(PUBLIC_SHELL.length))
}

export const x25519: Crypto['x25519'] = (privateKey, publicKey) => {
  assertLength(publicKey, 32, 'X25519 public key')
  const own = privateKeyObject(privateKey)
  const theirs = createPublicKey({
    key: Buffer.concat([PUBLIC_SHELL, publicKey]),
    format: 'der',
    type: 'spki',
  })
  let shared: Uint8Array
  try {
    shared = plain(diffieHellman({ privateKey: own, publicKey: theirs }))
  } catch {
    throw new TetherError('TETHER_ERR_KEY_LOW_ORDER')
  }
  if (isZero(shared)) throw new TetherError('TETHER_ERR_KEY_LOW_ORDER')
  return shared
}

export const equalBytes: Crypto['equalBytes'] = (a, b) => a.length === b.length && timingSafeEqual(a, b)

function privateKeyObject(privateKey: Uint8Array) {
  assertLength(privateKey, 32, 'X25519 private key')
  return createPrivateKey({ key: Buffer.concat([PRIVATE_SHELL, privateKey]), format: 'der', type: 'pkcs8' })
}

/** The same memory as a Uint8Array, so that both implementations give the same kind of value. */
function plain(buffer: Buffer): Uint8Array {
  return new Uint8Array(buffer.buffer, buffer.byteOffset, buffer.length)
}
