/** What bytes are taken for, where a decoder does not take bytes. */
import { utf8 } from 'proto/bytes'

const REPLACEMENT = /\uFFFD/g

/** UTF-8; what is malformed becomes a lone half of a pair, which JavaScript texts may hold and the wire may not. */
export function textOf(bytes: Uint8Array): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length)
    .toString('utf8')
    .replace(REPLACEMENT, '\ud800')
}

/** Words of a text format as bytes. */
export function words(...texts: readonly string[]): readonly Uint8Array[] {
  return texts.map(utf8)
}

/** The JSON value that the bytes spell; undefined when they spell none. */
export function jsonOf(bytes: Uint8Array): unknown {
  try {
    return JSON.parse(textOf(bytes)) as unknown
  } catch {
    return undefined
  }
}
