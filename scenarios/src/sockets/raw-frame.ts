/** WebSocket frames by hand (RFC 6455 5.2), wrong ones included: no client library would send them. */

export interface RawFrame {
  /** 0 continuation, 1 text, 2 binary, 8 close, 9 ping, 10 pong; the others are reserved. */
  readonly opcode: number
  readonly payload?: string | Uint8Array
  /** Default true. */
  readonly fin?: boolean
  /** The three reserved bits, 0 to 7; default 0. */
  readonly rsv?: number
  /** Four bytes; null sends the payload unmasked, which clients must not. Default some. */
  readonly mask?: Uint8Array | null
  /** The length that the header tells; default that of the payload. */
  readonly announced?: number | bigint
  /** How the length is written; default the shortest form. */
  readonly lengthBits?: 7 | 16 | 64
}

/** A frame of a server: never masked. */
export interface HeardFrame {
  /** Whether no fragment of its message follows. */
  readonly isLast: boolean
  readonly opcode: number
  readonly payload: Buffer
}

const MASK = Uint8Array.of(0x37, 0xfa, 0x21, 0x3d)

export function rawFrame({
  opcode,
  payload = '',
  fin = true,
  rsv = 0,
  mask = MASK,
  ...told
}: RawFrame): Buffer {
  const bytes = Buffer.from(payload)
  const length = BigInt(told.announced ?? bytes.length)
  const bits = told.lengthBits ?? (length < 126n ? 7 : length < 65_536n ? 16 : 64)
  const masked = mask ? 0x80 : 0
  const head = Buffer.alloc({ 7: 2, 16: 4, 64: 10 }[bits])
  head[0] = (fin ? 0x80 : 0) | (rsv << 4) | opcode
  head[1] = masked | { 7: Number(length), 16: 126, 64: 127 }[bits]
  if (bits === 16) head.writeUInt16BE(Number(length), 2)
  if (bits === 64) head.writeBigUInt64BE(length, 2)
  if (!mask) return Buffer.concat([head, bytes])
  for (let at = 0; at < bytes.length; at++) bytes[at] ^= mask[at % 4]
  return Buffer.concat([head, mask, bytes])
}

export const text = (payload: string): Buffer => rawFrame({ opcode: 1, payload })
export const binary = (payload: Uint8Array | string): Buffer => rawFrame({ opcode: 2, payload })

/** A close frame with a code and a reason. */
export function closing(code: number, reason: string | Uint8Array = ''): Buffer {
  const head = Buffer.alloc(2)
  head.writeUInt16BE(code)
  return rawFrame({ opcode: 8, payload: Buffer.concat([head, Buffer.from(reason)]) })
}

/** Takes whole frames off the front of what has come in. */
export function takeFrames(bytes: Buffer): { readonly frames: HeardFrame[]; readonly rest: Buffer } {
  const frames: HeardFrame[] = []
  let rest = bytes
  for (;;) {
    const short = rest.length < 2 ? 0 : rest[1] & 0x7f
    const head = short < 126 ? 2 : short === 126 ? 4 : 10
    if (rest.length < head) return { frames, rest }
    const length = head === 2 ? short : head === 4 ? rest.readUInt16BE(2) : Number(rest.readBigUInt64BE(2))
    if (rest.length < head + length) return { frames, rest }
    frames.push({
      isLast: rest[0] >= 0x80,
      opcode: rest[0] & 0x0f,
      payload: rest.subarray(head, head + length),
    })
    rest = rest.subarray(head + length)
  }
}
