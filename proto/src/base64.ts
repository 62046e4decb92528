/**
 * Base64, standard and URL-safe, for Node and pages. Strict: one spelling of each byte string is accepted (alphabet,
 * padding and unused bits), except that padding may be asked for, forbidden or left free.
 */
import { TetherError } from './errors.ts'

export interface ParseBase64Options {
  /** Default `required` for the standard alphabet, `optional` for the URL-safe one: clients differ (spec 16.2). */
  readonly padding?: 'required' | 'forbidden' | 'optional'
}

const STANDARD = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/'
const URL_SAFE = `${STANDARD.slice(0, 62)}-_`
const NONE = 255

const standardValues = valuesOf(STANDARD)
const urlSafeValues = valuesOf(URL_SAFE)

interface NativeBuffer {
  from(memory: ArrayBufferLike, offset: number, length: number): { toString(encoding: 'base64'): string }
}
const native = (globalThis as { Buffer?: NativeBuffer }).Buffer

/** Standard alphabet with padding. */
export function formatBase64(bytes: Uint8Array): string {
  if (native !== undefined) {
    return native.from(bytes.buffer, bytes.byteOffset, bytes.length).toString('base64')
  }
  const text = format(bytes, STANDARD)
  return text + '='.repeat((4 - (text.length % 4)) % 4)
}

/** URL-safe alphabet without padding. */
export function formatBase64Url(bytes: Uint8Array): string {
  return format(bytes, URL_SAFE)
}

/** Throws TETHER_ERR_BASE64. */
export function parseBase64(text: string, options?: ParseBase64Options): Uint8Array {
  return parse(text, standardValues, options?.padding ?? 'required')
}

/** Throws TETHER_ERR_BASE64. */
export function parseBase64Url(text: string, options?: ParseBase64Options): Uint8Array {
  return parse(text, urlSafeValues, options?.padding ?? 'optional')
}

function format(bytes: Uint8Array, alphabet: string): string {
  let text = ''
  let at = 0
  for (; at + 2 < bytes.length; at += 3) {
    const group = (bytes[at] << 16) | (bytes[at + 1] << 8) | bytes[at + 2]
    text += alphabet[group >> 18] + alphabet[(group >> 12) & 63] + alphabet[(group >> 6) & 63]
    text += alphabet[group & 63]
  }
  const left = bytes.length - at
  if (left === 0) return text
  const group = (bytes[at] << 16) | (left === 2 ? bytes[at + 1] << 8 : 0)
  text += alphabet[group >> 18] + alphabet[(group >> 12) & 63]
  return left === 2 ? text + alphabet[(group >> 6) & 63] : text
}

function parse(
  text: string,
  values: Uint8Array,
  padding: NonNullable<ParseBase64Options['padding']>,
): Uint8Array {
  let length = text.length
  while (length > 0 && length > text.length - 2 && text[length - 1] === '=') length--
  const padded = text.length - length
  const left = length % 4
  if (left === 1) refuse()
  const full = (4 - left) % 4
  const fits = padding === 'required' ? padded === full : padding === 'forbidden' ? padded === 0 : true
  if (!fits || (padded !== 0 && padded !== full)) refuse()

  const bytes = new Uint8Array(Math.floor((length * 3) / 4))
  let bits = 0
  let held = 0
  let filled = 0
  for (let at = 0; at < length; at++) {
    const code = text.charCodeAt(at)
    const value = code < 128 ? values[code] : NONE
    if (value === NONE) refuse()
    held = ((held << 6) | value) & 0xffff
    bits += 6
    if (bits >= 8) {
      bits -= 8
      bytes[filled++] = (held >> bits) & 0xff
    }
  }
  if ((held & ((1 << bits) - 1)) !== 0) refuse()
  return bytes
}

function valuesOf(alphabet: string): Uint8Array {
  const values = new Uint8Array(128).fill(NONE)
  for (let value = 0; value < alphabet.length; value++) values[alphabet.charCodeAt(value)] = value
  return values
}

function refuse(): never {
  throw new TetherError('TETHER_ERR_BASE64')
}
