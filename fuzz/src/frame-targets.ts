/** Whole WebSocket messages: taken apart, put together, opened (spec 2, and the phone link). */
import { isDeepStrictEqual } from 'node:util'
import type { Annotation } from 'proto/annotation'
import { concat, utf8 } from 'proto/bytes'
import { aesCbcEncrypt, hmacSha256 } from 'proto/crypto-node'
import { seededEntropy } from 'proto/entropy'
import {
  formatBinaryFrame,
  formatTextFrame,
  parseBinaryFrame,
  parseFrameJson,
  parseTextFrame,
  tagEnd,
  type Sender,
} from 'proto/frame'
import { encodeNode } from 'proto/node-encoder'
import { decodeRelayFrame, encodeRelayFrame, RELAY_BINARY, RELAY_TEXT } from 'proto/phone-link'
import { openBytes, openFrame, sealBytes, sealFrame } from 'proto/seal'
import { textOf, words } from './input-forms.ts'
import { NODE_CODES } from './node-targets.ts'
import { must, type Target } from './target.ts'

const FRAME = '/proto/dist/src/frame.js'
const entropy = seededEntropy('frames')
const keys = { encKey: entropy.bytes(32), macKey: entropy.bytes(32) }
const iv = entropy.bytes(16)
const node = { tag: 'query', attrs: { type: 'chat' }, content: null }

const text: Target = {
  name: 'text-frame',
  isJson: true,
  about: 'tag and JSON; what is read is written and read again the same',
  modules: [FRAME],
  codes: ['TETHER_ERR_FRAME_TAG', 'TETHER_ERR_FRAME_JSON'],
  maxBytes: 2_048,
  tokens: words(
    '?,,',
    '!1600000000000',
    ',',
    ',,',
    '1600000000.--0,',
    '["',
    '"]',
    '{"',
    '":',
    '\\u0000',
    '\\ud800',
    '__proto__',
    '1e999',
    '-0',
    'null',
    '[[[[[[[[',
  ),
  seeds: () =>
    words(
      '?,,',
      '!1559390400000',
      '1600000000.--0,["admin","test"]',
      '1600000000.--1,,["query","exist","15550002222@c.us"]',
      's1,{"a":{"__proto__":[1,null,true]}}',
      'tag,',
    ),
  weight: 1.5,
  run(input) {
    const frame = parseTextFrame(textOf(input))
    if (frame.kind !== 'json') {
      if (frame.kind === 'empty') must(formatTextFrame(frame.tag) === `${frame.tag},`, 'another empty answer')
      return frame
    }
    const value = parseFrameJson(frame.json)
    const written = formatTextFrame(frame.tag, value)
    const again = parseTextFrame(written)
    must(again.kind === 'json' && again.tag === frame.tag, 'another frame after writing it')
    // what JSON cannot say (numbers without end) is null the second time, so the texts are compared
    if (again.kind === 'json')
      must(formatTextFrame(again.tag, parseFrameJson(again.json)) === written, 'other JSON')
    return { tag: frame.tag, value }
  },
}

const binary = (from: Sender): Target => ({
  name: `binary-frame-of-${from}`,
  about:
    'tag, metric and flags of a client, sealed part; described byte by byte; put together it is the same',
  modules: [FRAME, '/proto/dist/src/metrics.js'],
  codes: [
    'TETHER_ERR_FRAME_TAG',
    'TETHER_ERR_NODE_TEXT',
    ...(from === 'client' ? (['TETHER_ERR_FRAME_LENGTH'] as const) : []),
  ],
  maxBytes: 1_024,
  tokens: words(',', '1600000000.--0,', '\x0a\x80', 's1,'),
  seeds: () => [
    sealFrame({ ...keys, tag: '1600000000.--0', node, iv, metric: 10, flags: 128 }),
    sealFrame({ ...keys, tag: '1600000000-1', node, iv }),
  ],
  weight: 0.5,
  run(input) {
    const frame = parseBinaryFrame(input, from)
    let covered = 0
    const annotate = ({ offset, length }: Annotation) => {
      must(offset === covered && length > 0, `a description at byte ${offset} after ${covered}`)
      covered += length
    }
    must(
      isDeepStrictEqual(parseBinaryFrame(input, from, { annotate }), frame),
      'described, it is another frame',
    )
    must(covered === input.length, `${covered} of ${input.length} bytes described`)
    must(tagEnd(input) === utf8(frame.tag).length, 'the relay finds another tag')
    must(Buffer.compare(formatBinaryFrame(frame), input) === 0, 'another frame after writing it')
    return frame
  },
})

