/**
 * The resume challenge: HMAC-SHA256 of the server's bytes under the MAC key (spec 7.3). Frames are authenticated with
 * the same key and function, so answering bytes that could be the body of a frame would sign that frame. A body is
 * whole 16-byte blocks; a client of ours answers only lengths that are not. Never for the server.
 */
import { equalBytes, hmacSha256 } from '#crypto'
import { TetherError } from './errors.ts'

const SHORTEST = 20
const LONGEST = 64
const BLOCK_BYTES = 16

/** Whether a client may answer a challenge of this form. */
export function fitsChallenge(challenge: Uint8Array): boolean {
  const { length } = challenge
  return length >= SHORTEST && length <= LONGEST && length % BLOCK_BYTES !== 0
}

/** The answer of a client, 32 bytes; throws TETHER_ERR_CHALLENGE_SHAPE for what could be the body of a frame. */
export function answerChallenge(macKey: Uint8Array, challenge: Uint8Array): Uint8Array {
  if (!fitsChallenge(challenge)) throw new TetherError('TETHER_ERR_CHALLENGE_SHAPE')
  return challengeMac(macKey, challenge)
}

/** The right answer to any challenge: for the phone, which judges answers and never sends this. */
export function challengeMac(macKey: Uint8Array, challenge: Uint8Array): Uint8Array {
  return hmacSha256(macKey, challenge)
}

/** Judges an answer, in constant time. */
export function checkChallenge(macKey: Uint8Array, challenge: Uint8Array, answer: Uint8Array): boolean {
  return equalBytes(challengeMac(macKey, challenge), answer)
}
