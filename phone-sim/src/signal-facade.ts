/**
 * The shapes in which the library asks for its primitives, on node:crypto and synchronous: a curve for `setCurve`, a
 * source for `setWebCrypto`, and the symmetric primitives. Random bytes come from the Entropy of whichever phone is at work; the process runs
 * one operation at a time (signal.ts), so there is at most one. Research: reliability 6.2.
 */
import { createCipheriv, createDecipheriv, createHmac } from 'node:crypto'
import { concat } from 'proto/bytes'
import type { Entropy } from 'proto/entropy'
import { TetherError } from 'proto/errors'
import { agree, assertSignature, keyPairOf, KEY_TYPE } from './signal-crypto.ts'
import { arrayBuffer } from './signal-record.ts'

let current: Entropy | undefined

/** Lets the library draw from `entropy` until `endDrawing`; operations of two phones never overlap. */
export function beginDrawing(entropy: Entropy): void {
  current = entropy
}
export function endDrawing(): void {
  current = undefined
}

/** The library's own name for X25519 and XEdDSA; public keys come without their type byte here. */
export const curve = {
  keyPair(random: ArrayBuffer): { pubKey: ArrayBuffer; privKey: ArrayBuffer } {
    const { publicKey, privateKey } = keyPairOf(new Uint8Array(random))
    return { pubKey: arrayBuffer(publicKey.subarray(1)), privKey: privateKey.buffer as ArrayBuffer }
  },
  sharedSecret(publicKey: ArrayBuffer | Uint8Array, privateKey: ArrayBuffer): ArrayBuffer {
    return arrayBuffer(agree(new Uint8Array(publicKey), privateKey))
  },
  sign(): never {
    throw new TetherError('TETHER_ERR_INTERNAL', 'the library signs nothing; see signWithIdentity')
  },
  /** True when the signature is INVALID: the library's convention. */
  verify(publicKey: ArrayBuffer, bytes: ArrayBuffer, signature: ArrayBuffer): boolean {
    const typed = concat(new Uint8Array([KEY_TYPE]), new Uint8Array(publicKey))
    assertSignature(typed, new Uint8Array(bytes), new Uint8Array(signature))
    return false
  },
}

/** The library asks WebCrypto for random bytes only; the rest is replaced one level higher, by `primitives`. */
export const webCrypto = {
  getRandomValues<T extends Uint8Array>(into: T): T {
    if (!current) throw new TetherError('TETHER_ERR_INTERNAL', 'random bytes asked for outside an operation')
    into.set(current.bytes(into.length))
    return into
  },
}

type Bytes = ArrayBuffer | Uint8Array
const view = (bytes: Bytes): Uint8Array => (bytes instanceof Uint8Array ? bytes : new Uint8Array(bytes))

/**
 * Takes the place of the methods of the library's crypto object. Those await WebCrypto twice for each HMAC; a message
 * takes some twenty. Everything the library encrypts is AES-256-CBC, everything it signs HMAC-SHA256.
 */
export const primitives = {
  sign: (key: Bytes, data: Bytes): ArrayBuffer =>
    arrayBuffer(createHmac('sha256', view(key)).update(view(data)).digest()),

  encrypt(key: Bytes, data: Bytes, iv: Bytes): ArrayBuffer {
    const cipher = createCipheriv('aes-256-cbc', view(key), view(iv))
    return concat(cipher.update(view(data)), cipher.final()).buffer as ArrayBuffer
  },

  decrypt(key: Bytes, data: Bytes, iv: Bytes): ArrayBuffer {
    const decipher = createDecipheriv('aes-256-cbc', view(key), view(iv))
    return concat(decipher.update(view(data)), decipher.final()).buffer as ArrayBuffer
  },

  /** RFC 5869, always three blocks of 32 bytes. */
  HKDF(input: Bytes, salt: Bytes, info: Bytes): [ArrayBuffer, ArrayBuffer, ArrayBuffer] {
    const key = primitives.sign(salt, input)
    const block = (previous: Bytes, at: number): ArrayBuffer =>
      primitives.sign(key, concat(view(previous), view(info), new Uint8Array([at])))
    const first = block(new Uint8Array(0), 1)
    const second = block(first, 2)
    return [first, second, block(second, 3)]
  },
}
