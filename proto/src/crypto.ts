/**
 * The cryptography seam: one small synchronous interface. `#crypto` resolves to crypto-node.ts (node:crypto) in
 * Node and to crypto-browser.ts (@noble/*) in pages, which have no WebCrypto over plain http on a LAN address.
 */
export interface Crypto {
  sha256(data: Uint8Array): Uint8Array
  hmacSha256(key: Uint8Array, data: Uint8Array): Uint8Array
  /** HKDF-SHA256 (RFC 5869) with an all-zero salt of 32 bytes when none is given. */
  hkdfSha256(input: Uint8Array, length: number, info?: string, salt?: Uint8Array): Uint8Array
  /** AES-256-CBC with PKCS#7 padding. */
  aesCbcEncrypt(key: Uint8Array, iv: Uint8Array, plaintext: Uint8Array): Uint8Array
  /** Throws TETHER_ERR_PADDING when length or padding is wrong. */
  aesCbcDecrypt(key: Uint8Array, iv: Uint8Array, ciphertext: Uint8Array): Uint8Array
  /** X25519 public key of a 32-byte private key (clamped here). */
  x25519PublicKey(privateKey: Uint8Array): Uint8Array
  /** Throws TETHER_ERR_KEY_LOW_ORDER when the shared secret is all zero. */
  x25519(privateKey: Uint8Array, publicKey: Uint8Array): Uint8Array
  /** Constant-time comparison; false when the lengths differ. */
  equalBytes(a: Uint8Array, b: Uint8Array): boolean
}
