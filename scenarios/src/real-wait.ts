/** Waiting in real time, for stories without a world. */
import { sleep } from 'proto/clock'
import { TetherError } from 'proto/errors'
import { realClock } from 'proto/system'

const WITHIN_MS = 15_000
const LOOK_EVERY_MS = 10

/** Resolves when `predicate` holds; rejects TETHER_ERR_WAIT after `withinMs`. */
export async function waitUntil(predicate: () => boolean, withinMs: number = WITHIN_MS): Promise<void> {
  const end = realClock.now() + withinMs
  while (!predicate()) {
    if (realClock.now() > end) throw new TetherError('TETHER_ERR_WAIT', `${withinMs} ms`)
    await sleep(realClock, LOOK_EVERY_MS)
  }
}
