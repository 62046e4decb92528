/** Requests to the server that have no reply yet: numbered, timed, and all over when the link ends. */
import type { Clock, Timer } from 'proto/clock'
import { errors, type ErrorCode, TetherError } from 'proto/errors'
import { limit } from 'proto/limits'
import type { LinkBody } from 'proto/phone-link'

interface OpenRequest {
  readonly resolve: (ok: unknown) => void
  readonly reject: (error: TetherError) => void
  readonly timer: Timer
}

export class LinkRequests {
  readonly #clock: Clock
  readonly #open = new Map<number, OpenRequest>()
  #nextId = 1

  constructor(clock: Clock) {
    this.#clock = clock
  }

  /** Gives the reply of a request that `send` sends under its id; rejects with TETHER_ERR_PHONE_AWAY when none comes. */
  start(name: string, send: (id: number) => void): Promise<unknown> {
    const id = this.#nextId++
    return new Promise((resolve, reject) => {
      const timer = this.#clock.after(limit('PHONE_REQUEST_MS'), () => {
        this.#open.delete(id)
        reject(awayError(`no reply to ${name}`))
      })
      this.#open.set(id, { resolve, reject, timer })
      send(id)
    })
  }

  /** A reply came; one whose time was over is ignored. */
  settle({ id, ok, error }: LinkBody<'reply'>): void {
    const open = this.#open.get(id)
    if (!open) return
    this.#open.delete(id)
    open.timer.cancel()
    if (error === undefined) open.resolve(ok)
    else open.reject(serverError(error.code, 'TETHER_ERR_INTERNAL', 'said by the server'))
  }

  /** The link has ended: nothing is answered any more, and ids begin again. */
  end(): void {
    for (const { reject, timer } of this.#open.values()) {
      timer.cancel()
      reject(awayError('the link ended'))
    }
    this.#open.clear()
    this.#nextId = 1
  }
}

export function awayError(detail: string): TetherError {
  return new TetherError('TETHER_ERR_PHONE_AWAY', detail)
}

/** The error that a server names by its code. */
export function serverError(code: string, otherwise: ErrorCode, detail: string): TetherError {
  return new TetherError(Object.hasOwn(errors, code) ? (code as ErrorCode) : otherwise, detail)
}
