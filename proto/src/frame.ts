/**
 * Frames: whole WebSocket messages, taken apart and put together without knowing keys (spec 2). This is the relay's
 * hot path: a binary frame is found by its tag and its body is never copied.
 */
import type { Annotate } from './annotation.ts'
import { concat, utf8, utf8Text } from './bytes.ts'
import { TetherError } from './errors.ts'
import { limit } from './limits.ts'
import { flagNames, metricName } from './metrics.ts'

/** Who sent a binary frame; only browsers write metric and flags. */
export type Sender = 'client' | 'server'

/** A text frame, taken apart. `json` is the text after the comma, not parsed. */
export type TextFrame =
  | { readonly kind: 'json'; readonly tag: string; readonly json: string }
  | { readonly kind: 'empty'; readonly tag: string }
  | { readonly kind: 'keepAlive' }
  | { readonly kind: 'keepAliveAnswer'; readonly timeMs: number }

/** A binary frame, taken apart. `sealed` is a view: HMAC, IV and ciphertext. */
export interface BinaryFrame {
  readonly tag: string
  readonly metric?: number
  readonly flags?: number
  readonly sealed: Uint8Array
}

export const KEEP_ALIVE = '?,,'
const COMMA = 0x2c
const MAX_TAG = limit('MESSAGE_TAG_BYTES')
const lossy = new TextDecoder('utf-8', { ignoreBOM: true })
const MAC_BYTES = 32
const IV_BYTES = 16

/**
 * Takes a text frame apart; an extra comma after the tag, which some clients send, is dropped.
 * Throws TETHER_ERR_FRAME_TAG without a comma, with an empty tag, or with one longer than MESSAGE_TAG_BYTES.
 */
export function parseTextFrame(text: string): TextFrame {
  if (text === KEEP_ALIVE) return { kind: 'keepAlive' }
  if (text.startsWith('!') && /^![0-9]{1,15}$/.test(text)) {
    return { kind: 'keepAliveAnswer', timeMs: Number(text.slice(1)) }
  }
  const comma = text.indexOf(',')
  if (comma <= 0 || comma > MAX_TAG) throw new TetherError('TETHER_ERR_FRAME_TAG')
  const tag = text.slice(0, comma)
  const json = text.slice(text[comma + 1] === ',' ? comma + 2 : comma + 1)
  return json === '' ? { kind: 'empty', tag } : { kind: 'json', tag, json }
}

/** Parses the text after the tag; throws TETHER_ERR_FRAME_JSON. */
export function parseFrameJson(json: string): unknown {
  try {
    return JSON.parse(json) as unknown
  } catch {
    throw new TetherError('TETHER_ERR_FRAME_JSON')
  }
}

/** `tag,json` with the one comma that all clients take; without a value the empty answer `tag,`. */
export function formatTextFrame(tag: string, value?: unknown): string {
  assertTag(tag)
  return value === undefined ? `${tag},` : `${tag},${JSON.stringify(value)}`
}

/** The answer to `?,,`: the server's clock in milliseconds (spec 1.2). */
export function formatKeepAliveAnswer(nowMs: number): string {
  return `!${nowMs}`
}

/** The place of the comma that ends the tag of a binary frame; -1 if it is empty or longer than MESSAGE_TAG_BYTES. */
export function tagEnd(frame: Uint8Array): number {
  const last = frame.length <= MAX_TAG ? frame.length - 1 : MAX_TAG
  for (let at = 0; at <= last; at++) if (frame[at] === COMMA) return at === 0 ? -1 : at
  return -1
}

/** The tag of a frame of either form, for logs and traces; empty when it has none. */
export function tagOf(frame: string | Uint8Array): string {
  if (typeof frame === 'string') return frame.slice(0, Math.max(0, frame.slice(0, MAX_TAG + 1).indexOf(',')))
  return lossy.decode(frame.subarray(0, Math.max(0, tagEnd(frame))))
}

/**
 * Takes a binary frame apart without copying. Throws TETHER_ERR_FRAME_TAG without a tag, TETHER_ERR_FRAME_LENGTH
 * when metric and flags are missing, TETHER_ERR_NODE_TEXT when the tag is not UTF-8.
 */
export function parseBinaryFrame(
  frame: Uint8Array,
  from: Sender,
  options?: { readonly annotate?: Annotate },
): BinaryFrame {
  const comma = tagEnd(frame)
  if (comma < 0) throw new TetherError('TETHER_ERR_FRAME_TAG')
  const tag = utf8Text(frame.subarray(0, comma))
  const start = from === 'client' ? comma + 3 : comma + 1
  if (frame.length < start) throw new TetherError('TETHER_ERR_FRAME_LENGTH')
  if (options?.annotate !== undefined) describe(frame, tag, comma, start, options.annotate)
  const sealed = frame.subarray(start)
  if (from === 'server') return { tag, sealed }
  return { tag, metric: frame[comma + 1], flags: frame[comma + 2], sealed }
}

/** Puts a binary frame together; metric and flags are given by browsers and by nobody else. */
export function formatBinaryFrame(parts: BinaryFrame): Uint8Array {
  assertTag(parts.tag)
  const { metric, flags } = parts
  const bytes = metric === undefined || flags === undefined ? [] : [metric, flags]
  return concat(utf8(`${parts.tag},`), Uint8Array.from(bytes), parts.sealed)
}

function assertTag(tag: string): void {
  if (tag === '' || tag.length > MAX_TAG || tag.includes(',')) throw new TetherError('TETHER_ERR_FRAME_TAG')
}

function describe(frame: Uint8Array, tag: string, comma: number, start: number, annotate: Annotate): void {
  const note = (offset: number, length: number, name: string, meaning: string): void => {
    if (length > 0) annotate({ offset, length, layer: 'frame', name, meaning })
  }
  note(0, comma, 'tag', tag)
  note(comma, 1, 'comma', 'ends the tag')
  if (start > comma + 1) {
    const [metric, flags] = [frame[comma + 1], frame[comma + 2]]
    note(comma + 1, 1, 'metric', `${metric} ${metricName(metric) ?? 'unnamed'}`)
    note(comma + 2, 1, 'flags', `${flags} ${flagNames(flags).join(' + ')}`.trimEnd())
  }
  const mac = Math.min(MAC_BYTES, frame.length - start)
  const iv = Math.min(IV_BYTES, frame.length - start - mac)
  note(start, mac, 'hmac', 'HMAC-SHA256 of IV and ciphertext under the MAC key')
  note(start + mac, iv, 'iv', 'fresh random bytes')
  const rest = frame.length - start - mac - iv
  note(start + mac + iv, rest, 'ciphertext', `node, AES-256-CBC, ${rest / 16} blocks`)
}
