/**
 * One connection to the server: message tags, open requests and their answers, keep-alive, the phone check, and the
 * seal around nodes once there are keys. Says what arrives; decides nothing about pairing, login or chats.
 * Spec 1.2, 2, 3, 12.
 */
import { type Clock, every, type Timer } from 'proto/clock'
import type { Entropy } from 'proto/entropy'
import { codeOf, type ErrorCode, TetherError } from 'proto/errors'
import { formatTextFrame, KEEP_ALIVE, parseFrameJson, parseTextFrame } from 'proto/frame'
import { type Frame, frameBytes, type Link } from 'proto/link'
import { type FlagName, flags as flagBits, type MetricName, metrics } from 'proto/metrics'
import type { Node } from 'proto/node'
import { openFrame, type SealKeys, sealFrame } from 'proto/seal'
import type { Trace } from 'proto/trace'
import { PhoneCheck } from './phone-check.ts'
import { ANSWER_MS, KEEP_ALIVE_LATE_MS, KEEP_ALIVE_MS, RELAY_DOUBT_MS } from './timing.ts'

/** The answer to a request: a JSON object from whomever, or a node, which only the phone can make. */
export type Answer =
  | { readonly json: Readonly<Record<string, unknown>>; readonly status: number | null }
  | { readonly node: Node }

export interface ConnectionHandlers {
  /** A JSON push, as it came: an array whose first member is its name. */
  push(name: string, body: readonly unknown[]): void
  node(node: Node): void
  /** Something came that only a phone that is awake can have sent. */
  phoneSpoke(): void
  phoneSilent(): void
  /** The server has read the requests with these tags: what it says later on the same connection shows that. */
  serverRead(tags: readonly string[]): void
  phoneHeard(): void
  /** `Pong false`: the phone has ended this login. */
  phoneEnded(): void
  /** The connection is over; called once. */
  lost(reason: string): void
}

export interface ConnectionParts {
  readonly clock: Clock
  readonly entropy: Entropy
  readonly link: Link
  readonly trace: Trace | undefined
  readonly handlers: ConnectionHandlers
}

interface OpenRequest {
  readonly resolve: (answer: Answer) => void
  readonly reject: (error: TetherError) => void
  readonly timer: Timer | null
}

export interface NodeKind {
  readonly metric: MetricName
  readonly flags: readonly FlagName[]
}

export class Connection {
  readonly #clock: Clock
  readonly #entropy: Entropy
  readonly #link: Link
  readonly #trace: Trace | undefined
  readonly #handlers: ConnectionHandlers
  readonly #phone: PhoneCheck
  readonly #open = new Map<string, OpenRequest>()
  readonly #timers: Timer[]
  readonly #openedSeconds: number
  #keys: SealKeys | null = null
  #count = 0
  /** Queries that nobody has said a word about yet, and how many keep-alives went out before each. */
  readonly #unread = new Map<string, number>()
  #asksAlive = 0
  #answersAlive = 0
  #doubt: Timer | null = null
  #heardAt: number
  #over = false

