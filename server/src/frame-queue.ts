/** Frames that wait, bounded in number and in bytes by two rows of the limit table. Frames are copied in. */
import { limit, type LimitName } from 'proto/limits'
import { frameBytes, type Frame } from 'proto/link'

export class FrameQueue<F extends Frame> {
  readonly #frames: LimitName
  readonly #bytes: LimitName
  #waiting: F[] = []
  #size = 0

  constructor(frames: LimitName, bytes: LimitName) {
    this.#frames = frames
    this.#bytes = bytes
  }

  get length(): number {
    return this.#waiting.length
  }

  /** Appends a frame; gives the limit in whose way it is, and keeps nothing then. */
  put(frame: F): LimitName | null {
    const size = this.#size + frameBytes(frame)
    if (this.#waiting.length >= limit(this.#frames)) return this.#frames
    if (size > limit(this.#bytes)) return this.#bytes
    this.#waiting.push(typeof frame === 'string' ? frame : (new Uint8Array(frame) as F))
    this.#size = size
    return null
  }

  /** Everything that waits, in order; the queue is empty then. */
  takeAll(): readonly F[] {
    const taken = this.#waiting
    this.#waiting = []
    this.#size = 0
    return taken
  }
}
