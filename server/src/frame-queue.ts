/** Frames that wait, bounded in number and in bytes by two rows of the limit table. Frames are copied in. */
import { limit, type LimitName } from 'proto/limits'
import { frameBytes, type Frame } from 'proto/link'

export interface Kept<F extends Frame> {
  readonly frame: F
  /** When it was put in. */
  readonly since: number
}

export class FrameQueue<F extends Frame> {
  readonly #frames: LimitName
  readonly #bytes: LimitName
  #waiting: Kept<F>[] = []
  #size = 0

  constructor(frames: LimitName, bytes: LimitName) {
    this.#frames = frames
    this.#bytes = bytes
  }

  get length(): number {
    return this.#waiting.length
  }

  /** Appends a frame that waits since then; gives the limit in whose way it is, and keeps nothing then. */
  put(frame: F, since: number): LimitName | null {
    const size = this.#size + frameBytes(frame)
    if (this.#waiting.length >= limit(this.#frames)) return this.#frames
    if (size > limit(this.#bytes)) return this.#bytes
    this.#waiting.push({ frame: typeof frame === 'string' ? frame : (new Uint8Array(frame) as F), since })
    this.#size = size
    return null
  }

  /** Everything that waits, in order; the queue is empty then. */
  takeAll(): readonly Kept<F>[] {
    const taken = this.#waiting
    this.#waiting = []
    this.#size = 0
    return taken
  }
}
