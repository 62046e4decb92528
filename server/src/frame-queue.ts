/** Frames that wait, bounded in number and in bytes by two rows of the limit table. Frames are copied in. */
import { limit, type LimitName } from 'proto/limits'
import { frameBytes, type Frame } from 'proto/link'

export class FrameQueue<F extends Frame> {
  readonly #frames: LimitName
  readonly #bytes: LimitName
  #waiting: F[] = []
  readonly #since: number[] = []
  #size = 0

  constructor(frames: LimitName, bytes: LimitName) {
    this.#frames = frames
    this.#bytes = bytes
  }

  get length(): number {
    return this.#waiting.length
  }

  /** Appends a frame, now; gives the limit in whose way it is, and keeps nothing then. */
  put(frame: F, now: number): LimitName | null {
    const size = this.#size + frameBytes(frame)
    if (this.#waiting.length >= limit(this.#frames)) return this.#frames
    if (size > limit(this.#bytes)) return this.#bytes
    this.#waiting.push(typeof frame === 'string' ? frame : (new Uint8Array(frame) as F))
    this.#since.push(now)
    this.#size = size
    return null
  }

  /** Everything that waits, in order; the queue is empty then. `waited` hears since when each did. */
  takeAll(waited?: (since: number) => void): readonly F[] {
    for (const since of this.#since.splice(0)) waited?.(since)
    const taken = this.#waiting
    this.#waiting = []
    this.#size = 0
    return taken
  }
}
