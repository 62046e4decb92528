/**
 * What the relay sees, for people to look at: each frame with its time, its way, its size and the address of its peer,
 * the few words of it that the relay can read, and how many bytes it cannot. LAW: no content leaves this file, neither
 * sealed nor in clear; labels are names of our own tables.
 */
import type { Clock } from 'proto/clock'
import { matchRequest } from 'proto/browser-messages'
import { KEEP_ALIVE, parseFrameJson, parseTextFrame, tagEnd } from 'proto/frame'
import { frameBytes, type Frame, type Link } from 'proto/link'
import { metricName } from 'proto/metrics'
import { linkMessages, RELAY_BINARY, RELAY_HEADER_BYTES } from 'proto/phone-link'
import type { PeerFacts } from './context.ts'

export type Leg = 'browser' | 'phone'

/** What can be read of a frame. */
export interface Reading {
  readonly label: string
  /** Bytes that are sealed for somebody else. */
  readonly sealedBytes: number
  /** Number of the recipient, of mail. */
  readonly to?: string
}

export type RelayEvent = {
  readonly at: number
  readonly leg: Leg
  readonly peer: number
  readonly address: string
} & (
  | { readonly type: 'opened' | 'closed' }
  | ({ readonly type: 'frame'; readonly way: 'in' | 'out'; readonly bytes: number } & Reading)
)

export class RelayView {
  readonly #clock: Clock
  readonly #listeners = new Set<(event: RelayEvent) => void>()
  #peers = 0
  /** Pages that may look, and show the browser client beside what they see. */
  origins: readonly string[]

  constructor(clock: Clock, origins: readonly string[]) {
    this.#clock = clock
    this.origins = origins
  }

  get listeners(): number {
    return this.#listeners.size
  }

  /** Gives the function that ends the subscription. */
  subscribe(listener: (event: RelayEvent) => void): () => void {
    this.#listeners.add(listener)
    return () => this.#listeners.delete(listener)
  }

  /** A link to use instead, whose frames are seen while somebody looks. */
  watch(link: Link, leg: Leg, { address }: Pick<PeerFacts, 'address'>): Link {
    const peer = ++this.#peers
    const tell = (
      event: (what: { leg: Leg; peer: number; address: string; at: number }) => RelayEvent,
    ): void => {
      if (this.#listeners.size === 0) return
      const told = event({ at: this.#clock.now(), leg, peer, address })
      for (const listener of [...this.#listeners]) listener(told)
    }
    const see = (frame: Frame, way: 'in' | 'out'): void =>
      tell((what) => ({
        ...what,
        type: 'frame',
        way,
        bytes: frameBytes(frame),
        ...readFrame(frame, leg, way),
      }))
    tell((what) => ({ ...what, type: 'opened' }))
    return {
      send(frame) {
        see(frame, 'out')
        link.send(frame)
      },
      close: (code, reason) => link.close(code, reason),
      ...(link.ping && { ping: (heard) => link.ping!(heard) }),
      ...(link.largest && { largest: (bytes, pieces) => link.largest!(bytes, pieces) }),
      get queuedBytes() {
        return link.queuedBytes
      },
      pause: () => link.pause(),
      resume: () => link.resume(),
      open: (handlers) =>
        link.open({
          ...handlers,
          frame(received) {
            see(received, 'in')
            handlers.frame(received)
          },
          close(code, reason) {
            tell((what) => ({ ...what, type: 'closed' }))
            handlers.close(code, reason)
          },
        }),
    }
  }
}

/** Never throws: what is no frame of ours is `unreadable`. */
export function readFrame(frame: Frame, leg: Leg, way: 'in' | 'out'): Reading {
  try {
    if (leg === 'browser') return typeof frame === 'string' ? readText(frame, way) : readSealed(frame, way)
    return typeof frame === 'string' ? readLink(frame) : readRelayed(frame, way)
  } catch {
    return { label: 'unreadable', sealedBytes: 0 }
  }
}

/** JSON between browser and server: by its name in the message table, or the first word of a push. */
function readText(text: string, way: 'in' | 'out'): Reading {
  if (text === KEEP_ALIVE || text.startsWith('!')) return open('keep-alive')
  const frame = parseTextFrame(text)
  if (frame.kind !== 'json') return open('answer')
  const body = parseFrameJson(frame.json)
  if (way === 'in') return open(matchRequest(body)?.name ?? 'request')
  const [word] = Array.isArray(body) ? (body as unknown[]) : []
  return open(typeof word === 'string' && pushes.has(word) ? word : 'answer')
}

/** First words of pushes; anything else could be content. */
const pushes: ReadonlySet<string> = new Set([
  ...[
    'Conn',
    'Blocklist',
    'Stream',
    'Props',
    'Cmd',
    'Msg',
    'MsgInfo',
    'Presence',
    'Pong',
    'Chat',
    'Call',
    'Status',
  ],
])

/** Tag, two bytes that say what kind of request it is, and then nothing the relay could read. */
function readSealed(message: Uint8Array, way: 'in' | 'out'): Reading {
  const end = tagEnd(message)
  if (end < 0) return { label: 'unreadable', sealedBytes: message.length }
  const kind = way === 'in' ? metricName(message[end + 1] ?? 0) : undefined
  const clear = end + 1 + (way === 'in' ? 2 : 0)
  const label = kind === undefined ? 'sealed' : `sealed ${kind.toLowerCase().replaceAll('_', ' ')}`
  return { label, sealedBytes: Math.max(0, message.length - clear) }
}

/** Control messages of a phone's link, by name; of mail also to whom. */
function readLink(text: string): Reading {
  const message = JSON.parse(text) as Record<string, unknown>
  const type = String(message['type'])
  if (!Object.hasOwn(linkMessages, type)) return { label: 'unreadable', sealedBytes: 0 }
  const { to, kind, body, secret } = message
  const isSealed = type === 'claimRef' || ((type === 'mail' || type === 'delivery') && kind !== 'receipt')
  const sealed = isSealed ? (secret ?? body) : ''
  return {
    label: type === 'mail' || type === 'delivery' ? `${type} ${String(kind)}` : type,
    sealedBytes: typeof sealed === 'string' ? Math.floor((sealed.length * 3) / 4) : 0,
    ...(type === 'mail' && typeof to === 'string' && /^[0-9]{5,15}$/.test(to) && { to }),
  }
}

/** A browser's message behind the header of the link; it goes on to the browser, or came from it. */
function readRelayed(frame: Uint8Array, way: 'in' | 'out'): Reading {
  const message = frame.subarray(RELAY_HEADER_BYTES)
  if (frame[1] !== RELAY_BINARY) return open('relayed answer')
  const { label, sealedBytes } = readSealed(message, way === 'out' ? 'in' : 'out')
  return { label: `relayed ${label}`, sealedBytes }
}

function open(label: string): Reading {
  return { label, sealedBytes: 0 }
}
