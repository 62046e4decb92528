/**
 * Node encoder and decoder against those of Baileys 3.5.3, on the same nodes. Baileys turns the content of `message`
 * nodes into protobuf objects inside its codec; that step is taken out here, so that both do the same work.
 */
import { createRequire } from 'node:module'
import { decodeNode } from 'proto/node-decoder'
import { encodeNode } from 'proto/node-encoder'
import type { Node } from 'proto/node'

/** Messages per second of both, and how many times ours is faster. */
export interface CodecRow {
  readonly name: string
  readonly ours: number
  readonly theirs: number
  readonly ratio: number
  readonly unit: string
}

type TheirNode = [string, Record<string, string> | null, null | string | Buffer | TheirNode[]]
interface TheirEncoder {
  write(node: TheirNode): Buffer
}
interface TheirDecoder {
  read(bytes: Buffer): TheirNode
}
interface TheirConstants {
  WA: { Message: { decode(bytes: Buffer): unknown; encode(bytes: Buffer): { finish(): Buffer } } }
}

const ROUNDS = 15
const ROUND_MS = 40
const WARM_UP_MS = 300

/** Alternates short rounds of both, after a warm-up, and compares the medians. */
export async function benchNodeCodec(): Promise<{ rows: CodecRow[] }> {
  const { encoder, decoder } = loadTheirs()
  const rows: CodecRow[] = []
  for (const [name, node] of Object.entries(samples())) {
    const theirNode = toTheirs(node)
    const bytes = encodeNode(node)
    const theirBytes = encoder.write(theirNode)
    // Theirs writes a wrong count for lists of 256 and more, so decoding starts from our bytes for both.
    if (listsAreShort(node) && !theirBytes.equals(bytes)) throw new Error(`${name}: not the same bytes`)
    const buffer = Buffer.from(bytes)
    rows.push(
      await compare(
        `encode ${name}`,
        () => encodeNode(node),
        () => encoder.write(theirNode),
      ),
      await compare(
        `decode ${name}`,
        () => decodeNode(buffer),
        () => decoder.read(buffer),
      ),
    )
  }
  rows.push(...(await compareMix(encoder, decoder)))
  return { rows }
}

/** One of each in turn: the time of a whole session start. */
async function compareMix(encoder: TheirEncoder, decoder: TheirDecoder): Promise<CodecRow[]> {
  const nodes = Object.values(samples())
  const theirNodes = nodes.map(toTheirs)
  const frames = nodes.map((node) => Buffer.from(encodeNode(node)))
  const encodeOurs = () => nodes.map((node) => encodeNode(node))
  const encodeTheirs = () => theirNodes.map((node) => encoder.write(node))
  const decodeOurs = () => frames.map((frame) => decodeNode(frame))
  const decodeTheirs = () => frames.map((frame) => decoder.read(frame))
  return [
    await compare('encode all five', encodeOurs, encodeTheirs),
    await compare('decode all five', decodeOurs, decodeTheirs),
  ]
}

function loadTheirs(): { encoder: TheirEncoder; decoder: TheirDecoder } {
  const require = createRequire(import.meta.url)
  const library = '@adiwajshing/baileys/lib/Binary'
  const { default: Encoder } = require(`${library}/Encoder.js`) as { default: new () => TheirEncoder }
  const { default: Decoder } = require(`${library}/Decoder.js`) as { default: new () => TheirDecoder }
  const constants = require(`${library}/Constants.js`) as TheirConstants
  constants.WA.Message = { decode: (bytes) => bytes, encode: (bytes) => ({ finish: () => bytes }) }
  return { encoder: new Encoder(), decoder: new Decoder() }
}

