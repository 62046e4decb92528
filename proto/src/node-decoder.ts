/**
 * Reads nodes from bytes: everything that any client writes is accepted (spec 17.6), everything else is refused with
 * a code, within the limits NODE_*. The same code describes every byte it reads when `annotate` is given.
 */
import type { Annotate } from './annotation.ts'
import { ByteReader } from './byte-reader.ts'
import { utf8 } from './bytes.ts'
import { limit } from './limits.ts'
import { marker, USER_SERVER, type Node, type NodeContent } from './node.ts'
import { readPacked, type PackedKind } from './packed.ts'
import { tokenOfByte } from './tokens.ts'

export interface DecodeOptions {
  /** Gets every byte of the input once, in order, after decoding; on an error those read so far. */
  readonly annotate?: Annotate
}

const MAX_DEPTH = limit('NODE_DEPTH')
const MAX_COUNT = limit('NODE_COUNT')
const OUTPUT_RATIO = limit('NODE_OUTPUT_RATIO')
const OUTPUT_FLOOR = limit('NODE_OUTPUT_FLOOR')
const SMALLEST_NODE = 3
const AT_SIGN = new Uint8Array([0x40])

/** The second half of a JID, for each server that is a token. */
const serverOfByte = tokenOfByte.map((token) => token && `@${token}`)

class NodeReader extends ByteReader {
  nodes = 0
  /** Length of all texts and bytes given out so far. */
  output = 0
  /** How many texts the current one is inside of, on the left side of a pair. */
  textDepth = 0
  /** What the current text is, for annotation. */
  part = ''
}

/** Making a reader costs more than decoding a small node, so one is used again. */
let spare: NodeReader | null = new NodeReader()

/**
 * The node at the start of `bytes`; what follows it is ignored. Byte contents are views of `bytes`, not copies.
 * Token 80 and AD_JID read as `s.whatsapp.net`. Absent values and the bytes 1 and 2 read as '' in attribute values.
 * A JID_PAIR as content of a `message` is put together as bytes, because sigalor writes protobuf that way.
 * Throws TETHER_ERR_NODE_TRUNCATED, _TOKEN, _SIZE, _TEXT, _DEPTH, _COUNT or _OUTPUT.
 */
export function decodeNode(bytes: Uint8Array, options?: DecodeOptions): Node {
  const annotate = options?.annotate
  const reader = spare ?? new NodeReader()
  spare = null
  reader.open(bytes, annotate !== undefined)
  reader.nodes = 1
  reader.output = 0
  reader.textDepth = 0
  try {
    const node = readNode(reader, 1)
    if (reader.notes !== null) reader.note(reader.at, reader.end - reader.at, 'trailing', 'ignored')
    return node
  } finally {
    const { notes } = reader
    reader.close()
    spare = reader
    if (notes !== null) for (const annotation of notes) annotate!(annotation)
  }
}

function readNode(r: NodeReader, depth: number): Node {
  if (depth > MAX_DEPTH) r.fail('TETHER_ERR_NODE_DEPTH')
  const size = readListStart(r, r.byte(), 'parts of the node')
  if (size === 0) r.fail('TETHER_ERR_NODE_SIZE')
  if (r.notes !== null) r.part = 'tag'
  const tag = readText(r, r.byte())
  if (tag === '') r.fail('TETHER_ERR_NODE_TOKEN')
  const attrs = readAttributes(r, (size - 1) >> 1)
  const content = (size & 1) === 0 ? readContent(r, tag, depth) : null
  if (r.output > OUTPUT_FLOOR && r.output > OUTPUT_RATIO * r.end) r.fail('TETHER_ERR_NODE_OUTPUT')
  return { tag, attrs, content }
}

