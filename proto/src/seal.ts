/**
 * Sealed frames: the encryption that browser and phone share and the server has no keys for (spec 2.2). A sealed
 * body is HMAC-SHA256(macKey, iv + ciphertext), then iv, then the AES-256-CBC ciphertext. Never for the server.
 */
import { aesCbcDecrypt, aesCbcEncrypt, equalBytes, hmacSha256 } from '#crypto'
import { concat } from './bytes.ts'
import { assertLength } from './crypto-checks.ts'
import { TetherError } from './errors.ts'
import { formatBinaryFrame, parseBinaryFrame, type Sender } from './frame.ts'
import type { Node } from './node.ts'
import { decodeNode, type DecodeOptions } from './node-decoder.ts'
import { encodeNode, type EncodeOptions } from './node-encoder.ts'

/** The two 32-byte keys of a login. */
export interface SealKeys {
  readonly encKey: Uint8Array
  readonly macKey: Uint8Array
}

export interface SealFrameInput extends SealKeys, EncodeOptions {
  readonly tag: string
  readonly node: Node
  /** 16 fresh random bytes; never used twice. */
  readonly iv: Uint8Array
  /** From a browser only; a server or phone gives neither. */
  readonly metric?: number
  readonly flags?: number
}

/** A frame, opened. Metric and flags are there when a client sent it. */
export interface OpenedFrame {
  readonly tag: string
  readonly metric?: number
  readonly flags?: number
  readonly node: Node
}

export interface OpenFrameOptions extends DecodeOptions {
  readonly from: Sender
}

const KEY_BYTES = 32
const MAC_BYTES = 32
const IV_BYTES = 16
const BLOCK_BYTES = 16
const BODY_START = MAC_BYTES + IV_BYTES

/** A whole WebSocket message. With `metric` and `flags` it is one from a browser. */
export function sealFrame(input: SealFrameInput): Uint8Array {
  const { tag, metric, flags } = input
  const sealed = sealBytes(encodeNode(input.node, input), input, input.iv)
  if (metric === undefined || flags === undefined) return formatBinaryFrame({ tag, sealed })
  return formatBinaryFrame({ tag, metric, flags, sealed })
}

/**
 * Opens a whole WebSocket message. Throws TETHER_ERR_FRAME_TAG or _LENGTH for its form, the one TETHER_ERR_FRAME_MAC
 * for anything that is wrong with MAC or padding, and the codes of decodeNode.
 */
export function openFrame(bytes: Uint8Array, keys: SealKeys, options: OpenFrameOptions): OpenedFrame {
  const { tag, metric, flags, sealed } = parseBinaryFrame(bytes, options.from, options)
  const node = decodeNode(openBytes(sealed, keys), options)
  return metric === undefined || flags === undefined ? { tag, node } : { tag, metric, flags, node }
}

/** MAC, IV and ciphertext of any bytes; throws TETHER_ERR_KEY_LENGTH. */
export function sealBytes(plaintext: Uint8Array, keys: SealKeys, iv: Uint8Array): Uint8Array {
  assertLength(keys.macKey, KEY_BYTES, 'MAC key')
  const body = concat(iv, aesCbcEncrypt(keys.encKey, iv, plaintext))
  return concat(hmacSha256(keys.macKey, body), body)
}

/** The plaintext of a sealed body; the MAC is checked before anything is decrypted. */
export function openBytes(sealed: Uint8Array, keys: SealKeys): Uint8Array {
  assertLength(keys.macKey, KEY_BYTES, 'MAC key')
  const length = sealed.length - BODY_START
  if (length < BLOCK_BYTES || length % BLOCK_BYTES !== 0) throw new TetherError('TETHER_ERR_FRAME_LENGTH')
  const mac = sealed.subarray(0, MAC_BYTES)
  const body = sealed.subarray(MAC_BYTES)
  if (!equalBytes(hmacSha256(keys.macKey, body), mac)) throw new TetherError('TETHER_ERR_FRAME_MAC')
  try {
    return aesCbcDecrypt(keys.encKey, body.subarray(0, IV_BYTES), body.subarray(IV_BYTES))
  } catch (error) {
    // Only a holder of the MAC key gets here; the answer is the same all the same.
    if (error instanceof TetherError && error.code === 'TETHER_ERR_PADDING') {
      throw new TetherError('TETHER_ERR_FRAME_MAC')
    }
    throw error
  }
}
