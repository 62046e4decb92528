/**
 * A Link over any WHATWG WebSocket object: the browser's own, or one of `ws` in Node. Frames that arrive before
 * open() wait; text and binary stay apart (spec 1.1). Knows nothing of the protocol.
 */
import type { Frame, Link, LinkHandlers } from 'proto/link'
import { TetherError } from 'proto/errors'

/** The part of a WebSocket that is used; both the DOM's and the one of `ws` fit. */
export interface SocketLike {
  binaryType: string
  readonly bufferedAmount: number
  readonly readyState: number
  send(data: string | Uint8Array<ArrayBuffer>): void
  close(code?: number, reason?: string): void
  addEventListener(type: 'open' | 'error', listener: () => void): void
  addEventListener(type: 'message', listener: (event: { readonly data: unknown }) => void): void
  addEventListener(
    type: 'close',
    listener: (event: { readonly code: number; readonly reason: string }) => void,
  ): void
}

const OPEN = 1
const NORMAL_CLOSE = 1000

/** Resolves when the socket is open. Rejects with TETHER_ERR_STATE when it closes before. */
export function openSocketLink(socket: SocketLike): Promise<Link> {
  socket.binaryType = 'arraybuffer'
  return new Promise((resolve, reject) => {
    const link = socketLink(socket)
    socket.addEventListener('open', () => resolve(link))
    socket.addEventListener('close', () =>
      reject(new TetherError('TETHER_ERR_STATE', 'the socket did not open')),
    )
    socket.addEventListener('error', () => {}) // a close event follows and says what matters
  })
}

type Event = { readonly frame: Frame } | { readonly code: number; readonly reason: string }

function socketLink(socket: SocketLike): Link {
  let handlers: LinkHandlers | null = null
  let paused = false
  let waiting: Event[] = []

  function arrive(event: Event): void {
    if (handlers === null || paused) waiting.push(event)
    else if ('frame' in event) handlers.frame(event.frame)
    else handlers.close(event.code, event.reason)
  }
  function release(): void {
    const events = waiting
    waiting = []
    for (const event of events) arrive(event)
  }

  socket.addEventListener('message', ({ data }) => {
    if (typeof data === 'string') arrive({ frame: data })
    else if (data instanceof ArrayBuffer) arrive({ frame: new Uint8Array(data) })
  })
  socket.addEventListener('close', ({ code, reason }) => arrive({ code, reason }))

  return {
    send(frame) {
      if (socket.readyState !== OPEN) return
      socket.send(typeof frame === 'string' ? frame : (frame as Uint8Array<ArrayBuffer>))
    },
    close(code, reason) {
      // Pages may only give 1000 and 3000 to 4999.
      socket.close(code === NORMAL_CLOSE || code >= 3000 ? code : NORMAL_CLOSE, reason)
    },
    get queuedBytes() {
      return socket.bufferedAmount
    },
    pause() {
      paused = true
    },
    resume() {
      paused = false
      release()
    },
    open(given) {
      handlers = given
      release()
    },
  }
}
