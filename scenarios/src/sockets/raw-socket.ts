/** A TCP connection to the relay without a client library: bytes out as they are given, what comes back in parts. */
import { once } from 'node:events'
import { connect, type Socket } from 'node:net'
import { takeFrames, type HeardFrame } from './raw-frame.ts'

const ORIGIN = 'https://web.whatsapp.com'
const KEY = 'AAAAAAAAAAAAAAAAAAAAAA=='

/** The lines of a good handshake; each can be replaced, or left out with null. */
export const HANDSHAKE: Readonly<Record<string, string>> = {
  Host: 'localhost',
  Connection: 'Upgrade',
  Upgrade: 'websocket',
  'Sec-WebSocket-Version': '13',
  'Sec-WebSocket-Key': KEY,
}

/** The request that opens a WebSocket at `/ws` or `/phone`, with some of its lines changed. */
export function handshake(
  path: string,
  changes: Readonly<Record<string, string | null>> = {},
  method = 'GET',
): string {
  const origin = path.startsWith('/ws') ? { Origin: ORIGIN } : {}
  const lines = Object.entries({ ...HANDSHAKE, ...origin, ...changes })
    .filter(([, value]) => value !== null)
    .map(([name, value]) => `${name}: ${value}\r\n`)
  return `${method} ${path} HTTP/1.1\r\n${lines.join('')}\r\n`
}

export class RawSocket {
  readonly socket: Socket
  /** The status lines of answers, in order: 101 is the last, since frames follow. */
  readonly statuses: number[] = []
  /** Text of the last answer that was not 101, head and body. */
  answer = ''
  /** Messages and control frames that came; a reader that takes them off bounds its memory. */
  frames: HeardFrame[] = []
  /** How the other side ended: `fin`, `reset`, or null while it has not. */
  ended: 'fin' | 'reset' | null = null
  #rest: Buffer = Buffer.alloc(0)
  /** Fragments of a message that is not whole yet. */
  #pieces: HeardFrame[] = []
  #wake: (() => void)[] = []

  private constructor(socket: Socket) {
    this.socket = socket
    socket.setNoDelay(true)
    socket.on('data', (bytes: Buffer) => this.#read(bytes))
    socket.on('end', () => this.#end('fin'))
    socket.on('error', () => this.#end('reset'))
    socket.on('close', () => this.#end('fin'))
  }

  /** Connected; nothing was said. Its own side stays open when the other one ends. */
  static async connect(port: number): Promise<RawSocket> {
    const socket = connect({ port, host: '127.0.0.1', allowHalfOpen: true })
    await once(socket, 'connect')
    return new RawSocket(socket)
  }

  /** Connected, and a WebSocket is open. */
  static async open(port: number, path: string): Promise<RawSocket> {
    const raw = await RawSocket.connect(port)
    raw.write(handshake(path))
    await raw.until(() => raw.statuses.length > 0 || raw.ended !== null)
    if (raw.statuses[0] !== 101) throw new Error(`${path} was answered ${raw.answer}`)
    return raw
  }

  write(bytes: string | Uint8Array): void {
    if (!this.socket.destroyed) this.socket.write(bytes)
  }

  /** Code and reason of the close frame that came; 1005 is one without a code, null none. */
  get closed(): { readonly code: number; readonly reason: string } | null {
    const frame = this.frames.find(({ opcode }) => opcode === 8)
    if (!frame) return null
    const { payload } = frame
    return payload.length < 2
      ? { code: 1005, reason: '' }
      : { code: payload.readUInt16BE(0), reason: payload.subarray(2).toString() }
  }

  /** Texts that came, oldest first. */
  get texts(): string[] {
    return this.frames.filter(({ opcode }) => opcode === 1).map(({ payload }) => payload.toString())
  }

  /** Resolves when `done` holds; looked at again with everything that comes in. */
  async until(done: () => boolean): Promise<void> {
    while (!done()) await new Promise<void>((wake) => this.#wake.push(wake))
  }

  /** Goes without a word. */
  destroy(): void {
    this.socket.destroy()
  }

  #end(how: 'fin' | 'reset'): void {
    this.ended ??= how
    this.#tell()
  }

  #read(bytes: Buffer): void {
    this.#rest = this.#rest.length === 0 ? bytes : Buffer.concat([this.#rest, bytes])
    while (this.statuses.at(-1) !== 101 && this.#readAnswer());
    if (this.statuses.at(-1) === 101) {
      const { frames, rest } = takeFrames(this.#rest)
      for (const frame of frames) this.#hear(frame)
      this.#rest = rest
    }
    this.#tell()
  }

  /** Fragments are put together. */
  #hear(frame: HeardFrame): void {
    if (frame.opcode >= 8) {
      this.frames.push(frame)
      return
    }
    this.#pieces.push(frame)
    if (!frame.isLast) return
    const payload = Buffer.concat(this.#pieces.map((piece) => piece.payload))
    this.frames.push({ ...frame, opcode: this.#pieces[0].opcode, payload })
    this.#pieces = []
  }

  /** One HTTP answer off the front; false when it is not all there. */
  #readAnswer(): boolean {
    const end = this.#rest.indexOf('\r\n\r\n')
    if (end < 0) return false
    const head = this.#rest.subarray(0, end + 4).toString('latin1')
    const length = Number(/^content-length: *(\d+)/im.exec(head)?.[1] ?? 0)
    if (this.#rest.length < head.length + length) return false
    const status = Number(head.split(' ')[1])
    if (status !== 101) this.answer = this.#rest.subarray(0, head.length + length).toString('utf8')
    this.#rest = this.#rest.subarray(head.length + length)
    this.statuses.push(status)
    return true
  }

  #tell(): void {
    for (const wake of this.#wake.splice(0)) wake()
  }
}
