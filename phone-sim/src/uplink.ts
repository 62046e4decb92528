/**
 * The phone's connection to its server (proto/phone-link): proves the identity key, checks the relay key pinned at
 * registration, matches replies to requests, keeps the link alive and opens it again with backoff. Knows nothing of
 * what the messages mean, and never sees a key.
 */
import { parseBase64, formatBase64 } from 'proto/base64'
import type { Clock, Timer } from 'proto/clock'
import { type Entropy, fraction } from 'proto/entropy'
import { codeOf, errors, type ErrorCode, TetherError } from 'proto/errors'
import { limit } from 'proto/limits'
import { parseLinkMessage } from 'proto/link-message'
import type { Frame, Link } from 'proto/link'
import {
  attachTranscript,
  LINK_VERSION,
  type LinkBody,
  type LinkMessage,
  type LinkReply,
  type LinkRequestName,
  relayTranscript,
} from 'proto/phone-link'
import { verifyEd25519 } from 'proto/signature'
import { awayError, LinkRequests, serverError } from './link-requests.ts'
import type { PhonesMeters } from './phones-meters.ts'

/** What the uplink needs of the rest of the phone. */
export interface UplinkOwner {
  readonly number: string
  /** Ed25519 key pinned at registration, 32 bytes. */
  readonly relayKey: () => Uint8Array
  /** Signature of the identity key, 64 bytes. */
  readonly sign: (transcript: Uint8Array) => Uint8Array
  readonly attached: (body: LinkBody<'attached'>) => void
  readonly message: (message: LinkMessage) => void
  readonly relayFrame: (frame: Uint8Array) => void
  /** The link has ended, or the attempt has failed; `code` says why when it was a breach of the protocol. */
  readonly detached: (code: ErrorCode | null, detail: string) => void
}

type State = 'away' | 'connecting' | 'greeting' | 'proving' | 'attached'

export class Uplink {
  readonly #owner: UplinkOwner
  readonly #connect: () => Promise<Link>
  readonly #clock: Clock
  readonly #entropy: Entropy
  #state: State = 'away'
  #wanted = false
  #link: Link | null = null
  /** Counts attempts; whatever belongs to an older one is ignored. */
  #attempt = 0
  #failures = 0
  #retry: Timer | null = null
  #deadline: Timer | null = null
  #beat: Timer | null = null
  #heardAt = 0
  #sentAt = 0
  #nonces: { readonly server: Uint8Array; readonly phone: Uint8Array } | null = null
  readonly #requests: LinkRequests
  readonly #meters: PhonesMeters
  #openedAt = 0

  constructor(
    owner: UplinkOwner,
    connect: () => Promise<Link>,
    clock: Clock,
    entropy: Entropy,
    meters: PhonesMeters,
  ) {
    this.#meters = meters
    this.#owner = owner
    this.#connect = connect
    this.#clock = clock
    this.#requests = new LinkRequests(clock)
    this.#entropy = entropy
  }

  get isAttached(): boolean {
    return this.#state === 'attached'
  }

