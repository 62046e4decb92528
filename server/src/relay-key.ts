/** The server's own Ed25519 key, by which phones recognise it. It signs handshakes and opens nothing. */
import { createPrivateKey, createPublicKey, sign } from 'node:crypto'

/** PKCS#8 wrapping of a raw Ed25519 seed (RFC 8410). */
const PKCS8_PREFIX = Buffer.from('302e020100300506032b657004220420', 'hex')
const PUBLIC_KEY_BYTES = 32

export interface RelayKey {
  readonly publicKey: Uint8Array
  /** 64 bytes. */
  sign(bytes: Uint8Array): Uint8Array
}

/** From the 32-byte seed that the store keeps. */
export function relayKeyOf(seed: Uint8Array): RelayKey {
  const privateKey = createPrivateKey({
    key: Buffer.concat([PKCS8_PREFIX, seed]),
    format: 'der',
    type: 'pkcs8',
  })
  const spki = createPublicKey(privateKey).export({ format: 'der', type: 'spki' })
  return {
    publicKey: spki.subarray(spki.length - PUBLIC_KEY_BYTES),
    sign: (bytes) => sign(null, bytes, privateKey),
  }
}
