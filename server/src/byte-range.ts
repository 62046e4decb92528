/** The Range header of a download (RFC 9110, 14): one part of a blob, from the front or from the end. */
import { TetherError } from 'proto/errors'
import type { Part } from './blob-store.ts'

const ONE_RANGE = /^bytes=(\d{0,15})-(\d{0,15})$/i

/**
 * The part that is asked for, cut at the end of the blob; null for the whole. What is malformed, has another unit or
 * names several parts is answered with the whole, as the standard allows. Throws TETHER_ERR_RANGE when the part begins
 * behind the end.
 */
export function parseRange(header: string | undefined, bytes: number): Part | null {
  const [, from, to] = ONE_RANGE.exec(header?.replaceAll(' ', '') ?? '') ?? []
  if (from === undefined || to === undefined || (from === '' && to === '')) return null
  if (from === '') {
    const count = Math.min(Number(to), bytes)
    if (count === 0) throw new TetherError('TETHER_ERR_RANGE')
    return { first: bytes - count, last: bytes - 1 }
  }
  const first = Number(from)
  const last = to === '' ? bytes - 1 : Math.min(Number(to), bytes - 1)
  if (to !== '' && Number(to) < first) return null
  if (first >= bytes) throw new TetherError('TETHER_ERR_RANGE')
  return { first, last }
}
