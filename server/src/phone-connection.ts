/**
 * One phone's link (proto/phone-link): handshake, control messages as JSON, relayed frames as binary. A phone is
 * trusted for its own number only; what it says is checked against that number and the epoch of its attachment.
 */
import { parseBase64, formatBase64 } from 'proto/base64'
import { concat } from 'proto/bytes'
import { every, type Timer } from 'proto/clock'
import { codeOf, TetherError, type ErrorCode } from 'proto/errors'
import { limit } from 'proto/limits'
import { frameBytes, type Frame, type Link } from 'proto/link'
import { parseLinkMessage } from 'proto/link-message'
import { checkerFor } from 'proto/schema-checker'
import {
  attachTranscript,
  decodeRelayFrame,
  LINK_VERSION,
  linkMessages,
  relayTranscript,
  type LinkBody,
  type LinkMessage,
} from 'proto/phone-link'
import { verifyXeddsa } from 'proto/signature'
import { phoneStates, step, type InputOf, type StateOf } from 'proto/states'
import type { Context, PeerFacts } from './context.ts'
import type { AttachedPhone } from './peers.ts'
import { handleLinkMessage } from './phone-messages.ts'
import type { Services } from './services.ts'
import type { Attachment, Owner } from './stores.ts'
import { TokenBucket } from './token-bucket.ts'

const NONCE_BYTES = 32
const isVerdict = checkerFor(linkMessages.judge.reply)

export class PhoneConnection implements AttachedPhone {
  readonly facts: PeerFacts
  readonly #context: Context
  readonly #services: Services
  readonly #link: Link
  readonly #nonce: Uint8Array
  /** Until the phone is attached. */
  #attachTimer: Timer | null = null
  #beatTimer: Timer | null = null
  readonly #requests = new Map<
    number,
    { done: (ok: unknown) => void; failed: (error: Error) => void; timer: Timer }
  >()
  #state: StateOf<typeof phoneStates> = phoneStates.initial
  #owner: Owner | null = null
  readonly #since: number
  #lastHeard: number
  /** Nothing is read from it before it has taken more of what it is sent. */
  #isFull = false
  #lastSent: number
  #requestIds = 0
  /** Null before the first ping. */
  #pings: TokenBucket | null = null
  #pauseTimer: Timer | null = null

  constructor(context: Context, services: Services, link: Link, facts: PeerFacts) {
    this.#context = context
    this.#services = services
    this.#link = link
    this.facts = facts
    this.#nonce = context.entropy.bytes(NONCE_BYTES)
    this.#lastHeard = this.#lastSent = this.#since = context.clock.now()
  }

  /** The number this link has proved. Throws before that. */
  get number(): string {
    return this.owner.number
  }