function readAttributes(r: NodeReader, pairs: number): Record<string, string> {
  const attrs: Record<string, string> = {}
  if (pairs > (r.end - r.at) >> 1) r.fail('TETHER_ERR_NODE_TRUNCATED')
  for (let index = 0; index < pairs; index++) {
    if (r.notes !== null) r.part = 'attribute name'
    const name = readText(r, r.byte())
    if (r.notes !== null) r.part = `value of ${name}`
    const first = r.byte()
    const value = first === 1 || first === marker.STREAM_END ? readAbsent(r, first) : readText(r, first)
    if (name === '__proto__') {
      Object.defineProperty(attrs, name, { value, enumerable: true, configurable: true, writable: true })
    } else attrs[name] = value
  }
  return attrs
}

function readContent(r: NodeReader, tag: string, depth: number): NodeContent {
  if (r.notes !== null) r.part = 'content'
  const first = r.byte()
  switch (first) {
    case marker.LIST_EMPTY:
    case marker.LIST_8:
    case marker.LIST_16:
      return readChildren(r, readListStart(r, first, 'children'), depth)
    case marker.BINARY_8:
    case marker.BINARY_20:
    case marker.BINARY_32:
      return readBytes(r, readLength(r, first))
    case marker.JID_PAIR:
      return tag === 'message' ? readJoinedBytes(r) : readText(r, first)
    default:
      return readText(r, first)
  }
}

function readChildren(r: NodeReader, length: number, depth: number): Node[] {
  if (length * SMALLEST_NODE > r.end - r.at) r.fail('TETHER_ERR_NODE_TRUNCATED')
  r.nodes += length
  if (r.nodes > MAX_COUNT) r.fail('TETHER_ERR_NODE_COUNT')
  const children: Node[] = []
  for (let index = 0; index < length; index++) children.push(readNode(r, depth + 1))
  return children
}

function readListStart(r: NodeReader, first: number, counted: string): number {
  const start = r.at - 1
  let length = 0
  if (first === marker.LIST_8) length = r.byte()
  else if (first === marker.LIST_16) length = r.number(2)
  else if (first !== marker.LIST_EMPTY) r.fail('TETHER_ERR_NODE_TOKEN')
  if (r.notes !== null) {
    r.note(start, 1, nameOf(first), `list of ${counted}`)
    r.note(start + 1, r.at - start - 1, 'count', `${length} ${counted}`)
  }
  return length
}

/** One text; `first` is its first byte, read already. */
function readText(r: NodeReader, first: number): string {
  if (first > marker.STREAM_END && first < marker.DICTIONARY_0) {
    const token = tokenOfByte[first]
    if (token === undefined) r.fail('TETHER_ERR_NODE_TOKEN')
    r.output += token.length
    if (r.notes !== null) r.note(r.at - 1, 1, 'token', `${r.part}: ${token}`)
    return token
  }
  switch (first) {
    case marker.BINARY_8:
    case marker.BINARY_20:
    case marker.BINARY_32:
      return readUtf8(r, readLength(r, first))
    case marker.JID_PAIR:
      return readJid(r)
    case marker.NIBBLE_8:
    case marker.HEX_8:
      return readPackedText(r, first)
    case marker.AD_JID:
      return readDeviceJid(r)
    case marker.LIST_EMPTY:
      return readAbsent(r, first)
    default:
      return r.fail('TETHER_ERR_NODE_TOKEN')
  }
}

function readAbsent(r: NodeReader, first: number): string {
  if (r.notes !== null) r.note(r.at - 1, 1, nameOf(first), `${r.part}: absent`)
  return ''
}

function readUtf8(r: NodeReader, length: number): string {
  const text = r.text(length)
  r.output += length
  if (r.notes !== null) r.note(r.at - length, length, 'text', `${r.part}: ${text}`)
  return text
}

function readPackedText(r: NodeReader, kind: PackedKind): string {
  const first = r.byte()
  const length = first & 0x7f
  const text = readPacked(r.bytes, r.skip(length), length, kind, first > 0x7f)
  if (text === undefined) r.fail('TETHER_ERR_NODE_TEXT')
  r.output += text.length
  if (r.notes !== null) {
    const start = r.at - length
    r.note(start - 2, 1, nameOf(kind), 'packed text')
    r.note(start - 1, 1, 'length', `${length} bytes${first > 0x7f ? ', the last half is padding' : ''}`)
    r.note(start, length, 'text', `${r.part}: ${text}`)
  }
  return text
}

