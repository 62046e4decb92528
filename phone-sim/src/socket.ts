/**
 * A WebSocket client of `ws` as a Link: how a phone reaches the server's /phone. Knows nothing of the messages.
 */
import type { IncomingMessage } from 'node:http'
import type { Socket } from 'node:net'
import { WebSocket, type RawData } from 'ws'
import type { Clock } from 'proto/clock'
import { TetherError } from 'proto/errors'
import { limit } from 'proto/limits'
import type { Frame, Link, LinkHandlers } from 'proto/link'

const TERMINATE_AFTER_MS = 2_000
const NOT_OPENED = 1006

/** Opens a link to `url` (ws:// or wss://). Rejects with TETHER_ERR_PHONE_AWAY when there is no answer. */
export function connectSocket(url: string, clock: Clock): Promise<Link> {
  const socket = new WebSocket(url, {
    maxPayload: limit('PHONE_FRAME_BYTES'),
    perMessageDeflate: false,
    handshakeTimeout: limit('PHONE_ATTACH_MS'),
    maxFragments: limit('SOCKET_FRAGMENTS'),
    maxBufferedChunks: limit('SOCKET_CHUNKS'),
  })
  return new Promise((resolve, reject) => {
    const refused = (cause: unknown): void =>
      reject(new TetherError('TETHER_ERR_PHONE_AWAY', 'the server cannot be reached', { cause }))
    let wire: Socket | null = null
    socket.once('upgrade', (answer: IncomingMessage) => void (wire = answer.socket))
    socket.once('error', refused)
    socket.once('open', () => {
      socket.off('error', refused)
      resolve(socketLink(socket, wire!, clock))
    })
  })
}

/** An open socket as a Link. What arrives before `open` waits. */
function socketLink(socket: WebSocket, wire: Socket, clock: Clock): Link {
  let isCorked = false
  /** What is sent in one turn leaves together: a system call for each frame costs more than the frame. */
  const cork = (): void => {
    if (isCorked) return
    isCorked = true
    wire.cork()
    clock.soon(() => {
      isCorked = false
      wire.uncork()
    })
  }
  let handlers: LinkHandlers | null = null
  let closed: { code: number; reason: string } | null = null
  socket.pause() // the first frames can follow the handshake in the same packet
  socket.on('message', (data: RawData, isBinary: boolean) => handlers?.frame(frameOf(data, isBinary)))
  socket.on('error', () => socket.terminate()) // `close` follows and is told there
  socket.on('close', (code: number, reason: Buffer) => {
    closed = { code, reason: reason.toString() }
    handlers?.close(closed.code, closed.reason)
  })
  return {
    send(frame) {
      if (socket.readyState !== socket.OPEN) return
      cork()
      socket.send(frame, { binary: typeof frame !== 'string' })
    },
    close(code, reason) {
      if (socket.readyState === socket.CLOSED) return
      socket.resume() // a paused socket would not see the answer
      socket.close(code === NOT_OPENED ? undefined : code, reason)
      // a peer that never answers the close handshake must not keep the socket
      const deadline = clock.after(TERMINATE_AFTER_MS, () => socket.terminate())
      socket.once('close', () => deadline.cancel())
    },
    get queuedBytes() {
      return socket.bufferedAmount
    },
    pause: () => socket.pause(),
    resume: () => socket.resume(),
    open(given) {
      handlers = given
      if (closed) given.close(closed.code, closed.reason)
      else socket.resume()
    },
  }
}

function frameOf(data: RawData, isBinary: boolean): Frame {
  const bytes = Array.isArray(data) ? Buffer.concat(data) : Buffer.isBuffer(data) ? data : Buffer.from(data)
  return isBinary ? bytes : bytes.toString('utf8')
}
