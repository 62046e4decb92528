/** Who means ill, over raw sockets: each attack goes on until its process ends, and comes back where it is thrown out. */
import { sleep } from 'proto/clock'
import type { Entropy } from 'proto/entropy'
import { encodeRelayFrame } from 'proto/phone-link'
import { formatBase64 } from 'proto/base64'
import { realClock } from 'proto/system'
import { binary, rawFrame } from '../sockets/raw-frame.ts'
import { rawPair, rawPhone, tell } from '../sockets/raw-pair.ts'
import { handshake, RawSocket } from '../sockets/raw-socket.ts'

export interface Assault {
  readonly port: number
  /** How many attackers. */
  readonly count: number
  readonly entropy: Entropy
  /** What they have done so far, for the record. */
  readonly done: Record<string, number>
}

/** Resolves when all of them are at it. */
type Attack = (assault: Assault) => Promise<void>

/** What a phone sends to a browser that reads nothing: 640 KB a second. */
const FRAME_BYTES = 64_000
const FRAME_MS = 100
/** Whose mailbox is stuffed. */
export const VICTIM = '15559990000'
/** So many attackers begin at once. */
const ABREAST = 10
/** An attacker has so much more in hand at most. */
const WAITING_BYTES = 65_536
/** Of one mail: with 10,000 of them a mailbox is full in both ways. */
export const MAIL_BYTES = 6_000
const PATHS = ['/ws', '/phone'] as const

export const attacks = {
  /** Strangers who ping as fast as they can and take no pong. */
  pings: (assault) =>
    each(assault, async (n, begun) => {
      const raw = await RawSocket.open(assault.port, PATHS[n % 2])
      raw.socket.pause()
      begun()
      const ping = Buffer.concat(
        Array.from({ length: 64 }, () => rawFrame({ opcode: 9, payload: 'p'.repeat(125) })),
      )
      while (raw.ended === null && !raw.socket.destroyed) {
        count(assault, 'pings', 64)
        raw.write(ping)
        await drained(raw)
      }
    }),

  /** Browsers that read nothing, to which their phones send and send. */
  readers: (assault) =>
    each(assault, async (n, begun) => {
      const number = `1555100${String(n).padStart(4, '0')}`
      const { browser, socket, header } = await rawPair(
        assault.port,
        number,
        assault.entropy.fork(`${number} ${realClock.now()}`),
      )
      browser.socket.pause()
      begun()
      const frame = binary(encodeRelayFrame(header, Buffer.from(`a,${'x'.repeat(FRAME_BYTES)}`)))
      while (socket.ended === null && !socket.texts.some((said) => said.includes('browserGone'))) {
        socket.frames = []
        count(assault, 'frames')
        socket.write(frame)
        await drained(socket)
        await sleep(realClock, FRAME_MS)
      }
      count(assault, 'thrown out')
      browser.destroy()
      socket.destroy()
    }),

  /** Messages that never end: of as many fragments as may be, or of as many pieces, each of one byte. */
  fragments: (assault) =>
    each(assault, async (n, begun) => {
      const raw = await RawSocket.open(assault.port, PATHS[n % 2])
      begun()
      const isFragmented = n % 4 < 2
      if (!isFragmented) raw.write(rawFrame({ opcode: 1, announced: 4_000, payload: 'x' }))
      for (let piece = 0; raw.ended === null; piece++) {
        raw.write(isFragmented ? rawFrame({ opcode: piece === 0 ? 1 : 0, payload: 'x', fin: false }) : 'x')
        count(assault, 'pieces')
        await sleep(realClock, 50)
      }
      raw.destroy()
    }),

  /** New connections without end: a WebSocket is opened and left. Ten a second each. */
  flood: (assault) =>
    each(assault, async (n, begun) => {
      const raw = await RawSocket.connect(assault.port)
      begun()
      raw.write(handshake(PATHS[n % 2]))
      count(assault, 'connections')
      await sleep(realClock, 100)
      raw.destroy()
    }),

  /** Connections that say nothing, or a byte a second, or open a WebSocket and say nothing then. */
  silent: (assault) =>
    each(assault, async (n, begun) => {
      const raw = await RawSocket.connect(assault.port)
      begun()
      const request = handshake(PATHS[n % 2])
      count(assault, 'connections')
      if (n % 3 === 0) raw.write(request)
      for (let at = 0; raw.ended === null; at++) {
        if (n % 3 === 1) raw.write(request[at] ?? 'x')
        await sleep(realClock, 1_000)
      }
      count(assault, 'thrown out')
      raw.destroy()
    }),

  /** Phones that all write to one number, as fast as they are answered. */
  stuffing: async (assault) => {
    const body = formatBase64(Buffer.alloc(MAIL_BYTES, 0x61))
    await each(assault, async (n, begun) => {
      const number = `1555200${String(n).padStart(4, '0')}`
      const { socket } = await rawPhone(assault.port, number, assault.entropy.fork(number))
      begun()
      for (let at = 1; socket.ended === null; at++) {
        socket.frames = []
        tell(socket, { type: 'mail', n: at, to: VICTIM, mail: `${number}-${at}`, kind: 'whisper', body })
        const said = (what: string): boolean => socket.texts.some((text) => text.includes(what))
        await socket.until(() => said('"mail') || socket.ended !== null)
        count(assault, said('mailRefused') ? 'refused' : 'stored')
      }
    })
  },
} as const satisfies Record<string, Attack>

export type AttackName = keyof typeof attacks

/** Each attacker begins again when it was thrown out; resolves when every one has begun, or was refused at the door. */
async function each(
  { count: attackers }: Assault,
  attack: (n: number, begun: () => void) => Promise<void>,
): Promise<void> {
  for (let n = 0; n < attackers; n += ABREAST) {
    const some = Array.from({ length: Math.min(ABREAST, attackers - n) }, (_, at) => n + at)
    await Promise.all(
      some.map((one) => new Promise<void>((begun) => void again(() => attack(one, begun), begun))),
    )
  }
}

async function again(attack: () => Promise<void>, begun: () => void): Promise<never> {
  for (;;) {
    await attack().catch(begun)
    await sleep(realClock, 100)
  }
}

function count({ done }: Assault, what: string, more = 1): void {
  done[what] = (done[what] ?? 0) + more
}

/** Resolves when little of what was said waits to be sent, or when the connection is over. */
async function drained({ socket }: RawSocket): Promise<void> {
  while (socket.writableLength > WAITING_BYTES && !socket.destroyed) await sleep(realClock, 10)
}
