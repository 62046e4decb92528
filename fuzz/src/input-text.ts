/**
 * Inputs as one line of text, for corpus files and replay commands: printable ASCII stays as it is, any other byte
 * is `%xx`, and no bytes at all are `%`. One spelling for each input, safe between single quotes.
 */
import { TetherError } from 'proto/errors'

const PLAIN = /[!#$&(-~]/ // no blank, no quotes, no %

const EMPTY = '%'

export function formatInput(bytes: Uint8Array): string {
  if (bytes.length === 0) return EMPTY
  let text = ''
  for (const byte of bytes) {
    const character = String.fromCharCode(byte)
    text += PLAIN.test(character) ? character : `%${byte.toString(16).padStart(2, '0')}`
  }
  return text
}

/** Throws TETHER_ERR_BODY for what formatInput did not write. */
export function parseInput(text: string): Uint8Array {
  if (text === EMPTY) return new Uint8Array(0)
  const bytes: number[] = []
  for (let at = 0; at < text.length; at++) {
    if (text[at] !== '%') bytes.push(text.charCodeAt(at))
    else {
      bytes.push(Number.parseInt(text.slice(at + 1, at + 3), 16))
      at += 2
    }
  }
  const input = Uint8Array.from(bytes)
  if (formatInput(input) !== text) throw new TetherError('TETHER_ERR_BODY', 'not an input in %xx form')
  return input
}
