/** The text of the pairing QR code: `ref,base64(browser public key),client id` (spec 5.1). */
import { formatBase64, parseBase64 } from './base64.ts'
import { TetherError } from './errors.ts'
import { limit } from './limits.ts'

export interface QrContent {
  /** Names the browser's connection at the server. */
  readonly ref: string
  /** X25519, 32 bytes. */
  readonly publicKey: Uint8Array
  readonly clientId: string
}

const KEY_BYTES = 32
const MAX_BYTES = limit('QR_TEXT_BYTES')
/** Printable ASCII without the comma. */
const PART = /^[!-+\--~]+$/

/** Throws TETHER_ERR_QR for what parseQr would refuse. */
export function formatQr({ ref, publicKey, clientId }: QrContent): string {
  if (publicKey.length !== KEY_BYTES) throw new TetherError('TETHER_ERR_QR', 'key length')
  const text = `${ref},${formatBase64(publicKey)},${clientId}`
  assertText(text, [ref, clientId])
  return text
}

/** Exactly three parts, none empty, a key of 32 bytes; throws TETHER_ERR_QR. */
export function parseQr(text: string): QrContent {
  const parts = text.length <= MAX_BYTES ? text.split(',') : []
  if (parts.length !== 3) throw new TetherError('TETHER_ERR_QR', 'three parts expected')
  const [ref, key, clientId] = parts as [string, string, string]
  assertText(text, [ref, clientId])
  return { ref, publicKey: parseKey(key), clientId }
}

function parseKey(text: string): Uint8Array {
  let key: Uint8Array
  try {
    key = parseBase64(text)
  } catch {
    throw new TetherError('TETHER_ERR_QR', 'key is not base64')
  }
  if (key.length !== KEY_BYTES) throw new TetherError('TETHER_ERR_QR', 'key length')
  return key
}

function assertText(text: string, parts: readonly string[]): void {
  if (text.length > MAX_BYTES || !parts.every((part) => PART.test(part))) {
    throw new TetherError('TETHER_ERR_QR', 'ref or client id')
  }
}