/** What the first byte makes of the rest. */
const wrappings: readonly ((body: Uint8Array) => Uint8Array)[] = [
  (body) => body,
  // a node, rightly sealed
  (body) => concat(utf8('t,'), Uint8Array.of(1, 2), sealBytes(body, keys, iv)),
  // blocks with the right MAC, which nobody encrypted: what is in them is chance, and so is the padding
  (body) => {
    const blocks = concat(iv, body.subarray(0, body.length & ~15))
    return concat(utf8('t,'), Uint8Array.of(1, 2), hmacSha256(keys.macKey, blocks), blocks)
  },
  // padded wrongly, or not at all, before it was encrypted and signed
  (body) => {
    const ciphertext = aesCbcEncrypt(keys.encKey, iv, body).subarray(0, -16)
    const blocks = concat(iv, ciphertext)
    return concat(utf8('t,'), Uint8Array.of(1, 2), hmacSha256(keys.macKey, blocks), blocks)
  },
]

const sealed: Target = {
  name: 'sealed-frame',
  about:
    'the first byte says how the rest is sealed: not at all, rightly, or with a right MAC over wrong blocks',
  modules: [FRAME, '/proto/dist/src/seal.js', '/proto/dist/src/node-decoder.js'],
  codes: ['TETHER_ERR_FRAME_TAG', 'TETHER_ERR_FRAME_LENGTH', 'TETHER_ERR_FRAME_MAC', ...NODE_CODES],
  maxBytes: 1_024,
  tokens: [Uint8Array.of(0xf8, 2), Uint8Array.of(0xfc, 1, 0x41), ...words('t,')],
  seeds: () =>
    wrappings.flatMap((_, at) => [
      concat(Uint8Array.of(at), encodeNode(node), new Uint8Array(16)),
      concat(Uint8Array.of(at), sealFrame({ ...keys, tag: 't', node, iv, metric: 10, flags: 128 })),
    ]),
  weight: 0.5,
  run(input) {
    const wrap = wrappings[(input[0] ?? 0) % wrappings.length]
    return openFrame(wrap(input.subarray(1)), keys, { from: 'client' })
  },
}

const sealedBytes: Target = {
  name: 'sealed-bytes',
  about: 'sealed and opened it is the same; with any bit of it changed it is refused, always alike',
  modules: ['/proto/dist/src/seal.js'],
  codes: [],
  maxBytes: 300,
  tokens: [],
  seeds: () => [new Uint8Array(0), new Uint8Array(16), entropy.bytes(33)],
  weight: 0.25,
  run(input) {
    const whole = sealBytes(input, keys, iv)
    must(Buffer.compare(openBytes(whole, keys), input) === 0, 'other bytes after opening')
    const at = input.reduce((sum, byte) => (sum * 31 + byte) % (8 * whole.length), input.length)
    const flipped = whole.slice()
    flipped[at >> 3] ^= 1 << (at & 7)
    must(isRefused(flipped), `bit ${at} of a sealed body may be changed`)
    return whole
  },
}

function isRefused(body: Uint8Array): boolean {
  try {
    openBytes(body, keys)
    return false
  } catch (error) {
    return (error as { code?: string }).code === 'TETHER_ERR_FRAME_MAC'
  }
}

const relay: Target = {
  name: 'relay-frame',
  about: 'the header of the phone link, which is written again the same',
  modules: ['/proto/dist/src/phone-link.js'],
  codes: ['TETHER_ERR_BODY'],
  maxBytes: 256,
  tokens: [Uint8Array.of(1, 1, 0, 0), Uint8Array.of(0xff, 0xff, 0xff, 0xff)],
  seeds: () => [
    encodeRelayFrame({ kind: RELAY_BINARY, connection: 1, epoch: 1, heard: 0 }, utf8('t,xx')),
    encodeRelayFrame(
      { kind: RELAY_TEXT, connection: 2 ** 32 - 1, epoch: 0x80_00_00_00, heard: 0xff_ff },
      utf8('t,["a"]'),
    ),
  ],
  weight: 1,
  run(input) {
    const { header, message } = decodeRelayFrame(input)
    must(Buffer.compare(encodeRelayFrame(header, message), input) === 0, 'another frame after writing it')
    return { header, message }
  },
}

export const frameTargets: readonly Target[] = [
  text,
  binary('client'),
  binary('server'),
  sealed,
  sealedBytes,
  relay,
]
