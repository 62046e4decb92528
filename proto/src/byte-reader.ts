/**
 * A place in a byte string that moves forward, with bounds checked and texts read fast. Knows nothing of what the
 * bytes mean. A native call costs more than a short text does, so one call turns a stretch of bytes into characters
 * and texts are cut out of it; pages, which have no native calls, take the portable path.
 */
import type { Annotation } from './annotation.ts'
import { utf8Text } from './bytes.ts'
import { TetherError, type ErrorCode } from './errors.ts'

type Slice = (this: Uint8Array, from: number, to: number) => string
interface NativeSlices {
  readonly latin1Slice?: Slice
  readonly utf8Slice?: Slice
}

const native = (globalThis as { Buffer?: { prototype: NativeSlices } }).Buffer?.prototype
const latin1Slice = native?.latin1Slice
const utf8Slice = native?.utf8Slice

/** A text that was cut out keeps its stretch alive, so stretches are short. */
const STRETCH_BYTES = 1_024
const LONGEST_CUT = 128
const SHORTEST_CUT = 5
const REPLACEMENT = '\uFFFD'

const NO_BYTES: Uint8Array = new Uint8Array(0)

export class ByteReader {
  bytes = NO_BYTES
  at = 0
  end = 0
  /** What was read so far, for annotation; null when nobody asked. */
  notes: Annotation[] | null = null
  private memory: ArrayBufferLike = NO_BYTES.buffer
  private memoryStart = -1
  private stretch = ''
  private stretchStart = 0
  private stretchEnd = 0

  /** Starts at the first of these bytes. */
  open(bytes: Uint8Array, annotated: boolean): void {
    this.bytes = bytes
    this.at = 0
    this.end = bytes.length
    this.notes = annotated ? [] : null
  }

  /** Lets go of the bytes, so that a reader that is kept for the next ones does not keep these. */
  close(): void {
    this.bytes = NO_BYTES
    if (this.memoryStart >= 0) {
      this.memoryStart = -1
      this.memory = NO_BYTES.buffer
    }
    if (this.stretchEnd > 0) {
      this.stretchEnd = 0
      this.stretch = ''
    }
  }

  byte(): number {
    const at = this.at
    if (at >= this.end) this.fail('TETHER_ERR_NODE_TRUNCATED')
    this.at = at + 1
    return this.bytes[at]
  }

  /** A big-endian number of two to four bytes. */
  number(size: number): number {
    const { bytes } = this
    const at = this.skip(size)
    let value = (bytes[at] << 8) | bytes[at + 1]
    if (size > 2) value = (value << 8) | bytes[at + 2]
    return size > 3 ? value * 256 + bytes[at + 3] : value
  }

  /** Moves over the next bytes and gives the place where they begin. */
  skip(length: number): number {
    const at = this.at
    if (length > this.end - at) this.fail('TETHER_ERR_NODE_TRUNCATED')
    this.at = at + length
    return at
  }

  /** The next bytes, as a view. */
  view(length: number): Uint8Array {
    const at = this.skip(length)
    if (this.memoryStart < 0) {
      this.memory = this.bytes.buffer
      this.memoryStart = this.bytes.byteOffset
    }
    return new Uint8Array(this.memory, this.memoryStart + at, length)
  }

  /** The next bytes as UTF-8; throws TETHER_ERR_NODE_TEXT. */
  text(length: number): string {
    const { bytes } = this
    const at = this.skip(length)
    const end = at + length
    let seen = 0
    if (length < SHORTEST_CUT) {
      let text = ''
      for (let index = at; index < end; index++) {
        const byte = bytes[index]
        seen |= byte
        text += String.fromCharCode(byte)
      }
      return seen < 0x80 ? text : wideText(bytes, at, end)
    }
    if (latin1Slice === undefined) return wideText(bytes, at, end)
    for (let index = at; index < end; index++) seen |= bytes[index]
    if (seen > 0x7f) return wideText(bytes, at, end)
    if (length > LONGEST_CUT) return latin1Slice.call(bytes, at, end)
    if (end > this.stretchEnd) {
      this.stretchStart = at
      this.stretchEnd = Math.min(this.end, at + STRETCH_BYTES)
      this.stretch = latin1Slice.call(bytes, at, this.stretchEnd)
    }
    return this.stretch.slice(at - this.stretchStart, end - this.stretchStart)
  }

  /** Says what bytes read just now mean. Call only when `notes` is not null. */
  note(offset: number, length: number, name: string, meaning: string): void {
    if (length > 0) this.notes!.push({ offset, length, layer: 'node', name, meaning })
  }

  fail(code: ErrorCode): never {
    throw new TetherError(code, `byte ${this.at}`)
  }
}

function wideText(bytes: Uint8Array, at: number, end: number): string {
  if (utf8Slice !== undefined) {
    // The native call puts U+FFFD for what is malformed: a text without one is well-formed.
    const text = utf8Slice.call(bytes, at, end)
    if (!text.includes(REPLACEMENT)) return text
  }
  return utf8Text(bytes.subarray(at, end))
}