  get owner(): Owner {
    if (!this.#owner) throw new TetherError('TETHER_ERR_STATE', 'not attached')
    return this.#owner
  }

  get queuedBytes(): number {
    return this.#link.queuedBytes
  }

  open(): void {
    const { clock } = this.#context
    this.#attachTimer = clock.after(limit('PHONE_ATTACH_MS'), () => {
      this.#context.counters.add('limits', 'PHONE_ATTACH_MS')
      this.close('TETHER_ERR_PHONE_AUTH')
    })
    this.#beatTimer = every(clock, limit('PHONE_HEARTBEAT_MS'), () => this.#beat())
    this.#link.largest?.('PHONE_EARLY_BYTES', 'SOCKET_EARLY_CHUNKS')
    this.#link.open({
      frame: (frame) => this.#receive(frame),
      full: (isFull) => this.#full(isFull),
      control: () => this.#slowDown(),
      close: () => this.#closed(),
    })
    this.send({
      type: 'welcome',
      version: LINK_VERSION,
      nonce: formatBase64(this.#nonce),
      relayKey: formatBase64(this.#services.relayKey.publicKey),
    })
  }

  // reading

  #receive(frame: Frame): void {
    if (this.#state === 'closed') return
    this.#lastHeard = this.#context.clock.now()
    const allowed = this.#state === 'attached' ? 'PHONE_FRAME_BYTES' : 'PHONE_EARLY_BYTES'
    if (frameBytes(frame) > limit(allowed)) {
      this.#context.counters.add('limits', allowed)
      this.#context.counters.add('errors', 'TETHER_ERR_TOO_LARGE')
      this.close('TETHER_ERR_TOO_LARGE')
      return
    }
    try {
      if (typeof frame === 'string') this.#receiveText(frame)
      else this.#receiveBinary(frame)
    } catch (error) {
      this.#failed(error)
    }
  }

  /** Who takes what it is sent, however slowly, is there. */
  #full(isFull: boolean): void {
    this.#isFull = isFull
    this.#lastHeard = this.#context.clock.now()
  }

  #receiveBinary(frame: Uint8Array): void {
    this.#follow('message')
    let relayed: ReturnType<typeof decodeRelayFrame>
    try {
      relayed = decodeRelayFrame(frame)
    } catch (error) {
      this.#context.counters.drop('malformed')
      throw error
    }
    this.#services.relay.toBrowser(this, relayed.header, relayed.message)
  }

  #receiveText(text: string): void {
    const message = parseLinkMessage(text, 'phone')
    this.#context.trace?.emit('frame.in', { leg: 'phone', type: message.type, bytes: text.length })
    if (message.type === 'heartbeat') {
      this.#slowDown()
      return
    }
    if (message.type === 'attach') {
      this.#follow('attach')
      void this.#attach(message).catch((error: unknown) => this.#failed(error))
      return
    }
    this.#follow('message')
    if (message.type === 'reply') {
      this.#settle(message)
      return
    }
    void handleLinkMessage(this, message, this.#context, this.#services).catch((error: unknown) => {
      if ('id' in message) this.#answerError(message.id, error)
      else this.#failed(error)
    })
  }

  /** One ping, pong or heartbeat more: who sends too many is read no more until they are paid for. */
  #slowDown(): void {
    const { clock, counters } = this.#context
    const now = clock.now()
    this.#pings ??= new TokenBucket(limit('PHONE_PINGS'), 60_000 / limit('PHONE_PINGS'), now)
    const waitMs = this.#pings.spend(now)
    if (waitMs === 0 || this.#pauseTimer) return
    counters.add('limits', 'PHONE_PINGS')
    this.#link.pause()
    this.#pauseTimer = clock.after(waitMs, () => {
      this.#pauseTimer = null
      this.#link.resume()
    })
  }

  /** Follows the arrow; throws TETHER_ERR_STATE when there is none. */
  #follow(input: InputOf<typeof phoneStates>): void {
    const next = step(phoneStates, this.#state, input)
    if (next === null) throw new TetherError('TETHER_ERR_STATE', `${input} while ${this.#state}`)
    if (next !== this.#state)
      this.#context.trace?.emit('state', { leg: 'phone', from: this.#state, input, to: next })
    this.#state = next
  }

  /** Bad input from a phone that has proved its number is counted and survived; before that it ends the link. */
  #failed(error: unknown): void {
    const code = codeOf(error)
    const { counters, log, trace } = this.#context
    counters.add('errors', code)
    trace?.emit('error', { leg: 'phone', code })
    if (code === 'TETHER_ERR_INTERNAL') log.error({ err: error }, 'phone link failed')
    else log.debug({ code }, 'phone input refused')
    if (this.#state !== 'attached' || code === 'TETHER_ERR_REPLACED') this.close(code)
  }

  // handshake

  async #attach(message: LinkBody<'attach'>): Promise<void> {
    const { stores, clock } = this.#context
    if (message.version !== LINK_VERSION) {
      this.#refuse('TETHER_ERR_VERSION', `version ${LINK_VERSION} is spoken`)
      return
    }
    const account = await stores.accounts.find(message.number)
    const phoneNonce = parseBase64(message.nonce)
    const { relayKey } = this.#services
    const said = attachTranscript(this.#nonce, phoneNonce, relayKey.publicKey, message.number)
    // the same refusal for an unknown number and a wrong signature: the door does not tell who is registered
    if (!account || !verifyXeddsa(account.identityKey, said, parseBase64(message.signature))) {
      this.#refuse('TETHER_ERR_PHONE_AUTH')
      return
    }
    const attachment = await stores.accounts.attach({
      number: message.number,
      identityKey: account.identityKey,
      at: clock.now(),
    })
    if (!attachment) {
      this.#refuse('TETHER_ERR_PHONE_AUTH')
      return
    }
    const blocked = await stores.profiles.blocked(message.number)
    if (this.#state === 'closed') return
    const proof = relayKey.sign(relayTranscript(this.#nonce, phoneNonce, message.number))
    this.#attached(attachment, blocked, proof)
  }

  #attached(
    { owner, logins, groups, lastWaiting, ...known }: Attachment,
    blocked: readonly string[],
    proof: Uint8Array,
  ): void {
    this.#owner = owner
    this.#follow('proved')
    this.#attachTimer?.cancel()
    this.#attachTimer = null
    const { clock, counters } = this.#context
    counters.buckets('handshakes', 'attach').addMs(clock.now() - this.#since)
    this.#link.largest?.('PHONE_FRAME_BYTES', 'SOCKET_CHUNKS')
    this.send({
      type: 'attached',
      proof: formatBase64(proof),
      ...known,
      waiting: lastWaiting,
      logins: [...logins],
      groups: [...groups],
      blocked: [...blocked],
    })
    this.#services.phoneAttached(this)
  }

  #refuse(code: ErrorCode, detail?: string): void {
    this.#context.counters.add('errors', code)
    this.send({ type: 'refused', code, message: new TetherError(code, detail).message })
    this.close(code)
  }

  // writing

  send(message: LinkMessage): boolean {
    return this.sendText(JSON.stringify(message))
  }

  sendText(text: string): boolean {
    const isOut = this.sendFrame(text)
    if (isOut) this.#context.trace?.emit('frame.out', { leg: 'phone', bytes: text.length })
    return isOut
  }

  /** A phone that does not read is cut off; it comes back and its mail is still there. */
  sendFrame(frame: Frame): boolean {
    if (!this.#maySend()) return false
    this.#link.send(frame)
    return true
  }

  sendTwo(head: Uint8Array, rest: Uint8Array): boolean {
    if (!this.#maySend()) return false
    if (this.#link.sendTwo) this.#link.sendTwo(head, rest)
    else this.#link.send(concat(head, rest))
    return true
  }

  #maySend(): boolean {
    if (this.#state === 'closed') return false
    if (!this.#services.relay.hasRoom(this.#link.queuedBytes)) {
      this.#context.counters.drop('slowReader')
      this.#context.counters.add('limits', 'SEND_QUEUE_BYTES')
      this.close('TETHER_ERR_SLOW')
      return false
    }
    this.#lastSent = this.#context.clock.now()
    return true
  }

  reply(id: number, ok: unknown): void {
    this.send({ type: 'reply', id, ok })
  }

  #answerError(id: number, error: unknown): void {
    const code = codeOf(error)
    this.#context.counters.add('errors', code)
    if (code === 'TETHER_ERR_INTERNAL') this.#context.log.error({ err: error }, 'phone request failed')
    const message = error instanceof TetherError ? error.message : new TetherError(code).message
    this.send({ type: 'reply', id, error: { code, message } })
    if (code === 'TETHER_ERR_REPLACED') this.close(code) // whatever it asks next would be refused as well
  }

  // requests of the server

  /** Asks the phone whether an answer to a challenge fits. Rejects with TETHER_ERR_PHONE_AWAY. */
  judge(login: string, challenge: string, answer: string): Promise<boolean> {
    return this.#verdict((id) => ({ type: 'judge', id, login, challenge, answer }))
  }

  /** Asks the phone whether this proof logs a browser out. Rejects with TETHER_ERR_PHONE_AWAY. */
  judgeLogout(login: string, proof: string): Promise<boolean> {
    return this.#verdict((id) => ({ type: 'judgeLogout', id, login, proof }))
  }

  async #verdict(message: (id: number) => LinkMessage): Promise<boolean> {
    const ok = await this.#request(message)
    if (isVerdict(ok)) return ok.fits
    this.#context.counters.add('errors', 'TETHER_ERR_BODY')
    throw new TetherError('TETHER_ERR_PHONE_AWAY', 'no verdict')
  }

  #request(message: (id: number) => LinkMessage): Promise<unknown> {
    const id = ++this.#requestIds
    return new Promise((done, failed) => {
      const timer = this.#context.clock.after(limit('PHONE_REQUEST_MS'), () => {
        this.#requests.delete(id)
        this.#context.counters.add('limits', 'PHONE_REQUEST_MS')
        failed(new TetherError('TETHER_ERR_PHONE_AWAY'))
      })
      this.#requests.set(id, { done, failed, timer })
      this.send(message(id))
    })
  }

  #settle({ id, ok, error }: LinkBody<'reply'>): void {
    const request = this.#requests.get(id)
    if (!request) return // too late
    this.#requests.delete(id)
    request.timer.cancel()
    if (error === undefined) request.done(ok)
    else request.failed(new TetherError('TETHER_ERR_PHONE_AWAY', 'the phone refused'))
  }

  // heartbeat and end

  #beat(): void {
    const now = this.#context.clock.now()
    const period = limit('PHONE_HEARTBEAT_MS')
    if (now - this.#lastHeard > 2 * period && !this.#isFull) {
      this.#context.counters.add('limits', 'PHONE_HEARTBEAT_MS')
      this.#context.counters.add('errors', 'TETHER_ERR_IDLE')
      this.close('TETHER_ERR_IDLE')
    } else if (this.#state === 'attached' && now - this.#lastSent >= period) this.send({ type: 'heartbeat' })
  }

  /** Ends the link; the reason is the error code. */
  close(code: ErrorCode): void {
    if (this.#state === 'closed') return
    this.#link.close(new TetherError(code).row.close ?? 1008, code)
    this.#closed()
  }

  #closed(): void {
    if (this.#state === 'closed') return
    this.#follow('socketClosed')
    this.#attachTimer?.cancel()
    this.#beatTimer?.cancel()
    this.#pauseTimer?.cancel()
    for (const { failed, timer } of this.#requests.values()) {
      timer.cancel()
      failed(new TetherError('TETHER_ERR_PHONE_AWAY'))
    }
    this.#requests.clear()
    this.#services.phoneClosed(this, this.#owner !== null)
  }
}
