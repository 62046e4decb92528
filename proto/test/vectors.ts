/** Reads the vector files of test/vectors and their way of writing nodes and bytes; see the README beside them. */
import { readFileSync } from 'node:fs'
import { createHash } from 'node:crypto'
import { seededEntropy } from '../src/entropy.ts'
import { TetherError, type ErrorCode } from '../src/errors.ts'
import type { Node, NodeContent } from '../src/node.ts'

interface VectorContent {
  text?: string
  bytes?: string
  bytesRepeat?: { byte: string; count: number }
  children?: VectorNode[]
}
interface VectorNode {
  tag: string
  attrs: [string, string][]
  content: VectorContent | null
}
export interface NodeVector {
  id: string
  title: string
  covers: string[]
  hex?: string
  sha256?: string
  expect: 'node' | 'reject'
  node: VectorNode
  encodeInput?: VectorNode
  encode: { plain: boolean; packed: boolean }
}
export interface FrameVector {
  id: string
  direction: 'client-to-server' | 'server-to-client'
  tag: string
  metric?: number
  flags?: number
  encKey: string
  macKey: string
  iv: string
  node: VectorNode
  plaintext: string
  ciphertext: string
  hmac: string
  frame: string
}
export interface PairingVector {
  id: string
  browserPrivate: string
  browserPublic: string
  clientId: string
  ref: string
  qr: string
  phonePrivate: string
  phonePublic: string
  sharedSecret: string
  expanded: string
  encKey: string
  macKey: string
  secretHex: string
  secretBase64: string
}
export interface ChallengeVector {
  id: string
  macKey: string
  challenge: string
  answer: string
}
export interface MediaVector {
  id: string
  type: 'imageMessage' | 'videoMessage' | 'audioMessage' | 'documentMessage' | 'stickerMessage'
  hkdfInfo: string
  mediaKey: string
  expanded: string
  plaintext: { hex?: string; repeatHex?: string; length?: number }
  fileLength: number
  fileSha256: string
  mac: string
  fileEncSha256: string
  uploadedLength: number
  uploadToken: string
  uploaded?: string
  uploadedSha256?: string
  sidecar?: string
}
export interface MediaPartVector {
  id: string
  /** Id of the file in media.json. */
  media: string
  first: number
  last: number
  fetchFirst: number
  fetchLast: number
  sha256: string
}
interface VectorFiles {
  nodes: NodeVector
  frames: FrameVector
  pairing: PairingVector
  challenge: ChallengeVector
  media: MediaVector
  'media-parts': MediaPartVector
}

export function loadVectors<Name extends keyof VectorFiles>(name: Name): VectorFiles[Name][] {
  const url = new URL(`../../test/vectors/${name}.json`, import.meta.url)
  const { count, vectors } = JSON.parse(readFileSync(url, 'utf8')) as {
    count: number
    vectors: VectorFiles[Name][]
  }
  if (count !== vectors.length || count === 0) throw new Error(`${name}.json is not whole`)
  return vectors
}

export function buildNode(vector: VectorNode): Node {
  return {
    tag: vector.tag,
    attrs: Object.fromEntries(vector.attrs),
    content: vector.content === null ? null : buildContent(vector.content),
  }
}

function buildContent(content: VectorContent): NodeContent {
  if (content.text !== undefined) return content.text
  if (content.bytes !== undefined) return fromHex(content.bytes)
  if (content.bytesRepeat !== undefined) {
    const { byte, count } = content.bytesRepeat
    return new Uint8Array(count).fill(parseInt(byte, 16))
  }
  return content.children!.map(buildNode)
}

export function fromHex(hex: string): Uint8Array {
  return new Uint8Array(Buffer.from(hex, 'hex'))
}

export function toHex(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString('hex')
}

export function sha256Hex(bytes: Uint8Array): string {
  return createHash('sha256').update(bytes).digest('hex')
}

/** The code with which a call fails; an exception that is not ours goes on and fails the test. */
export function codeFrom(call: () => unknown): ErrorCode | 'no error' {
  try {
    call()
    return 'no error'
  } catch (error) {
    if (error instanceof TetherError) return error.code
    throw error
  }
}

/** Every single-bit change of short bytes; of long ones `sample` changes at reproducible places. */
export function* bitFlips(bytes: Uint8Array, sample: number, seed: string): Generator<Uint8Array> {
  const bits = bytes.length * 8
  const entropy = seededEntropy(seed)
  const all = bits <= sample
  for (let index = 0; index < Math.min(bits, sample); index++) {
    const bit = all ? index : Buffer.from(entropy.bytes(4)).readUInt32BE() % bits
    const changed = bytes.slice()
    changed[bit >> 3] ^= 1 << (bit & 7)
    yield changed
  }
}