async function compare(name: string, ours: () => unknown, theirs: () => unknown): Promise<CodecRow> {
  rate(ours, WARM_UP_MS)
  rate(theirs, WARM_UP_MS)
  const ourRates: number[] = []
  const theirRates: number[] = []
  for (let round = 0; round < ROUNDS; round++) {
    ourRates.push(rate(ours, ROUND_MS))
    theirRates.push(rate(theirs, ROUND_MS))
    await Promise.resolve()
  }
  const our = median(ourRates)
  const their = median(theirRates)
  return { name, ours: Math.round(our), theirs: Math.round(their), ratio: our / their, unit: 'nodes/s' }
}

let kept: unknown

/** Calls per second over about `milliseconds`; the last result is kept, so that no call can be left out. */
function rate(call: () => unknown, milliseconds: number): number {
  const started = performance.now()
  let calls = 0
  let elapsed = 0
  for (let batch = 1; elapsed < milliseconds; batch = Math.min(batch * 2, 1024)) {
    for (let index = 0; index < batch; index++) kept = call()
    calls += batch
    elapsed = performance.now() - started
  }
  return (calls * 1000) / elapsed
}

export function lastResult(): unknown {
  return kept
}

function median(values: number[]): number {
  return values.sort((a, b) => a - b)[values.length >> 1]
}

function toTheirs(node: Node): TheirNode {
  const { tag, attrs, content } = node
  if (Array.isArray(content)) return [tag, attrs, content.map(toTheirs)]
  return [tag, attrs, content instanceof Uint8Array ? Buffer.from(content) : content]
}

function listsAreShort(node: Node): boolean {
  return !Array.isArray(node.content) || (node.content.length < 256 && node.content.every(listsAreShort))
}

/** The mix of a session: what a client asks, sends, and gets at its initial sync. */
function samples(): Record<string, Node> {
  return {
    'small query': { tag: 'query', attrs: { type: 'contacts', epoch: '1' }, content: null },
    'relay of 300 B': {
      tag: 'action',
      attrs: { epoch: '8', type: 'relay' },
      content: [{ tag: 'message', attrs: {}, content: payload(300, 1) }],
    },
    'contact list of 500': {
      tag: 'response',
      attrs: { type: 'contacts' },
      content: list(500, (index) => ({
        tag: 'user',
        attrs: { jid: jid(index), name: personName(index), short: personName(index).split(' ')[0] },
        content: null,
      })),
    },
    'chat list of 200': {
      tag: 'response',
      attrs: { type: 'chat' },
      content: list(200, (index) => ({
        tag: 'chat',
        attrs: {
          t: String(1_600_000_000 + index * 977),
          count: String(index % 12),
          jid: index % 5 === 0 ? `${jid(index).split('@')[0]}-${1_500_000_000 + index}@g.us` : jid(index),
          modify_tag: String(100_000 + index * 37),
          spam: 'false',
          name: personName(index),
        },
        content: null,
      })),
    },
    'history page of 25': {
      tag: 'response',
      attrs: { type: 'message' },
      content: list(25, (index) => ({
        tag: 'message',
        attrs: {},
        content: payload(120 + ((index * 53) % 300), index),
      })),
    },
  }
}

const FIRST_NAMES = ['Ann', 'Bola', 'Chidi', 'Dilnoza', 'Elif', 'José', 'Kofi', 'Mei', 'Priya', 'Zoë']
const LAST_NAMES = ['Adeyemi', 'Brown', 'Castillo', 'Dubois', 'Eriksen', 'Fernandes', 'Gupta', 'Haddad']

function personName(index: number): string {
  return `${FIRST_NAMES[index % FIRST_NAMES.length]} ${LAST_NAMES[(index >> 1) % LAST_NAMES.length]} ${index}`
}

function jid(index: number): string {
  return `1555${String(1_000_000 + index * 7919).slice(0, 7)}@s.whatsapp.net`
}

function payload(length: number, seed: number): Uint8Array {
  return Uint8Array.from({ length }, (_, index) => (index * 31 + seed * 17) & 0xff)
}

function list(length: number, item: (index: number) => Node): Node[] {
  return Array.from({ length }, (_, index) => item(index))
}
