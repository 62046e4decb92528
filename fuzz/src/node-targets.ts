/** Decoders of nodes: the binary form, its way back to bytes, and the packed texts in it (spec 17). */
import type { Annotation } from 'proto/annotation'
import { concat } from 'proto/bytes'
import { seededEntropy } from 'proto/entropy'
import { codeOf, type ErrorCode } from 'proto/errors'
import { isDeepStrictEqual } from 'node:util'
import { limit } from 'proto/limits'
import { marker, type Node } from 'proto/node'
import { decodeNode } from 'proto/node-decoder'
import { encodeNode } from 'proto/node-encoder'
import { packedKind, readPacked, writePacked, PACKED_MAX } from 'proto/packed'
import { spelled } from './node-spelling.ts'
import { must, type Target } from './target.ts'
import { textOf, words } from './input-forms.ts'

/** NODE_COUNT is out of reach: so many nodes take more bytes than any input here. */
export const NODE_CODES = [
  'TETHER_ERR_NODE_TRUNCATED',
  'TETHER_ERR_NODE_TOKEN',
  'TETHER_ERR_NODE_SIZE',
  'TETHER_ERR_NODE_TEXT',
  'TETHER_ERR_NODE_DEPTH',
  'TETHER_ERR_NODE_OUTPUT',
] as const satisfies readonly ErrorCode[]

const modules = ['node-decoder', 'node-encoder', 'byte-reader', 'packed'].map(
  (name) => `/proto/dist/src/${name}.js`,
)

/** The markers, alone and with what must follow them, and a few tokens. */
const tokens = [
  ...Object.values(marker).map((byte) => Uint8Array.of(byte)),
  Uint8Array.of(marker.LIST_8, 1),
  Uint8Array.of(marker.LIST_8, 2),
  Uint8Array.of(marker.LIST_8, 4),
  Uint8Array.of(marker.LIST_16, 0, 1),
  Uint8Array.of(marker.LIST_16, 0xff, 0xff),
  Uint8Array.of(marker.BINARY_8, 1, 0x41),
  Uint8Array.of(marker.BINARY_20, 0, 0, 2, 0xc3, 0xa4),
  Uint8Array.of(marker.BINARY_32, 0, 0, 0, 1, 0x42),
  Uint8Array.of(marker.NIBBLE_8, 0x82, 0x12, 0x3f),
  Uint8Array.of(marker.HEX_8, 2, 0xab, 0xcd),
  Uint8Array.of(marker.AD_JID, 1, 2, marker.NIBBLE_8, 1, 0x12),
  Uint8Array.of(marker.JID_PAIR, marker.BINARY_8, 1, 0x31, 80),
  // a node with one child, to be repeated
  Uint8Array.of(marker.LIST_8, 2, 10, marker.LIST_8, 1),
  ...words('message', '__proto__', 'constructor', '@'),
]

/** Words of a dozen letters that take one byte each: much output for little input. */
function manyWords(count: number): Node[] {
  const attrs = {
    'canonical-url': 'revoke_invite',
    media_message: 'sticker_pack',
    'matched-text': 'message_info',
  }
  const word = { tag: 'revoke_invite', attrs, content: null }
  return Array.from({ length: count }, () => word)
}

const samples: readonly Node[] = [
  { tag: 'query', attrs: { type: 'chat', epoch: '1' }, content: null },
  {
    tag: 'action',
    attrs: { add: 'relay' },
    content: [{ tag: 'message', attrs: {}, content: Uint8Array.of(10, 2, 8, 1) }],
  },
  {
    tag: 'response',
    attrs: { type: 'contacts' },
    content: [
      { tag: 'user', attrs: { jid: '15550002222@c.us', name: 'Bob', notify: 'bö' }, content: null },
      { tag: 'user', attrs: { jid: '15550003333:7@s.whatsapp.net', short: '\u{1f600}' }, content: null },
    ],
  },
  {
    tag: 'a',
    attrs: { 404: 'x', ['__proto__']: 'y', '': '', hex: 'ABCDEF12', digits: '12-3.4' },
    content: 'text@g.us',
  },
  { tag: 'response', attrs: { 'canonical-url': '', verify: 'true' }, content: manyWords(40) },
  { tag: 'response', attrs: {}, content: manyWords(60) },
  { tag: 'long', attrs: {}, content: new Uint8Array(300).fill(7) },
]

const seeds = () =>
  samples
    .flatMap((node) => [encodeNode(node), encodeNode(node, { style: 'packed' })])
    .concat([
      // SIG writes protobuf as pairs (spec 17.6)
      concat(
        Uint8Array.of(marker.LIST_8, 2, 9, marker.JID_PAIR, marker.BINARY_8, 1, 0x61),
        Uint8Array.of(marker.BINARY_8, 1, 0x62),
      ),
    ])

/** Every byte was described once and in order; of a refused input those before the place of refusal. */
function assertDescribed(annotations: readonly Annotation[], length: number | null): void {
  let at = 0
  for (const { offset, length: covered } of annotations) {
    must(offset === at && covered > 0, `a description at byte ${offset} after ${at}`)
    at += covered
  }
  if (length !== null) must(at === length, `${at} of ${length} bytes described`)
}