  /** Opens the link and keeps it open, or closes it and stays away. */
  want(wanted: boolean): void {
    if (wanted === this.#wanted) return
    this.#wanted = wanted
    this.#retry?.cancel()
    this.#failures = 0
    if (wanted) this.#open()
    else this.#end(1000, 'phone goes away', null)
  }

  /** Closes the link and opens a new one, so that the server starts again from what is known to be taken. */
  restart(detail: string): void {
    this.#end(1000, detail, null)
  }

  send(message: LinkMessage): void {
    if (this.#state !== 'attached') return
    this.#sendFrame(JSON.stringify(message))
  }

  sendRelayFrame(frame: Uint8Array): void {
    if (this.#state !== 'attached') return
    this.#sendFrame(frame)
  }

  /**
   * Sends a request and gives its reply. Rejects with the server's code, or with TETHER_ERR_PHONE_AWAY when the link
   * is not there, ends, or is silent for PHONE_REQUEST_MS.
   */
  request<N extends LinkRequestName>(type: N, body: Omit<LinkBody<N>, 'id'>): Promise<LinkReply<N>> {
    if (this.#state !== 'attached') return Promise.reject(awayError('not attached'))
    const sent = this.#requests.start(type, (id) => {
      this.#sendFrame(JSON.stringify({ type, id, ...body }))
    })
    return sent as Promise<LinkReply<N>>
  }

  #open(): void {
    const attempt = ++this.#attempt
    this.#state = 'connecting'
    this.#openedAt = this.#clock.now()
    this.#connect().then(
      (link) => {
        if (attempt !== this.#attempt) {
          link.close(1000, 'not wanted')
          return
        }
        this.#start(link, attempt)
      },
      (error: unknown) => {
        if (attempt === this.#attempt)
          this.#end(1006, error instanceof Error ? error.message : 'unreachable', null)
      },
    )
  }

  #start(link: Link, attempt: number): void {
    this.#link = link
    this.#state = 'greeting'
    this.#heardAt = this.#clock.now()
    this.#deadline = this.#clock.after(limit('PHONE_ATTACH_MS'), () =>
      this.#end(4408, 'attach', 'TETHER_ERR_IDLE'),
    )
    link.open({
      frame: (frame) => {
        if (attempt === this.#attempt) this.#receive(frame)
      },
      close: (code, reason) => {
        if (attempt === this.#attempt)
          this.#ended(code === 4409 ? 'TETHER_ERR_REPLACED' : null, `${code} ${reason}`)
      },
    })
  }

  #receive(frame: Frame): void {
    this.#heardAt = this.#clock.now()
    try {
      if (typeof frame === 'string') {
        this.#handle(parseLinkMessage(frame, 'server'))
        return
      }
      if (this.#state !== 'attached') throw new TetherError('TETHER_ERR_STATE', 'relay frame before attached')
      this.#owner.relayFrame(frame)
    } catch (error) {
      const code = codeOf(error)
      const row = errors[code]
      this.#end('close' in row ? row.close : 1008, code, code)
    }
  }

  #handle(message: LinkMessage): void {
    if (message.type === 'refused') {
      this.#refused(message)
      return
    }
    if (this.#state === 'greeting' && message.type === 'welcome') {
      this.#prove(message)
      return
    }
    if (this.#state === 'proving' && message.type === 'attached') {
      this.#attached(message)
      return
    }
    if (this.#state !== 'attached')
      throw new TetherError('TETHER_ERR_STATE', `${message.type} while ${this.#state}`)
    if (message.type === 'heartbeat') return
    if (message.type === 'reply') {
      this.#requests.settle(message)
      return
    }
    this.#owner.message(message)
  }

  #prove({ version, nonce, relayKey }: LinkBody<'welcome'>): void {
    if (version !== LINK_VERSION) throw new TetherError('TETHER_ERR_VERSION', `server speaks ${version}`)
    const pinned = this.#owner.relayKey()
    if (formatBase64(pinned) !== relayKey) throw new TetherError('TETHER_ERR_RELAY_AUTH', 'another relay key')
    const nonces = { server: parseBase64(nonce), phone: this.#entropy.bytes(32) }
    this.#nonces = nonces
    const signature = this.#owner.sign(
      attachTranscript(nonces.server, nonces.phone, pinned, this.#owner.number),
    )
    this.#state = 'proving'
    this.#sendFrame(
      JSON.stringify({
        type: 'attach',
        version: LINK_VERSION,
        number: this.#owner.number,
        nonce: formatBase64(nonces.phone),
        signature: formatBase64(signature),
      } satisfies LinkMessage),
    )
  }

  #attached(body: LinkBody<'attached'>): void {
    const { server, phone } = this.#nonces!
    const transcript = relayTranscript(server, phone, this.#owner.number)
    if (!verifyEd25519(this.#owner.relayKey(), transcript, parseBase64(body.proof))) {
      throw new TetherError('TETHER_ERR_RELAY_AUTH', 'wrong proof')
    }
    this.#deadline?.cancel()
    this.#state = 'attached'
    this.#failures = 0
    this.#watch()
    this.#meters.buckets('attach', '').addMs(this.#clock.now() - this.#openedAt)
    this.#owner.attached(body)
  }

  #refused({ code, message }: LinkBody<'refused'>): void {
    throw serverError(code, 'TETHER_ERR_PHONE_AUTH', message)
  }

  /** Sends a heartbeat when nothing else was sent, and ends a link on which two were missed. */
  #watch(): void {
    const period = limit('PHONE_HEARTBEAT_MS')
    this.#beat = this.#clock.after(period, () => {
      const now = this.#clock.now()
      if (now - this.#heardAt > 2 * period) {
        this.#end(4408, 'silent', 'TETHER_ERR_IDLE')
        return
      }
      if (now - this.#sentAt >= period / 2) this.send({ type: 'heartbeat' })
      this.#watch()
    })
  }

  #sendFrame(frame: Frame): void {
    this.#sentAt = this.#clock.now()
    this.#link?.send(frame)
  }

  #end(code: number, reason: string, because: ErrorCode | null): void {
    const link = this.#link
    this.#ended(because, reason)
    link?.close(code, reason)
  }

  #ended(because: ErrorCode | null, detail: string): void {
    const wasAway = this.#state === 'away'
    this.#attempt++
    this.#state = 'away'
    this.#link = null
    this.#nonces = null
    for (const timer of [this.#deadline, this.#beat, this.#retry]) timer?.cancel()
    this.#requests.end()
    if (this.#wanted) this.#retry = this.#clock.after(this.#backoffMs(because), () => this.#open())
    if (!wasAway) this.#owner.detached(because, detail)
  }

  /** Doubles from PHONE_BACKOFF_MIN_MS to _MAX_MS, with the upper half random; a replaced phone waits longest. */
  #backoffMs(because: ErrorCode | null): number {
    const most = limit('PHONE_BACKOFF_MAX_MS')
    const doubled = limit('PHONE_BACKOFF_MIN_MS') * 2 ** Math.min(this.#failures++, 16)
    const delay = because === 'TETHER_ERR_REPLACED' ? most : Math.min(most, doubled)
    return Math.round(delay * (0.5 + fraction(this.#entropy) / 2))
  }
}
