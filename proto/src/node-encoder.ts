/**
 * Writes nodes as bytes, in either of the two styles that clients use (spec 17.4): `plain` (Baileys 3.5.3, sigalor)
 * or `packed` (Baileys 4.4.0). One shared buffer grows as needed; what is returned is always a copy.
 */
import { TetherError } from './errors.ts'
import { limit } from './limits.ts'
import { marker, USER_SERVER, type Node } from './node.ts'
import { packedKind, writePacked, PACKED_MAX } from './packed.ts'
import { byteOfToken, LONGEST_TOKEN } from './tokens.ts'

export interface EncodeOptions {
  /** `packed` shortens digits and hex texts, but lower-case hex comes back in upper case. Default `plain`. */
  readonly style?: 'plain' | 'packed'
}

const START_BYTES = 16_384
/** A larger buffer is given back after use. */
const KEEP_BYTES = 1_048_576
/** Texts up to here are written byte by byte while they are ASCII; a native call costs more. */
const SHORT_TEXT = 128
const MAX_DEPTH = limit('NODE_DEPTH')
const MAX_LIST = limit('NODE_LIST')

const utf8Encoder = new TextEncoder()

let buffer = new Uint8Array(START_BYTES)
let at = 0
let packed = false

/**
 * The bytes of a node. In the plain style `c.us` becomes the token of `s.whatsapp.net`, as clients write it.
 * Attributes whose value is null or undefined are left out.
 * Throws TETHER_ERR_NODE_INPUT for an empty tag, more than 65,535 children or nesting beyond 64.
 */
export function encodeNode(node: Node, options?: EncodeOptions): Uint8Array {
  at = 0
  packed = options?.style === 'packed'
  writeNode(node, 1)
  const bytes = buffer.slice(0, at)
  if (buffer.length > KEEP_BYTES) buffer = new Uint8Array(START_BYTES)
  return bytes
}

function writeNode(node: unknown, depth: number): void {
  if (depth > MAX_DEPTH) refuse('nested too deep')
  const { tag, attrs, content } = checkedNode(node)
  const names = Object.keys(attrs)
  let size = 1
  for (const name of names) if (attrs[name] !== null && attrs[name] !== undefined) size += 2
  const hasContent = content !== null && content !== undefined
  writeListStart(hasContent ? size + 1 : size)
  writeText(tag)
  for (const name of names) {
    const value = attrs[name]
    if (value === null || value === undefined) continue
    if (typeof value !== 'string') refuse('an attribute that is not text')
    writeText(name)
    writeText(value)
  }
  if (!hasContent) return

  if (typeof content === 'string') writeText(content)
  else if (content instanceof Uint8Array) writeBytes(content)
  else if (Array.isArray(content)) {
    writeListStart(content.length)
    for (const child of content as unknown[]) writeNode(child, depth + 1)
  } else refuse('content of an unknown kind')
}

/** Programs outside the repository are not held by types, so what they give is looked at. */
interface LooseNode {
  readonly tag: string
  readonly attrs: Readonly<Record<string, unknown>>
  readonly content: unknown
}

function checkedNode(node: unknown): LooseNode {
  if (typeof node !== 'object' || node === null) refuse('not a node')
  const { tag, attrs } = node as { tag?: unknown; attrs?: unknown }
  if (typeof tag !== 'string' || tag === '') refuse('empty tag')
  if (typeof attrs !== 'object' || attrs === null) refuse('no attributes')
  return node as LooseNode
}

function writeListStart(count: number): void {
  reserve(3)
  if (count === 0) buffer[at++] = marker.LIST_EMPTY
  else if (count < 256) {
    buffer[at++] = marker.LIST_8
    buffer[at++] = count
  } else {
    if (count > MAX_LIST) refuse('a list too long for two bytes')
    buffer[at++] = marker.LIST_16
    buffer[at++] = count >> 8
    buffer[at++] = count & 0xff
  }
}

/** One text: token, packed, JID or raw. What follows the first @ is written the same way again. */
function writeText(text: string): void {
  for (let rest = text; ;) {
    if (writeWord(rest)) return
    const sign = rest.indexOf('@')
    // An empty server part cannot be written as a pair, and only the packed style writes an empty user part.
    if (sign < 0 || sign === rest.length - 1 || (sign === 0 && !packed)) {
      writeRaw(rest)
      return
    }
    if (packed && writeDeviceJid(rest, sign)) return
    reserve(2)
    buffer[at++] = marker.JID_PAIR
    if (sign === 0) buffer[at++] = marker.LIST_EMPTY
    else writeUser(rest, sign)
    rest = rest.slice(sign + 1)
  }
}

