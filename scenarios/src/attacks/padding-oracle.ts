/**
 * Opens a recorded frame without a key, given somebody who tells good padding from bad. Every query is a frame of four
 * parts: an IV and a first block that read as a whole node, a block to steer with, and the block to be opened. What the
 * last one means is never looked at, as a reader stops at the end of the node; only its padding is.
 */
import { concat } from 'proto/bytes'

const BLOCK = 16
const LIST_SIZE_AT = 1

export interface PaddingOracle {
  /** Whether the browser believes a frame with this body: IV and blocks. */
  believes(body: Uint8Array): boolean
}

/**
 * The plaintext of `body` (IV and blocks), padding included. Its root is a list of `rootSize` parts, which whoever
 * knows the format knows: it is made one of a tag alone.
 */
export function openByPadding(body: Uint8Array, rootSize: number, oracle: PaddingOracle): Uint8Array {
  const blocks = Array.from({ length: body.length / BLOCK }, (_, at) =>
    body.subarray(at * BLOCK, (at + 1) * BLOCK),
  )
  const [iv, first, ...rest] = blocks
  const bare = iv.slice()
  bare[LIST_SIZE_AT] ^= rootSize ^ 1
  const pads = (steer: Uint8Array, block: Uint8Array) => oracle.believes(concat(bare, first, steer, block))
  const opened: Uint8Array[] = []
  for (const [at, block] of [first, ...rest].entries()) {
    const inner = innerOf(block, pads)
    opened.push(inner.map((byte, n) => byte ^ blocks[at][n]))
  }
  return concat(...opened)
}

/** What the cipher makes of one block before it is chained, from the last byte to the first. */
function innerOf(block: Uint8Array, pads: (steer: Uint8Array, block: Uint8Array) => boolean): Uint8Array {
  const inner = new Uint8Array(BLOCK)
  for (let at = BLOCK - 1; at >= 0; at--) {
    const pad = BLOCK - at
    const steer = inner.map((byte, n) => (n > at ? byte ^ pad : 0))
    let guess = 0
    for (; guess < 256; guess++) {
      steer[at] = guess
      if (!pads(steer, block)) continue
      if (at < BLOCK - 1) break
      const other = steer.slice() // it may have been a longer padding by chance
      other[at - 1] ^= 1
      if (pads(other, block)) break
    }
    if (guess === 256) throw new Error(`nobody believed byte ${at}`)
    inner[at] = guess ^ pad
  }
  return inner
}
