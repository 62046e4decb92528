/** Refusals that both implementations of the cryptography seam share, so that they cannot differ. */
import { TetherError } from './errors.ts'

/** Throws TETHER_ERR_KEY_LENGTH; the text names the part, never its value. */
export function assertLength(bytes: Uint8Array, length: number, part: string): void {
  if (bytes.length !== length) {
    throw new TetherError('TETHER_ERR_KEY_LENGTH', `${part} of ${bytes.length} bytes, expected ${length}`)
  }
}

/** Whether all bytes are zero; looks at every byte. */
export function isZero(bytes: Uint8Array): boolean {
  let seen = 0
  for (const byte of bytes) seen |= byte
  return seen === 0
}