/** Not deeper, not more and not longer than the limits, names of attributes included. */
function assertBounded(root: Node, length: number): void {
  let [count, output] = [0, 0]
  const open: [Node, number][] = [[root, 1]]
  for (let next = open.pop(); next; next = open.pop()) {
    const [{ tag, attrs, content }, depth] = next
    must(depth <= limit('NODE_DEPTH'), `${depth} nodes inside one another`)
    count++
    output +=
      tag.length + Object.entries(attrs).reduce((sum, [name, value]) => sum + name.length + value.length, 0)
    if (!Array.isArray(content)) output += content?.length ?? 0
    else for (const child of content) open.push([child, depth + 1])
  }
  must(count <= limit('NODE_COUNT'), `${count} nodes`)
  const most = Math.max(limit('NODE_OUTPUT_FLOOR'), limit('NODE_OUTPUT_RATIO') * length)
  must(output <= most, `${output} characters and bytes out of ${length} bytes`)
}

const decode: Target = {
  name: 'node',
  about: 'a node; described byte by byte it is the same node, or the same refusal',
  modules,
  codes: NODE_CODES,
  maxBytes: 4_096,
  tokens,
  seeds,
  weight: 3,
  run(input) {
    const annotations: Annotation[] = []
    const annotate = (annotation: Annotation) => void annotations.push(annotation)
    let node: Node
    try {
      node = decodeNode(input)
    } catch (error) {
      const code = codeOf(error)
      must(codeThrownBy(() => decodeNode(input, { annotate })) === code, 'described, it is refused otherwise')
      assertDescribed(annotations, null)
      throw error
    }
    must(isDeepStrictEqual(decodeNode(input, { annotate }), node), 'described, it is another node')
    assertDescribed(annotations, input.length)
    assertBounded(node, input.length)
    return node
  },
}

function codeThrownBy(work: () => unknown): ErrorCode | null {
  try {
    work()
    return null
  } catch (error) {
    return codeOf(error)
  }
}

const stable: Target = {
  name: 'node-again',
  about:
    'a node that was decoded can be written in both styles and reads the same; from then on the bytes stay',
  modules,
  codes: NODE_CODES,
  maxBytes: 1_024,
  tokens,
  seeds,
  weight: 2,
  // reads and writes three times in each style, and compares
  slowMs: 50,
  outputFloor: 65_536,
  run(input) {
    const node = decodeNode(input)
    return (['plain', 'packed'] as const).map((style) => {
      const written = encodeNode(node, { style })
      // written tightly it may be so much shorter that what it stands for is too much for its length
      if (codeThrownBy(() => decodeNode(written)) === 'TETHER_ERR_NODE_OUTPUT') return null
      const read = decodeNode(written)
      must(
        isDeepStrictEqual(spelled(read), spelled(node)),
        `${style}: another node after writing and reading`,
      )
      // text is written as text and read as bytes where it has no other form, so the second writing is the one that stays
      const again = encodeNode(read, { style })
      const last = encodeNode(decodeNode(again), { style })
      must(Buffer.compare(last, again) === 0, `${style}: other bytes the third time`)
      return again
    })
  },
}

const packed: Target = {
  name: 'packed',
  about:
    'the first byte says which form, the rest are packed bytes; what is read is written again the same way',
  modules: ['/proto/dist/src/packed.js'],
  codes: [],
  maxBytes: 200,
  tokens: words('\x12\x3f', '\xab\xcd'),
  seeds: () => [
    Uint8Array.of(0, 0x12, 0x3f),
    Uint8Array.of(3, 0xab, 0xcd),
    seededEntropy('packed').bytes(20),
  ],
  weight: 0.5,
  run(input) {
    const [first = 0] = input
    const kind = first & 1 ? marker.HEX_8 : marker.NIBBLE_8
    const odd = (first & 2) !== 0
    const length = Math.min(127, Math.max(0, input.length - 1))
    const text = readPacked(input, 1, length, kind, odd)
    if (text === undefined) return null
    must(text.length <= PACKED_MAX, 'longer than any packed text')
    const again = packedKind(text)
    if (again === undefined) return text // padding within a text is no character of the format
    const out = new Uint8Array(PACKED_MAX + 2)
    const end = writePacked(out, 0, again, text)
    must(readPacked(out, 2, out[1] & 0x7f, again, out[1] > 0x7f) === text, 'another text after writing it')
    must(end === 2 + (out[1] & 0x7f), 'another length than it says')
    return text
  },
}

const asText: Target = {
  name: 'packed-text',
  about: 'any text that has a packed form reads back the same, but for the case of hex digits',
  modules: ['/proto/dist/src/packed.js'],
  codes: [],
  maxBytes: 300,
  tokens: words('0123456789', '-.', 'ABCDEF', 'abcdef'),
  seeds: () => words('12-3.4', 'ABCDEF', 'abc', '1'),
  weight: 0.5,
  run(input) {
    const text = textOf(input)
    const kind = packedKind(text)
    if (kind === undefined) return null
    const out = new Uint8Array(PACKED_MAX + 2)
    writePacked(out, 0, kind, text)
    const read = readPacked(out, 2, out[1] & 0x7f, kind, out[1] > 0x7f)
    must(read === text.toUpperCase(), 'another text')
    return read
  },
}

export const nodeTargets: readonly Target[] = [decode, stable, packed, asText]
