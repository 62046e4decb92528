/**
 * What a traced process heard and said over its sockets: HTTP heads with their bodies, and after an upgrade WebSocket
 * messages. Knows the framing and nothing of what is said.
 */
import type { SystemCall } from 'database/strace'
import { concat } from 'proto/bytes'

/** The calls that it has to see. */
export const SOCKET_CALLS = ['read', 'write', 'writev', 'sendto', 'recvfrom', 'sendmsg', 'recvmsg']

export interface Utterance {
  /** One connection. */
  readonly socket: string
  /** Whether this process said it. */
  readonly said: boolean
  /** The first line of an HTTP message; null for a WebSocket message. */
  readonly head: string | null
  /** The body, or the message. */
  readonly bytes: Buffer
}

export class TracedSockets {
  readonly #voices = new Map<string, Voice>()

  /** What this call completes. */
  take(call: SystemCall): Utterance[] {
    if (!call.file.startsWith('socket:') || call.result === null || call.result <= 0) return []
    const isRead = call.name === 'read' || call.name.startsWith('recv')
    if (!isRead && !isSaying(call)) return []
    const key = `${isRead ? 'heard' : 'said'} ${call.file}`
    let voice = this.#voices.get(key)
    if (!voice) this.#voices.set(key, (voice = new Voice()))
    // a write may take less than was offered; the rest is another write
    const found = voice.take(call.bytes().subarray(0, call.result))
    return found.map((each) => ({ socket: call.file, said: !isRead, ...each }))
  }
}

/** Whether this call gives bytes to somebody at the other end of a socket. */
export function isSaying(call: SystemCall): boolean {
  return call.file.startsWith('socket:') && ['write', 'writev', 'sendto', 'sendmsg'].includes(call.name)
}

type Spoken = Pick<Utterance, 'head' | 'bytes'>

/** One direction of one connection. */
class Voice {
  #bytes: Buffer = Buffer.alloc(0)
  #upgraded = false
  #parts: Buffer[] = []

  take(bytes: Buffer): Spoken[] {
    this.#bytes = this.#bytes.length === 0 ? bytes : Buffer.concat([this.#bytes, bytes])
    const spoken: Spoken[] = []
    for (;;) {
      const before = this.#bytes.length
      const next = this.#upgraded ? this.#message() : this.#http()
      if (next) spoken.push(next)
      if (this.#bytes.length === before) return spoken
    }
  }

  #http(): Spoken | null {
    const end = this.#bytes.indexOf('\r\n\r\n')
    if (end < 0) return null
    const head = this.#bytes.toString('latin1', 0, end)
    const [first = ''] = head.split('\r\n')
    const at = end + 4
    if (!/^[A-Z]+ |^HTTP\//.test(first)) {
      this.#bytes = Buffer.alloc(0) // another protocol, such as that of the parent process
      return null
    }
    if (/^upgrade: *websocket/im.test(head) && (!first.startsWith('HTTP/') || first.includes(' 101 '))) {
      this.#upgraded = true
      this.#bytes = this.#bytes.subarray(at)
      return { head: first, bytes: Buffer.alloc(0) }
    }
    const body = /^transfer-encoding: *chunked/im.test(head)
      ? chunks(this.#bytes, at)
      : counted(this.#bytes, at, Number(/^content-length: *(\d+)/im.exec(head)?.[1] ?? 0))
    if (!body) return null
    this.#bytes = this.#bytes.subarray(body.end)
    return { head: first, bytes: body.bytes }
  }

  #message(): Spoken | null {
    const frame = frameOf(this.#bytes)
    if (!frame) return null
    this.#bytes = this.#bytes.subarray(frame.end)
    if (frame.opcode >= 8) return null
    this.#parts.push(frame.payload)
    if (!frame.isLast) return null
    const bytes = Buffer.from(concat(...this.#parts))
    this.#parts = []
    return { head: null, bytes }
  }
}

interface Body {
  readonly bytes: Buffer
  readonly end: number
}

function counted(bytes: Buffer, at: number, length: number): Body | null {
  return bytes.length < at + length ? null : { bytes: bytes.subarray(at, at + length), end: at + length }
}

function chunks(bytes: Buffer, at: number): Body | null {
  const parts: Buffer[] = []
  for (let from = at; ;) {
    const line = bytes.indexOf('\r\n', from)
    if (line < 0) return null
    const length = parseInt(bytes.toString('latin1', from, line), 16)
    const end = line + 2 + length + 2
    if (bytes.length < end) return null
    if (length === 0) return { bytes: Buffer.concat(parts), end }
    parts.push(bytes.subarray(line + 2, end - 2))
    from = end
  }
}

interface WebSocketFrame {
  readonly opcode: number
  readonly isLast: boolean
  readonly payload: Buffer
  readonly end: number
}

/** RFC 6455, 5.2. */
function frameOf(bytes: Buffer): WebSocketFrame | null {
  if (bytes.length < 2) return null
  const [first, second] = [bytes[0], bytes[1]]
  const short = second & 0x7f
  const lengthBytes = short === 126 ? 2 : short === 127 ? 8 : 0
  const maskBytes = second & 0x80 ? 4 : 0
  const from = 2 + lengthBytes + maskBytes
  if (bytes.length < from) return null
  const length =
    lengthBytes === 2 ? bytes.readUInt16BE(2) : lengthBytes === 8 ? Number(bytes.readBigUInt64BE(2)) : short
  const end = from + length
  if (bytes.length < end) return null
  const payload = Buffer.from(bytes.subarray(from, end))
  if (maskBytes > 0) for (let i = 0; i < length; i++) payload[i] = payload[i] ^ bytes[from - 4 + (i % 4)]
  return { opcode: first & 0x0f, isLast: (first & 0x80) !== 0, payload, end }
}
