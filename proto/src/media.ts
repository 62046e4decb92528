/**
 * Media files: encrypted with a key of their own, stored by a server that cannot open them (spec 16). What is
 * uploaded is AES-256-CBC ciphertext and the first 10 bytes of an HMAC. Never for the server.
 */
import { aesCbcDecrypt, aesCbcEncrypt, equalBytes, hkdfSha256, hmacSha256, sha256 } from '#crypto'
import { formatBase64Url } from './base64.ts'
import { concat } from './bytes.ts'
import { assertLength } from './crypto-checks.ts'
import { TetherError } from './errors.ts'

// prettier-ignore
const types = {
  image:    { info: 'WhatsApp Image Keys',    sidecar: false },
  sticker:  { info: 'WhatsApp Image Keys',    sidecar: false },
  video:    { info: 'WhatsApp Video Keys',    sidecar: true },
  audio:    { info: 'WhatsApp Audio Keys',    sidecar: true },
  document: { info: 'WhatsApp Document Keys', sidecar: false },
} as const

type ShortType = keyof typeof types
/** `image`, or the name of the protobuf member, `imageMessage`. */
export type MediaType = ShortType | `${ShortType}Message`

export interface EncryptMediaInput {
  readonly data: Uint8Array
  /** 32 fresh random bytes. */
  readonly mediaKey: Uint8Array
  readonly type: MediaType
}

export interface EncryptedMedia {
  /** The body of the upload. */
  readonly uploaded: Uint8Array
  /** 10 bytes, also the end of `uploaded`. */
  readonly mac: Uint8Array
  readonly fileSha256: Uint8Array
  readonly fileEncSha256: Uint8Array
  readonly fileLength: number
  /** URL-safe base64 of fileEncSha256 without padding. */
  readonly uploadToken: string
  /** Of video and audio: 10 bytes for each 64 KiB, to check parts of a stream (spec 16.4). */
  readonly sidecar?: Uint8Array
}

export interface DecryptMediaInput {
  /** What was uploaded. */
  readonly data: Uint8Array
  readonly mediaKey: Uint8Array
  readonly type: MediaType
  /** What the message announced; each is checked if given. */
  readonly fileSha256?: Uint8Array
  readonly fileEncSha256?: Uint8Array
  readonly fileLength?: number
}

const KEY_BYTES = 32
export const MAC_BYTES = 10
export const BLOCK_BYTES = 16
const EXPANDED_BYTES = 112
/** A chunk of the sidecar; each holds the block before it too, so it opens without its neighbours (media-part.ts). */
export const CHUNK_BYTES = 65_536

/** How long the upload of a file will be. */
export function uploadedLength(fileLength: number): number {
  return (Math.floor(fileLength / BLOCK_BYTES) + 1) * BLOCK_BYTES + MAC_BYTES
}

/** Throws TETHER_ERR_KEY_LENGTH. */
export function encryptMedia({ data, mediaKey, type }: EncryptMediaInput): EncryptedMedia {
  const { iv, cipherKey, macKey } = mediaKeys(mediaKey, type)
  const ciphertext = aesCbcEncrypt(cipherKey, iv, data)
  const mac = hmacSha256(macKey, concat(iv, ciphertext)).slice(0, MAC_BYTES)
  const uploaded = concat(ciphertext, mac)
  const fileEncSha256 = sha256(uploaded)
  const media = {
    uploaded,
    mac,
    fileSha256: sha256(data),
    fileEncSha256,
    fileLength: data.length,
    uploadToken: formatBase64Url(fileEncSha256),
  }
  return types[shortType(type)].sidecar ? { ...media, sidecar: sidecarOf(iv, uploaded, macKey) } : media
}

/**
 * The file. Throws TETHER_ERR_MEDIA_LENGTH, TETHER_ERR_MEDIA_MAC when it was altered or has another key or type, and
 * TETHER_ERR_MEDIA_HASH when it is not the announced file.
 */
export function decryptMedia(input: DecryptMediaInput): Uint8Array {
  const { data, fileSha256, fileEncSha256, fileLength } = input
  const { iv, cipherKey, macKey } = mediaKeys(input.mediaKey, input.type)
  const length = data.length - MAC_BYTES
  if (length < BLOCK_BYTES || length % BLOCK_BYTES !== 0) throw new TetherError('TETHER_ERR_MEDIA_LENGTH')
  const ciphertext = data.subarray(0, length)
  const mac = hmacSha256(macKey, concat(iv, ciphertext)).subarray(0, MAC_BYTES)
  if (!equalBytes(mac, data.subarray(length))) throw new TetherError('TETHER_ERR_MEDIA_MAC')
  if (fileEncSha256 !== undefined) assertHash(sha256(data), fileEncSha256)
  const file = open(cipherKey, iv, ciphertext)
  if (fileSha256 !== undefined) assertHash(sha256(file), fileSha256)
  if (fileLength !== undefined && file.length !== fileLength) throw new TetherError('TETHER_ERR_MEDIA_HASH')
  return file
}

/** Throws TETHER_ERR_KEY_LENGTH. */
export function mediaKeys(mediaKey: Uint8Array, type: MediaType) {
  assertLength(mediaKey, KEY_BYTES, 'media key')
  const expanded = hkdfSha256(mediaKey, EXPANDED_BYTES, types[shortType(type)].info)
  return {
    iv: expanded.slice(0, 16),
    cipherKey: expanded.slice(16, 48),
    macKey: expanded.slice(48, 80), // the last 32 bytes are the refKey, which nobody uses
  }
}

function shortType(type: MediaType): ShortType {
  return type.replace(/Message$/, '') as ShortType
}

/** One MAC for each 64 KiB of IV and upload together, each over the first 16 bytes of the next one too. */
function sidecarOf(iv: Uint8Array, uploaded: Uint8Array, macKey: Uint8Array): Uint8Array {
  const whole = concat(iv, uploaded)
  const macs: Uint8Array[] = []
  for (let at = 0; at < whole.length; at += CHUNK_BYTES) {
    const chunk = whole.subarray(at, at + CHUNK_BYTES + BLOCK_BYTES)
    macs.push(hmacSha256(macKey, chunk).subarray(0, MAC_BYTES))
  }
  return concat(...macs)
}

function open(key: Uint8Array, iv: Uint8Array, ciphertext: Uint8Array): Uint8Array {
  try {
    return aesCbcDecrypt(key, iv, ciphertext)
  } catch {
    throw new TetherError('TETHER_ERR_MEDIA_MAC')
  }
}

function assertHash(actual: Uint8Array, announced: Uint8Array): void {
  if (!equalBytes(actual, announced)) throw new TetherError('TETHER_ERR_MEDIA_HASH')
}
