/**
 * A part of a video or audio file, opened without the rest: the sidecar has one MAC for each 64 KiB of IV and upload
 * together, each over one block more, and that block is the IV of the next chunk (spec 16.4). So whole chunks are
 * fetched, checked and opened each for itself.
 */
import { aesCbcDecrypt, aesCbcEncrypt, equalBytes, hmacSha256 } from '#crypto'
import { concat } from './bytes.ts'
import { TetherError } from './errors.ts'
import { BLOCK_BYTES, CHUNK_BYTES, MAC_BYTES, mediaKeys, type MediaType, uploadedLength } from './media.ts'

/** First and last byte, both included. */
export interface MediaPart {
  readonly first: number
  readonly last: number
}

/** What a message says of its file. */
export interface MediaStream {
  readonly mediaKey: Uint8Array
  readonly type: MediaType
  readonly fileLength: number
  readonly sidecar: Uint8Array
}

/** Which bytes of the upload hold this part of the file: what a Range header asks for. Throws TETHER_ERR_RANGE. */
export function fetchRangeOf(part: MediaPart, fileLength: number): MediaPart {
  assertPart(part, fileLength)
  // The upload lacks the IV, with which the chunks begin; the last chunks may hold nothing but padding and MAC.
  const first = Math.max(0, chunkOf(part.first) * CHUNK_BYTES - BLOCK_BYTES)
  const last = Math.min((chunkOf(part.last) + 1) * CHUNK_BYTES, uploadedLength(fileLength)) - 1
  return { first, last }
}

/**
 * The part, from the bytes that fetchRangeOf named. Throws TETHER_ERR_RANGE, TETHER_ERR_MEDIA_LENGTH when these are
 * others, and TETHER_ERR_MEDIA_MAC when a chunk was altered or the sidecar is not that of this file.
 */
export function openMediaPart(stream: MediaStream, part: MediaPart, fetched: Uint8Array): Uint8Array {
  const { fileLength, sidecar } = stream
  const range = fetchRangeOf(part, fileLength)
  if (fetched.length !== range.last - range.first + 1) throw new TetherError('TETHER_ERR_MEDIA_LENGTH')
  const { iv, cipherKey, macKey } = mediaKeys(stream.mediaKey, stream.type)
  const begin = chunkOf(part.first)
  const bytes = begin === 0 ? concat(iv, fetched) : fetched
  const plain: Uint8Array[] = []
  for (let chunk = begin; chunk <= chunkOf(part.last); chunk++) {
    const at = (chunk - begin) * CHUNK_BYTES
    const whole = bytes.subarray(at, at + CHUNK_BYTES + BLOCK_BYTES)
    const mac = hmacSha256(macKey, whole).subarray(0, MAC_BYTES)
    if (!equalBytes(mac, sidecar.subarray(chunk * MAC_BYTES, (chunk + 1) * MAC_BYTES)))
      throw new TetherError('TETHER_ERR_MEDIA_MAC')
    plain.push(openChunk(cipherKey, whole))
  }
  const start = begin * CHUNK_BYTES
  return concat(...plain).slice(part.first - start, part.last - start + 1)
}

/** All blocks of a chunk but its first, which is their IV; the MAC of the file behind them is left out. */
function openChunk(key: Uint8Array, chunk: Uint8Array): Uint8Array {
  const iv = chunk.subarray(0, BLOCK_BYTES)
  const blocks = chunk.subarray(BLOCK_BYTES, chunk.length - (chunk.length % BLOCK_BYTES))
  // A block of padding is put behind them: then the last one is opened as any other, padding of the file included.
  const padding = aesCbcEncrypt(
    key,
    chunk.subarray(blocks.length, blocks.length + BLOCK_BYTES),
    new Uint8Array(0),
  )
  return aesCbcDecrypt(key, iv, concat(blocks, padding))
}

function chunkOf(byte: number): number {
  return Math.floor(byte / CHUNK_BYTES)
}

function assertPart({ first, last }: MediaPart, fileLength: number): void {
  const isPart = Number.isSafeInteger(first) && Number.isSafeInteger(last) && first >= 0 && first <= last
  if (!isPart || last >= fileLength) throw new TetherError('TETHER_ERR_RANGE')
}
