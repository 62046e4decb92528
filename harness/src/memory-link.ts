/**
 * Two joined Links without a network: frames are copied, keep their order and arrive a fixed time later on the given
 * clock. Behaves as a WebSocket does: a close travels behind the frames before it and is answered by the far end.
 */
import type { Clock } from 'proto/clock'
import { frameBytes, type Frame, type Link, type LinkHandlers } from 'proto/link'

/** What a WebSocket reports when the far end went away without a word. */
const ABNORMAL_CLOSE = 1006

/** A binary frame is valid only during the call that delivers it; afterwards it is full of these. */
const SPENT = 0xdb

type Parcel = { frame: Frame } | { code: number; reason: string }

/** One direction: what was sent at one end and has not been read at the other. */
class Pipe {
  queuedBytes = 0
  #clock: Clock
  #latencyMs: number
  #arrived: Parcel[] = []
  #reader: ((parcel: Parcel) => void) | null = null
  #paused = false

  constructor(clock: Clock, latencyMs: number) {
    this.#clock = clock
    this.#latencyMs = latencyMs
  }

  put(parcel: Parcel): void {
    if ('frame' in parcel) this.queuedBytes += frameBytes(parcel.frame)
    this.#clock.after(this.#latencyMs, () => {
      this.#arrived.push(parcel)
      this.#flush()
    })
  }

  read(reader: (parcel: Parcel) => void): void {
    this.#reader = reader
    this.#flush()
  }

  setPaused(paused: boolean): void {
    this.#paused = paused
    this.#flush()
  }

  /** Forgets everything under way. */
  sever(): void {
    this.#reader = null
    this.#arrived = []
    this.queuedBytes = 0
  }

  #flush(): void {
    while (this.#reader && !this.#paused) {
      const parcel = this.#arrived.shift()
      if (!parcel) return
      if ('frame' in parcel) this.queuedBytes -= frameBytes(parcel.frame)
      this.#reader(parcel)
    }
  }
}

class MemoryLink implements Link {
  #out: Pipe
  #in: Pipe
  #handlers: LinkHandlers | null = null
  #state: 'open' | 'closing' | 'closed' = 'open'

  constructor(out: Pipe, into: Pipe) {
    this.#out = out
    this.#in = into
  }

  get queuedBytes(): number {
    return this.#out.queuedBytes
  }

  send(frame: Frame): void {
    if (this.#state === 'open')
      this.#out.put({ frame: typeof frame === 'string' ? frame : new Uint8Array(frame) })
  }

  close(code: number, reason: string): void {
    if (this.#state !== 'open') return
    this.#state = 'closing'
    this.#out.put({ code, reason })
  }

  pause(): void {
    this.#in.setPaused(true)
  }

  resume(): void {
    this.#in.setPaused(false)
  }

  open(handlers: LinkHandlers): void {
    this.#handlers = handlers
    this.#in.read((parcel) => this.#take(parcel))
  }

  /** Ends this end at once, as a torn cable does. */
  sever(): void {
    this.#in.sever()
    this.#end(ABNORMAL_CLOSE, '')
  }

  #take(parcel: Parcel): void {
    if ('frame' in parcel) {
      this.#handlers?.frame(parcel.frame)
      if (typeof parcel.frame !== 'string') parcel.frame.fill(SPENT) // whoever kept it without a copy finds out
      return
    }
    if (this.#state === 'open') this.#out.put(parcel) // the closing handshake
    this.#in.sever()
    this.#end(parcel.code, parcel.reason)
  }

  #end(code: number, reason: string): void {
    if (this.#state === 'closed') return
    this.#state = 'closed'
    this.#handlers?.close(code, reason)
  }
}

export interface MemoryLinks {
  /** The end of the party that connects. */
  readonly caller: Link
  /** The end of the party that accepts. */
  readonly called: Link
  /** Tears the connection: both ends see close 1006 now; what is under way is lost. */
  sever(): void
}

/** Two joined ends; each frame takes `latencyMs` of `clock` (default 1). */
export function memoryLinks(clock: Clock, latencyMs = 1): MemoryLinks {
  const up = new Pipe(clock, latencyMs)
  const down = new Pipe(clock, latencyMs)
  const caller = new MemoryLink(up, down)
  const called = new MemoryLink(down, up)
  return {
    caller,
    called,
    sever() {
      caller.sever()
      called.sever()
    },
  }
}
