/** Two ends of a link in memory. Frames arrive in later turns, in order; binary ones in a buffer that is then reused. */
import type { Frame, Link, LinkHandlers } from 'proto/link'

class End implements Link {
  other!: End
  readonly queuedBytes = 0
  #handlers: LinkHandlers | null = null
  #early: (() => void)[] = []
  #closed = false

  open(handlers: LinkHandlers): void {
    this.#handlers = handlers
    for (const task of this.#early.splice(0)) task()
  }

  send(frame: Frame): void {
    if (this.#closed) return
    const copy = typeof frame === 'string' ? frame : new Uint8Array(frame)
    setImmediate(() => this.other.#take(copy))
  }

  close(code: number, reason: string): void {
    if (this.#closed) return
    this.#closed = true
    setImmediate(() => {
      this.#end(code, reason)
      this.other.#end(code, reason)
    })
  }

  pause(): void {}
  resume(): void {}

  #take(frame: Frame): void {
    const task = (): void => {
      if (this.#closed) return
      this.#handlers!.frame(frame)
      if (typeof frame !== 'string') frame.fill(0)
    }
    if (this.#handlers) task()
    else this.#early.push(task)
  }

  #end(code: number, reason: string): void {
    this.#closed = true
    const handlers = this.#handlers
    this.#handlers = null
    handlers?.close(code, reason)
  }
}

export function linkPair(): [Link, Link] {
  const [a, b] = [new End(), new End()]
  a.other = b
  b.other = a
  return [a, b]
}
