/** A WebSocket of `ws` as a Link. What `ws` itself refuses never reaches a connection: it is reported here. */
import type { WebSocket, RawData } from 'ws'
import type { ErrorCode } from 'proto/errors'
import type { LimitName } from 'proto/limits'
import type { Frame, Link, LinkHandlers } from 'proto/link'

const TERMINATE_AFTER_MS = 2_000

interface SocketParts {
  /** The limit that a longer message than `ws` takes has met. */
  readonly sizeLimit: LimitName
  readonly after: (delayMs: number, task: () => void) => void
  /** Called for input that `ws` refused; the socket closes. */
  readonly broken: (code: ErrorCode, limitName?: LimitName) => void
}

/** Wraps an open server-side socket; call `open` in the same turn, or messages are lost. */
export function socketLink(socket: WebSocket, { sizeLimit, after, broken }: SocketParts): Link {
  let pings = 0
  let heardLast: (() => void) | null = null
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
    ping(heard) {
      heardLast = heard
      if (socket.readyState === socket.OPEN) socket.ping(String(++pings))
    },
    get queuedBytes() {
      return socket.bufferedAmount
    },
    pause: () => socket.pause(),
    resume: () => socket.resume(),
    open(handlers: LinkHandlers) {
      socket.on('message', (data: RawData, isBinary: boolean) => handlers.frame(frameOf(data, isBinary)))
      socket.on('pong', (data: Buffer) => {
        if (data.toString() !== String(pings)) return
        const heard = heardLast
        heardLast = null
        heard?.()
      })
      socket.on('close', (code: number, reason: Buffer) => handlers.close(code, reason.toString()))
      socket.on('error', (error: Error & { readonly code?: string }) => {
        if (error.code?.startsWith('WS_ERR_')) broken(...refusalOf(error, sizeLimit))
        // `ws` has sent its close code; `close` follows and is handled there
        after(TERMINATE_AFTER_MS, () => {
          if (socket.readyState !== socket.CLOSED) socket.terminate()
        })
      })
    },
  }
}

/** The refusals of `ws` that are limits of ours; every other one is a broken WebSocket frame. */
function refusalOf(
  { code, message }: Error & { readonly code?: string },
  sizeLimit: LimitName,
): [ErrorCode, LimitName?] {
  if (code === 'WS_ERR_UNSUPPORTED_MESSAGE_LENGTH') return ['TETHER_ERR_TOO_LARGE', sizeLimit]
  if (code !== 'WS_ERR_TOO_MANY_BUFFERED_PARTS') return ['TETHER_ERR_BODY']
  return ['TETHER_ERR_LIMIT', message.includes('fragments') ? 'SOCKET_FRAGMENTS' : 'SOCKET_CHUNKS']
}

function frameOf(data: RawData, isBinary: boolean): Frame {
  const bytes = Array.isArray(data) ? Buffer.concat(data) : Buffer.isBuffer(data) ? data : Buffer.from(data)
  return isBinary ? bytes : bytes.toString('utf8')
}
