/** Two ends of a connection in memory; each frame arrives in a later turn than it was sent. */
import type { Frame, Link, LinkHandlers } from 'proto/link'

class MemoryEnd implements Link {
  far: MemoryEnd | null = null
  queuedBytes = 0
  #handlers: LinkHandlers | null = null
  #over = false

  send(frame: Frame): void {
    const { far } = this
    if (!this.#over) queueMicrotask(() => far?.deliver(frame))
  }

  close(code: number, reason: string): void {
    const { far } = this
    queueMicrotask(() => {
      this.end(code, reason)
      far?.end(code, reason)
    })
  }

  deliver(frame: Frame): void {
    if (!this.#over) this.#handlers?.frame(frame)
  }

  end(code: number, reason: string): void {
    if (this.#over) return
    this.#over = true
    this.#handlers?.close(code, reason)
  }

  pause(): void {}
  resume(): void {}
  open(handlers: LinkHandlers): void {
    this.#handlers = handlers
  }
}

export function linkPair(): [Link, Link] {
  const [near, far] = [new MemoryEnd(), new MemoryEnd()]
  near.far = far
  far.far = near
  return [near, far]
}
