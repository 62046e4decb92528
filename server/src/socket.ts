/** A WebSocket of `ws` as a Link. */
import type { WebSocket, RawData } from 'ws'
import type { Frame, Link, LinkHandlers } from 'proto/link'

const TERMINATE_AFTER_MS = 2_000

/** Wraps an open server-side socket; call `open` in the same turn, or messages are lost. */
export function socketLink(socket: WebSocket, after: (delayMs: number, task: () => void) => void): Link {
  return {
    send(frame) {
      if (socket.readyState === socket.OPEN) socket.send(frame, { binary: typeof frame !== 'string' })
    },
    close(code, reason) {
      socket.close(code, reason)
      // a peer that never answers the close handshake must not keep the socket
      after(TERMINATE_AFTER_MS, () => {
        if (socket.readyState !== socket.CLOSED) socket.terminate()
      })
    },
    get queuedBytes() {
      return socket.bufferedAmount
    },
    pause: () => socket.pause(),
    resume: () => socket.resume(),
    open(handlers: LinkHandlers) {
      socket.on('message', (data: RawData, isBinary: boolean) => handlers.frame(frameOf(data, isBinary)))
      socket.on('close', (code: number, reason: Buffer) => handlers.close(code, reason.toString()))
      socket.on('error', () => socket.terminate()) // `close` follows and is handled there
    },
  }
}

function frameOf(data: RawData, isBinary: boolean): Frame {
  const bytes = Array.isArray(data) ? Buffer.concat(data) : Buffer.isBuffer(data) ? data : Buffer.from(data)
  return isBinary ? bytes : bytes.toString('utf8')
}