/** `user@server`; what follows the @ may be a pair again, as often as it likes, without recursion. */
function readJid(r: NodeReader): string {
  if (++r.textDepth > MAX_DEPTH) r.fail('TETHER_ERR_NODE_DEPTH')
  let text = ''
  for (;;) {
    if (r.notes !== null) r.note(r.at - 1, 1, 'JID_PAIR', `${r.part}: two texts joined with @`)
    text += readText(r, r.byte())
    const first = r.byte()
    r.output++
    if (first === marker.JID_PAIR) {
      text += '@'
      continue
    }
    const server = readText(r, first)
    if (server === '') r.fail('TETHER_ERR_NODE_TEXT')
    r.textDepth--
    return text + (serverOfByte[first] ?? `@${server}`)
  }
}

function readDeviceJid(r: NodeReader): string {
  if (++r.textDepth > MAX_DEPTH) r.fail('TETHER_ERR_NODE_DEPTH')
  const agent = r.byte()
  const device = r.byte()
  if (r.notes !== null) {
    r.note(r.at - 3, 1, 'AD_JID', `${r.part}: a JID with agent and device`)
    r.note(r.at - 2, 1, 'agent', `${agent}`)
    r.note(r.at - 1, 1, 'device', `${device}`)
  }
  const user = readText(r, r.byte())
  r.output += USER_SERVER.length + 9
  r.textDepth--
  return `${user}${agent > 0 ? `_${agent}` : ''}${device > 0 ? `:${device}` : ''}@${USER_SERVER}`
}

/** The content of a message that was taken for a JID: its parts joined with @, never decoded as text (spec 17.6). */
function readJoinedBytes(r: NodeReader): Uint8Array {
  const parts: Uint8Array[] = []
  let length = 0
  let first: number
  do {
    if (r.notes !== null) r.note(r.at - 1, 1, 'JID_PAIR', 'content: two byte strings joined with @')
    const user = readPart(r, r.byte())
    parts.push(user, AT_SIGN)
    length += user.length + 1
    first = r.byte()
  } while (first === marker.JID_PAIR)
  const server = readPart(r, first)
  parts.push(server)
  const joined = new Uint8Array(length + server.length)
  let filled = 0
  for (const part of parts) {
    joined.set(part, filled)
    filled += part.length
  }
  return joined
}

function readPart(r: NodeReader, first: number): Uint8Array {
  if (first < marker.BINARY_8 || first > marker.BINARY_32) return utf8(readText(r, first))
  return readBytes(r, readLength(r, first))
}

function readBytes(r: NodeReader, length: number): Uint8Array {
  const bytes = r.view(length)
  r.output += length
  if (r.notes !== null) r.note(r.at - length, length, 'bytes', `${r.part}: ${length} bytes`)
  return bytes
}

/** The length after a BINARY_x marker; of the 20-bit form the upper four bits mean nothing. */
function readLength(r: NodeReader, first: number): number {
  let length: number
  if (first === marker.BINARY_8) length = r.byte()
  else if (first === marker.BINARY_20) length = r.number(3) & 0xfffff
  else length = r.number(4)
  if (r.notes !== null) {
    const size = first === marker.BINARY_8 ? 1 : first === marker.BINARY_20 ? 3 : 4
    r.note(r.at - size - 1, 1, nameOf(first), 'a length and so many bytes')
    r.note(r.at - size, size, 'length', `${length} bytes`)
  }
  return length
}

/** What the format calls a byte that is not a token. */
function nameOf(first: number): string {
  return Object.entries(marker).find(([, value]) => value === first)?.[0] ?? `byte ${first}`
}