/** Writes a text without an @ that has a short form; false if it has none. */
function writeWord(text: string): boolean {
  if (text.length <= LONGEST_TOKEN) {
    const token = byteOfToken.get(text)
    if (token !== undefined) {
      reserve(1)
      buffer[at++] = token
      return true
    }
    if (text === 'c.us' && !packed) return writeWord(USER_SERVER)
  }
  if (!packed || text.length > PACKED_MAX) return false
  const kind = packedKind(text)
  if (kind === undefined) return false
  reserve(2 + PACKED_MAX)
  at = writePacked(buffer, at, kind, text)
  return true
}

/** The part before the @. In the plain style a number is copied from its place, without taking the text apart. */
function writeUser(text: string, sign: number): void {
  if (!packed && sign > 3 && sign < SHORT_TEXT && isDigit(text.charCodeAt(0))) {
    reserve(2 + sign) // words that begin with a digit have three characters
    if (writeAscii(text, sign)) return
  }
  const user = text.slice(0, sign)
  if (!writeWord(user)) writeRaw(user)
}

/** `user_agent:device@s.whatsapp.net` in its own form, where reading it gives the same text again. */
function writeDeviceJid(text: string, sign: number): boolean {
  const server = text.slice(sign + 1)
  if (server !== USER_SERVER) return false
  const match = /^([^_:]+)(?:_([1-9]\d{0,2}))?(?::([1-9]\d{0,2}))?$/.exec(text.slice(0, sign))
  if (match === null) return false
  const [, user, agentText = '0', deviceText = '0'] = match as unknown as [string, string, string?, string?]
  const [agent, device] = [Number(agentText), Number(deviceText)]
  if (agent === 0 && device === 0) return false
  if (agent > 255 || device > 255) return false
  reserve(3)
  buffer[at++] = marker.AD_JID
  buffer[at++] = agent
  buffer[at++] = device
  if (!writeWord(user)) writeRaw(user)
  return true
}

function writeRaw(text: string): void {
  const length = text.length
  reserve(5 + 3 * length)
  if (length < SHORT_TEXT && writeAscii(text, length)) return
  // The length comes before the text but is known after it: write behind the longest header, then move up.
  const body = at + 5
  const { written } = utf8Encoder.encodeInto(text, buffer.subarray(body))
  writeLength(written)
  buffer.copyWithin(at, body, body + written)
  at += written
}

/** The first `length` characters (below 128) as BINARY_8, if they are ASCII; else writes nothing. */
function writeAscii(text: string, length: number): boolean {
  const body = at + 2
  for (let index = 0; index < length; index++) {
    const code = text.charCodeAt(index)
    if (code > 0x7f) return false
    buffer[body + index] = code
  }
  buffer[at] = marker.BINARY_8
  buffer[at + 1] = length
  at = body + length
  return true
}

function writeBytes(bytes: Uint8Array): void {
  reserve(5 + bytes.length)
  writeLength(bytes.length)
  buffer.set(bytes, at)
  at += bytes.length
}

/** Needs five bytes of room. */
function writeLength(length: number): void {
  if (length < 0x100) {
    buffer[at++] = marker.BINARY_8
  } else if (length < 0x100000) {
    buffer[at++] = marker.BINARY_20
    buffer[at++] = length >> 16
    buffer[at++] = (length >> 8) & 0xff
  } else {
    buffer[at++] = marker.BINARY_32
    buffer[at++] = length >>> 24
    buffer[at++] = (length >> 16) & 0xff
    buffer[at++] = (length >> 8) & 0xff
  }
  buffer[at++] = length & 0xff
}

function reserve(length: number): void {
  if (at + length > buffer.length) grow(at + length)
}

function grow(needed: number): void {
  const larger = new Uint8Array(Math.max(needed, buffer.length * 2))
  larger.set(buffer.subarray(0, at))
  buffer = larger
}

function isDigit(code: number): boolean {
  return code >= 0x30 && code <= 0x39
}

function refuse(why: string): never {
  throw new TetherError('TETHER_ERR_NODE_INPUT', why)
}