  constructor({ clock, entropy, link, trace, handlers }: ConnectionParts) {
    this.#clock = clock
    this.#entropy = entropy
    this.#link = link
    this.#trace = trace
    this.#handlers = handlers
    this.#openedSeconds = Math.floor(clock.now() / 1000)
    this.#heardAt = clock.now()
    this.#phone = new PhoneCheck(clock, {
      test: () => this.#send(formatTextFrame(this.#shortTag(), ['admin', 'test'])),
      silent: () => handlers.phoneSilent(),
      heard: () => handlers.phoneHeard(),
      gaveUp: (tag) => this.#fail(tag, 'TETHER_ERR_PHONE_AWAY'),
    })
    this.#timers = [every(clock, KEEP_ALIVE_MS, () => this.#keepAlive())]
    link.open({
      frame: (frame) => this.#take(frame),
      close: (code, reason) => this.#end(`${code} ${reason}`.trim()),
    })
  }

  /** From now on binary frames are opened with these keys, and nodes can be sent. */
  useKeys(keys: SealKeys): void {
    this.#keys = keys
  }

  /** Attribute of every node that we send: a running number (spec 3). */
  get epoch(): string {
    return String(this.#count)
  }

  /** Sends a JSON request that the server answers by itself; rejects when it does not in time. */
  ask(json: readonly unknown[], tag = this.longTag()): Promise<Answer> {
    return this.#request(tag, ANSWER_MS, () => this.#send(formatTextFrame(tag, json)))
  }

  /** Sends a JSON request whose answer may never come, or is repeated by the caller; see forget(). */
  askPatiently(json: readonly unknown[], tag: string): Promise<Answer> {
    return this.#request(tag, null, () => this.#send(formatTextFrame(tag, json)))
  }

  /** Sends JSON without waiting. */
  say(json: readonly unknown[], tag = this.#shortTag()): void {
    this.#send(formatTextFrame(tag, json))
  }

  /** Sends a node to the phone and waits as long as it takes; rejects TETHER_ERR_PHONE_AWAY or TETHER_ERR_STATE. */
  query(node: Node, kind: NodeKind, tag = this.#shortTag()): Promise<Answer> {
    return this.#request(tag, null, () => {
      this.#phone.waitFor(tag)
      this.#sendNode(tag, node, kind)
      this.#unread.set(tag, this.#asksAlive)
      this.#doubt ??= this.#clock.after(RELAY_DOUBT_MS, () => this.#askAlive())
    })
  }

  /** The server says that the phone is away: it is asked as if it had been silent. */
  phoneIsAway(): void {
    this.#phone.away()
  }

  /** Sends a node and waits for nothing. */
  tell(node: Node, kind: NodeKind): void {
    this.#sendNode(this.#shortTag(), node, kind)
  }

  /** `<seconds>.--<n>`, of requests before login. */
  longTag(): string {
    return `${this.#openedSeconds}.--${this.#count++}`
  }

  /** Closes the link; `lost` is called before this returns. */
  close(reason: string): void {
    this.#link.close(1000, '')
    this.#end(reason)
  }

  // Not padded: 3.--2 occurs (spec 3).
  #shortTag(): string {
    return `${this.#openedSeconds % 1000}.--${this.#count++}`
  }

  #request(tag: string, timeoutMs: number | null, send: () => void): Promise<Answer> {
    if (this.#over) return Promise.reject(new TetherError('TETHER_ERR_STATE', 'the connection is over'))
    return new Promise((resolve, reject) => {
      const timer =
        timeoutMs === null ? null : this.#clock.after(timeoutMs, () => this.#fail(tag, 'TETHER_ERR_IDLE'))
      this.#open.set(tag, { resolve, reject, timer })
      try {
        send()
      } catch (error) {
        this.#close(tag) // nothing went out, so nothing is waited for
        throw error
      }
    })
  }

  #close(tag: string): OpenRequest | null {
    const request = this.#open.get(tag) ?? null
    request?.timer?.cancel()
    this.#open.delete(tag)
    this.#unread.delete(tag)
    this.#phone.answered(tag)
    return request
  }

  #fail(tag: string, code: ErrorCode): void {
    this.#close(tag)?.reject(new TetherError(code))
  }

  #sendNode(tag: string, node: Node, { metric, flags }: NodeKind): void {
    if (this.#keys === null) throw new TetherError('TETHER_ERR_STATE', 'a node before there are keys')
    const bits = flags.reduce((sum, name) => sum | flagBits[name], 0)
    const iv = this.#entropy.bytes(16)
    this.#send(sealFrame({ ...this.#keys, tag, node, iv, metric: metrics[metric], flags: bits }))
  }

  #send(frame: Frame): void {
    if (this.#over) return
    this.#trace?.emit('frame.out', { bytes: frameBytes(frame), text: typeof frame === 'string' })
    this.#link.send(frame)
  }

  #take(frame: Frame): void {
    if (this.#over) return
    this.#heardAt = this.#clock.now()
    this.#trace?.emit('frame.in', { bytes: frameBytes(frame), text: typeof frame === 'string' })
    try {
      if (typeof frame === 'string') this.#takeText(frame)
      else this.#takeNode(frame)
    } catch (error) {
      // A frame that cannot be read ends nothing: what it would have answered is asked again, or given up.
      this.#trace?.emit('drop', { reason: codeOf(error) })
    }
  }

  #takeText(text: string): void {
    const parsed = parseTextFrame(text)
    if (parsed.kind === 'keepAliveAnswer') this.#serverRead(++this.#answersAlive)
    // An empty answer says that the request was taken and the real answer comes later (spec 2.1).
    if (parsed.kind === 'empty' && this.#unread.delete(parsed.tag)) this.#handlers.serverRead([parsed.tag])
    if (parsed.kind !== 'json') return
    const body = parseFrameJson(parsed.json)
    if (Array.isArray(body)) {
      this.#takePush(parsed.tag, body)
      return
    }
    if (typeof body !== 'object' || body === null)
      throw new TetherError('TETHER_ERR_BODY', 'neither object nor array')
    const json = body as Readonly<Record<string, unknown>>
    const status = typeof json.status === 'number' ? json.status : null
    this.#close(parsed.tag)?.resolve({ json, status })
  }

  #takePush(tag: string, body: readonly unknown[]): void {
    const [name, value] = body
    if (typeof name !== 'string') throw new TetherError('TETHER_ERR_BODY', 'a push without a name')
    if (name === 'Pong') {
      this.#close(tag)
      if (value === false) this.#handlers.phoneEnded()
      else this.#heardPhone()
    } else this.#handlers.push(name, body)
  }

  #takeNode(frame: Uint8Array): void {
    if (this.#keys === null) throw new TetherError('TETHER_ERR_STATE', 'a sealed frame before there are keys')
    const { tag, node } = openFrame(frame, this.#keys, { from: 'server' })
    if (isForPhone(node)) throw new TetherError('TETHER_ERR_BODY', 'a node that only browsers send')
    this.#heardPhone()
    this.#close(tag)?.resolve({ node })
    this.#handlers.node(node)
  }

  #heardPhone(): void {
    this.#handlers.phoneSpoke()
    this.#phone.heard()
  }

  #keepAlive(): void {
    if (this.#clock.now() - this.#heardAt > KEEP_ALIVE_LATE_MS) this.close('no answer to keep-alive')
    else {
      this.#askAlive()
      this.#wonder()
    }
  }

  #askAlive(): void {
    this.#doubt?.cancel()
    this.#doubt = null
    if (this.#over) return
    this.#asksAlive++
    this.#send(KEEP_ALIVE)
  }

  /** The nth keep-alive is answered, so everything that went out before it was read: a connection keeps the order. */
  #serverRead(answered: number): void {
    const tags = [...this.#unread].flatMap(([tag, before]) => (before < answered ? tag : []))
    for (const tag of tags) this.#unread.delete(tag)
    if (tags.length > 0) this.#handlers.serverRead(tags)
  }

  /** Asks whether the phone is there although nobody wants anything of it, so that an idle page tells the truth too. */
  #wonder(): void {
    if (this.#keys === null || this.#phone.isAsking) return
    const tag = this.#shortTag()
    this.#phone.waitFor(tag)
    this.say(['admin', 'test'], tag)
  }

  #end(reason: string): void {
    if (this.#over) return
    this.#over = true
    for (const timer of this.#timers) timer.cancel()
    this.#doubt?.cancel()
    this.#phone.stop()
    for (const tag of [...this.#open.keys()]) this.#fail(tag, 'TETHER_ERR_STATE')
    this.#handlers.lost(reason)
  }
}

/** Whether only a browser says such a node. Both ways have the same keys: it may be one of ours that was sent back (research F2). */
function isForPhone({ tag, attrs }: Node): boolean {
  return tag === 'query' || (tag === 'action' && (attrs['type'] === 'set' || attrs['type'] === 'relay'))
}
