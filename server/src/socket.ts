/**
 * A WebSocket of `ws` as a Link. What `ws` itself refuses never reaches a connection: it is reported here. What waits
 * for a far end that does not read is bounded here too, pongs included: beyond READ_QUEUE_BYTES nothing more is read
 * from it, and a socket that takes nothing for WRITE_STALL_MS ends (socket-stalls.ts).
 */
import type { Socket } from 'node:net'
import type { WebSocket, RawData } from 'ws'
import { TetherError, type ErrorCode } from 'proto/errors'
import { limit, type LimitName } from 'proto/limits'
import type { Frame, Link, LinkHandlers } from 'proto/link'

/** So long an end has to see that it is closed, and to say so. */
export const CLOSE_MS = 2_000
const READ_QUEUE_BYTES = limit('READ_QUEUE_BYTES')
/** A paused socket is looked at again so often; its queue goes down by what the network takes meanwhile. */
const LOOK_MS = 50

interface SocketParts {
  readonly after: (delayMs: number, task: () => void) => void
  /** Called for input that `ws` refused, and for limits met at the socket. */
  readonly broken: (code: ErrorCode | null, limitName?: LimitName) => void
  /** Called behind everything that goes out, with what waits for the far end now. */
  readonly sent: (queuedBytes: number) => void
}

/** Why a socket ends whose far end takes too little. */
class Slow extends TetherError {
  readonly limitName: LimitName

  constructor(limitName: LimitName) {
    super('TETHER_ERR_SLOW')
    this.limitName = limitName
  }
}

/** What `ws` keeps to itself and has no public way to set for one socket: `largestOf` says so when it is gone. */
interface Receiver {
  _maxPayload: number
  _maxBufferedChunks: number
}

const LINK = Symbol('link')

function linkOf(socket: WebSocket): SocketLink {
  return (socket as WebSocket & { readonly [LINK]: SocketLink })[LINK]
}

/** Wraps an open server-side socket; call `open` in the same turn, or messages are lost. */
export function socketLink(socket: WebSocket, parts: SocketParts): Link {
  return new SocketLink(socket, parts)
}

class SocketLink implements Link {
  readonly #socket: WebSocket
  readonly #parts: SocketParts
  #handlers: LinkHandlers | null = null
  #pings = 0
  #heard: (() => void) | null = null
  #sizeLimit: LimitName = 'PHONE_FRAME_BYTES'
  #chunkLimit: LimitName = 'SOCKET_CHUNKS'
  /** Whoever reads wants to read no more for now. */
  #isPaused = false
  /** The far end takes less than it causes to be sent. */
  #isFull = false

  constructor(socket: WebSocket, parts: SocketParts) {
    this.#socket = socket
    this.#parts = parts
  }

  get queuedBytes(): number {
    return this.#socket.bufferedAmount
  }

  send(frame: Frame): void {
    if (this.#socket.readyState !== this.#socket.OPEN) return
    this.#socket.send(frame, { binary: typeof frame !== 'string' })
    this.#waitForRoom()
  }

  /** As two fragments, which leave in one write. */
  sendTwo(head: Uint8Array, rest: Uint8Array): void {
    if (this.#socket.readyState !== this.#socket.OPEN) return
    const raw = rawOf(this.#socket)
    raw?.cork()
    this.#socket.send(head, { binary: true, fin: false })
    this.#socket.send(rest, { binary: true, fin: true })
    raw?.uncork()
    this.#waitForRoom()
  }

  close(code: number, reason: string): void {
    this.#socket.close(code, reason)
    this.#socket.resume() // a paused socket would not see the answer
    this.#terminateLater()
  }

  ping(heard: () => void): void {
    this.#heard = heard
    if (this.#socket.readyState === this.#socket.OPEN) this.#socket.ping(String(++this.#pings))
  }

  largest(bytes: LimitName, pieces: LimitName): void {
    const receiver = receiverOf(this.#socket)
    this.#sizeLimit = bytes
    this.#chunkLimit = pieces
    receiver._maxPayload = limit(bytes)
    receiver._maxBufferedChunks = limit(pieces)
  }

  pause(): void {
    this.#isPaused = true
    this.#socket.pause()
  }

  resume(): void {
    this.#isPaused = false
    if (!this.#isFull) this.#socket.resume()
  }

  open(handlers: LinkHandlers): void {
    this.#handlers = handlers
    const socket = Object.assign(this.#socket, { [LINK]: this })
    socket.on('message', SocketLink.#onMessage)
    socket.on('ping', SocketLink.#onPing)
    socket.on('pong', SocketLink.#onPong)
    socket.on('close', SocketLink.#onClose)
    socket.on('error', SocketLink.#onError)
  }

  // the same for all sockets: functions of its own would be a tenth of what an idle one keeps

  static #onMessage(this: WebSocket, data: RawData, isBinary: boolean): void {
    linkOf(this).#handlers?.frame(frameOf(data, isBinary))
  }

  static #onPing(this: WebSocket, data: Buffer): void {
    linkOf(this).#pinged(data)
  }

  static #onPong(this: WebSocket, data: Buffer): void {
    linkOf(this).#ponged(data)
  }

  static #onClose(this: WebSocket, code: number, reason: Buffer): void {
    linkOf(this).#end(code, reason.toString())
  }

  static #onError(this: WebSocket, error: Error): void {
    linkOf(this).#failed(error)
  }

  #pinged(data: Buffer): void {
    if (this.#socket.readyState !== this.#socket.OPEN) return
    this.#socket.pong(data)
    this.#waitForRoom()
    this.#handlers?.control?.()
  }

  #ponged(data: Buffer): void {
    if (this.#socket.readyState !== this.#socket.OPEN) return
    if (data.toString() !== String(this.#pings)) {
      this.#handlers?.control?.()
      return
    }
    const heard = this.#heard
    this.#heard = null
    heard?.()
  }

  #failed(error: Error & { readonly code?: string }): void {
    if (error instanceof Slow) {
      this.#parts.broken(error.code, error.limitName)
      this.close(error.row.close!, error.code)
      this.#end(error.row.close!, error.code)
      if (error.limitName === 'QUEUES_BYTES') this.#socket.terminate() // what waits is what there is too much of
      return
    }
    if (error.code?.startsWith('WS_ERR_'))
      this.#parts.broken(...refusalOf(error, this.#sizeLimit, this.#chunkLimit))
    this.#terminateLater() // `ws` has sent its close code; `close` follows and is handled there
  }

  #end(code: number, reason: string): void {
    const handlers = this.#handlers
    this.#handlers = null
    handlers?.close(code, reason)
  }

  /** A peer that never answers the close handshake must not keep the socket. */
  #terminateLater(): void {
    this.#parts.after(CLOSE_MS, () => {
      if (this.#socket.readyState !== this.#socket.CLOSED) this.#socket.terminate()
    })
  }

  /** Called behind everything that goes out. */
  #waitForRoom(): void {
    const queued = this.#socket.bufferedAmount
    this.#parts.sent(queued)
    if (this.#isFull || queued <= READ_QUEUE_BYTES) return
    this.#isFull = true
    this.#parts.broken(null, 'READ_QUEUE_BYTES')
    this.#socket.pause()
    this.#handlers?.full?.(true)
    this.#parts.after(LOOK_MS, () => this.#look())
  }

  #look(): void {
    const { readyState, OPEN, bufferedAmount } = this.#socket
    if (readyState !== OPEN) return
    if (bufferedAmount > READ_QUEUE_BYTES) {
      this.#parts.after(LOOK_MS, () => this.#look())
      return
    }
    this.#isFull = false
    this.#handlers?.full?.(false)
    if (!this.#isPaused) this.#socket.resume()
  }
}

/** Ends a socket whose far end takes too little, with TETHER_ERR_SLOW, and counts the limit. */
export function endSlow(socket: WebSocket, limitName: 'WRITE_STALL_MS' | 'QUEUES_BYTES'): void {
  socket.emit('error', new Slow(limitName))
}

/**
 * How many bytes the network has taken from a socket so far. One large write is seen shrinking only where Node's own
 * write timeout looks too, in the handle.
 */
export function takenBytes(socket: WebSocket): number {
  const raw = rawOf(socket)
  if (!raw) return 0
  return raw.bytesWritten - raw.writableLength - (raw._handle?.writeQueueSize ?? 0)
}

type RawSocket = Socket & { readonly _handle?: { readonly writeQueueSize?: number } | null }

/** The socket below, as long as there is one. */
function rawOf(socket: WebSocket): RawSocket | null {
  return (socket as unknown as { readonly _socket: RawSocket | null })._socket
}

function receiverOf(socket: WebSocket): Receiver {
  const { _receiver: receiver } = socket as unknown as { readonly _receiver?: Partial<Receiver> }
  if (receiver?._maxPayload === undefined || receiver._maxBufferedChunks === undefined)
    throw new TetherError('TETHER_ERR_INTERNAL', 'this `ws` has no limits of one socket')
  return receiver as Receiver
}

/** The refusals of `ws` that are limits of ours; every other one is a broken WebSocket frame. */
function refusalOf(
  { code, message }: Error & { readonly code?: string },
  sizeLimit: LimitName,
  chunkLimit: LimitName,
): [ErrorCode, LimitName?] {
  if (code === 'WS_ERR_UNSUPPORTED_MESSAGE_LENGTH' || code === 'WS_ERR_UNSUPPORTED_DATA_PAYLOAD_LENGTH')
    return ['TETHER_ERR_TOO_LARGE', sizeLimit]
  if (code !== 'WS_ERR_TOO_MANY_BUFFERED_PARTS') return ['TETHER_ERR_BODY']
  return ['TETHER_ERR_LIMIT', message.includes('fragments') ? 'SOCKET_FRAGMENTS' : chunkLimit]
}

function frameOf(data: RawData, isBinary: boolean): Frame {
  const bytes = Array.isArray(data) ? Buffer.concat(data) : Buffer.isBuffer(data) ? data : Buffer.from(data)
  return isBinary ? bytes : bytes.toString('utf8')
}
