/**
 * One browser's WebSocket: reads frames, gates them by state, lets a handler decide, performs what it returns.
 * The order of everything a client sees is kept here (spec 5.5, 5.6, 7.2 to 7.4). Knows no keys.
 */
import type { Timer } from 'proto/clock'
import { acknowledgedIds } from 'proto/causal-log'
import { codeOf, errors, TetherError, type ErrorCode } from 'proto/errors'
import {
  formatKeepAliveAnswer,
  formatTextFrame,
  KEEP_ALIVE,
  parseFrameJson,
  parseTextFrame,
  tagEnd,
  tagOf,
} from 'proto/frame'
import { limit, type LimitName } from 'proto/limits'
import { frameBytes, type Frame, type Link } from 'proto/link'
import { ResendRing } from 'proto/resend-ring'
import { browserStates, step } from 'proto/states'
import { BrowserPace } from './browser-pace.ts'
import { handleRequest } from './browser-requests.ts'
import type { Context, PeerFacts } from './context.ts'
import type { DropReason } from 'proto/drop-reasons'
import { FrameQueue } from './frame-queue.ts'
import { SETTLE, type Output } from './outputs.ts'
import { OpenRequests } from './open-requests.ts'
import type { Browser, BrowserInput, BrowserState, Opening } from './peers.ts'
import { ReadGap } from './read-gap.ts'
import type { RelayedFrame } from './relayed-frame.ts'
import type { Services } from './services.ts'

// read once: the hot path looks at them for every frame
const BROWSER_FRAME_BYTES = limit('BROWSER_FRAME_BYTES')
const BROWSER_REQUESTS = limit('BROWSER_REQUESTS')

function newRing(): ResendRing<RelayedFrame> {
  return new ResendRing(limit('RESEND_FRAMES'), limit('RESEND_BYTES'))
}

export class BrowserConnection implements Browser {
  readonly connection: number
  readonly facts: PeerFacts
  readonly connectedAt: number
  readonly #context: Context
  readonly #services: Services
  readonly #link: Link

  // written by handlers, through the setters of this file
  clientId: string | null = null
  browserName: readonly string[] = []
  version: readonly number[] = []
  /** Set when Conn is about to be sent; null before. */
  opening: Opening | null = null

  // written only here
  #state: BrowserState = browserStates.initial
  #pushes = 0
  #todo: { output: Output; tag: string }[] = []
  #waiting = false
  #requests: Promise<void> = Promise.resolve()
  /** Requests that were read and whose turn has not come. */
  #requestsWaiting = 0
  /** Null before the first that only the phone can answer. */
  #openRequests: OpenRequests | null = null
  #earlyFrames = 0
  #heardAt: number
  readonly #pace: BrowserPace
  /** Until init has come. */
  #initTimer: Timer | null = null
  #idleTimer: Timer | null = null
  /** After an answer behind which the client begins to listen for a push (spec 7.4). */
  readonly #answerGap: ReadGap

  // frames on their way
  /** Frames for the client, held until the hold after Conn is over (spec 5.6); null = no hold any more. */
  #held: FrameQueue<Frame> | null = new FrameQueue('HELD_FRAMES', 'HELD_BYTES')
  readonly #connGap: ReadGap
  /** Conn was sent: frames pass, and pushes may be numbered from s2. */
  #relays = false
  readonly #keptForPhone = new FrameQueue<Frame>('AWAY_QUEUE_FRAMES', 'AWAY_QUEUE_BYTES')
  /** Tags of admin test requests that the phone has not answered, by probe number. */
  readonly openTests = new Map<number, string>()
  sentToPhone = newRing()
  fromPhone = 0
  awaitsResume = false

  constructor(context: Context, services: Services, link: Link, facts: PeerFacts) {
    this.#context = context
    this.#services = services
    this.#link = link
    this.facts = facts
    this.#answerGap = new ReadGap(context, link)
    this.#connGap = new ReadGap(context, link)
    this.connection = services.relay.nextConnection()
    this.connectedAt = context.clock.now()
    this.#heardAt = this.connectedAt
    this.#pace = new BrowserPace(context, link)
  }

  get state(): BrowserState {
    return this.#state
  }

  /** Now for who takes what it is sent, however slowly, since nothing is read from it meanwhile. */
  get heardAt(): number {
    return this.#pace.isPausedBy('byQueue') ? this.#context.clock.now() : this.#heardAt
  }

  /** Whether Conn was sent, or is in the queue to be sent next. */
  get isOpen(): boolean {
    return this.#state === 'relaying' || this.#state === 'phoneAway'
  }

  /** Starts reading. Called once, in the turn that made the link. */
  open(): void {
    this.#services.relay.browserOpened(this)
    const { clock } = this.#context
    this.#initTimer = clock.after(limit('BROWSER_INIT_MS'), () =>
      this.#refuse('TETHER_ERR_IDLE', 'BROWSER_INIT_MS'),
    )
    this.#lookWhetherIdle(limit('BROWSER_IDLE_MS'))
    this.#link.largest?.('BROWSER_EARLY_BYTES', 'SOCKET_EARLY_CHUNKS')
    this.#link.open({
      frame: (frame) => this.#receive(frame),
      control: () => this.#receiveControl(),
      full: (isFull) => this.#full(isFull),
      close: () => this.#closed('closed'), // never in the browser's own words: they go to the phone
    })
  }

  // reading

  #receive(frame: Frame): void {
    if (this.#state === 'closed') return
    const now = this.#context.clock.now()
    this.#heardAt = now
    const bytes = frameBytes(frame)
    if (bytes > BROWSER_FRAME_BYTES) {
      this.#refuse('TETHER_ERR_TOO_LARGE', 'BROWSER_FRAME_BYTES')
      return
    }
    this.#pace.spend(now)
    if (typeof frame === 'string') this.#receiveText(frame, bytes)
    else this.#receiveBinary(frame, bytes)
  }

  #receiveControl(): void {
    if (this.#state !== 'closed') this.#pace.spend(this.#context.clock.now())
  }

  /** Whoever takes nothing at all is ended by WRITE_STALL_MS, not as one that says nothing. */
  #full(isFull: boolean): void {
    if (this.#state === 'closed') return
    if (isFull) {
      this.#pace.pause('byQueue')
      return
    }
    this.#heardAt = this.#context.clock.now()
    this.#pace.readOn('byQueue')
  }

  #receiveText(text: string, bytes: number): void {
    const { clock, counters, trace } = this.#context
    trace?.emit('frame.in', { connection: this.connection, text: true, bytes })
    if (this.opening === null && text !== KEEP_ALIVE && this.#tooEarly(bytes)) return
    try {
      const frame = parseTextFrame(text)
      if (frame.kind === 'keepAlive') {
        counters.add('frames', 'keepAlive')
        this.#send(formatKeepAliveAnswer(clock.now()))
        return
      }
      if (frame.kind !== 'json') return // answers are not for clients to send, and ask for nothing
      const body = parseFrameJson(frame.json)
      this.#requestsWaiting += 1
      if (this.#requestsWaiting === BROWSER_REQUESTS) this.#pace.pause('byWork')
      this.#requests = this.#requests.then(() => this.#handle(frame.tag, body))
    } catch (error) {
      // SIG's answer to a challenge is such a frame: count it and go on (spec 2.1)
      this.#note(codeOf(error), 'text frame')
    }
  }

  async #handle(tag: string, body: unknown): Promise<void> {
    this.#requestsWaiting -= 1
    if (this.#requestsWaiting < BROWSER_REQUESTS && this.#pace.isPausedBy('byWork'))
      this.#pace.readOn('byWork')
    if (this.#state === 'closed') return
    try {
      this.perform(tag, await handleRequest(this, tag, body, this.#context, this.#services))
    } catch (error) {
      const code = codeOf(error)
      this.#note(code, 'request')
      if (errors[code].fault === 'local') {
        this.#context.log.error({ err: error, connection: this.connection }, 'request failed')
      }
      this.perform(tag, [SETTLE, { answer: { status: errors[code].fault === 'local' ? 500 : 400 } }])
    }
  }

  #receiveBinary(message: Uint8Array, bytes: number): void {
    const { counters, trace } = this.#context
    if (!this.#relays) {
      if (this.opening === null && this.#tooEarly(bytes)) return
      counters.drop('notLoggedIn')
      trace?.emit('drop', { connection: this.connection, reason: 'notLoggedIn' })
      return
    }
    const end = tagEnd(message)
    if (end < 1) {
      counters.drop('malformed')
      this.#note('TETHER_ERR_FRAME_TAG', 'binary frame')
      return
    }
    trace?.emit('frame.in', {
      connection: this.connection,
      messageTag: tagOf(message),
      bytes,
    })
    if (this.#held) this.#release() // the client has its keys: the hold is over (spec 5.6)
    this.#services.relay.toPhone(this, message)
  }

  /** Limits for a connection that has not logged in; true when it was closed. */
  #tooEarly(bytes: number): boolean {
    this.#earlyFrames += 1
    if (bytes > limit('BROWSER_EARLY_BYTES')) {
      this.#refuse('TETHER_ERR_TOO_LARGE', 'BROWSER_EARLY_BYTES')
      return true
    }
    if (this.#earlyFrames > limit('BROWSER_EARLY_FRAMES')) {
      this.#refuse('TETHER_ERR_LIMIT', 'BROWSER_EARLY_FRAMES')
      return true
    }
    return false
  }

  waitForPhone(): void {
    const { number } = this.opening!
    this.#pace.waitForPhone(() => this.#services.relay.isPhoneFull(number))
  }

  #lookWhetherIdle(inMs: number): void {
    this.#idleTimer = this.#context.clock.after(inMs, () => {
      const silentSince = Math.max(this.heardAt, this.#pace.readSince)
      const leftMs = silentSince + limit('BROWSER_IDLE_MS') - this.#context.clock.now()
      if (leftMs > 0) this.#lookWhetherIdle(leftMs)
      else if (this.#mayBeSilent) this.#lookWhetherIdle(limit('BROWSER_IDLE_MS') / 3)
      else this.#refuse('TETHER_ERR_IDLE', 'BROWSER_IDLE_MS')
    })
  }

  get #mayBeSilent(): boolean {
    // who is not read from cannot be heard
    if (this.#pace.isPaused) return true
    // a client that shows a code may be silent until it is scanned (SIG pings only after Conn)
    return this.opening === null && this.#services.pairing.shows(this.connection)
  }

  asksPhone(tag: string): boolean {
    this.#openRequests ??= new OpenRequests()
    return this.#openRequests.ask(tag, this.#context.clock.now())
  }

  // states

  /** Follows the arrow for `input`; false when there is none. */
  become(input: BrowserInput): boolean {
    const next = step(browserStates, this.#state, input)
    if (next === null) return false
    this.#context.trace?.emit('state', { connection: this.connection, from: this.#state, input, to: next })
    this.#state = next
    this.#initTimer?.cancel()
    this.#initTimer = null
    return true
  }

  // writing, in order

  /** Performs outputs after those already waiting. */
  perform(tag: string, outputs: readonly Output[]): void {
    for (const output of outputs) this.#todo.push({ output, tag })
    if (!this.#waiting) this.#work()
  }

  #work(): void {
    this.#waiting = false
    for (let next = this.#todo.shift(); next && this.#state !== 'closed'; next = this.#todo.shift()) {
      const { output, tag } = next
      if ('answer' in output) this.#sendJson(output.tag ?? tag, output.answer)
      else if ('push' in output) this.#push(output.push)
      else if ('run' in output) output.run()
      else if ('answerThenListen' in output) {
        this.#sendJson(tag, output.answerThenListen)
        this.#answerGap.begin(limit('PAUSE_AFTER_ANSWER_MS'))
      } else if ('pushFirst' in output) {
        this.#pushes = 0
        this.#push(output.pushFirst)
      } else if ('settle' in output) {
        if (this.#answerGap.isOver) continue
        this.#waiting = true
        this.#answerGap.whenOver(() => this.#work())
        return
      } else this.close(output.close, output.reason)
    }
  }

  /** A JSON push, numbered by this connection; only for an open browser, so nothing but Conn takes s1 (spec 5.5). */
  push(body: readonly unknown[]): void {
    if (this.isOpen && !this.#services.relay.isEnding(this)) this.perform('', [{ push: body }])
  }

  #push(body: readonly unknown[]): void {
    this.#pushes += 1
    const messageTag = `s${this.#pushes}`
    const isOut = this.#sendJson(messageTag, body)
    const { trace } = this.#context
    if (!trace || !isOut) return
    for (const message of acknowledgedIds(body))
      trace.emit('ack.out', { connection: this.connection, messageTag, message })
  }

  #sendJson(tag: string, body: unknown): boolean {
    return this.#send(formatTextFrame(tag, body))
  }

  /** Everything but relayed frames goes out here; false when the reader is too slow and was cut off. */
  #send(frame: Frame): boolean {
    if (!this.#services.relay.hasRoom(this.#link.queuedBytes)) {
      this.#context.counters.drop('slowReader')
      this.#refuse('TETHER_ERR_SLOW', 'SEND_QUEUE_BYTES')
      return false
    }
    this.#context.trace?.emit('frame.out', {
      connection: this.connection,
      messageTag: tagOf(frame),
      bytes: frameBytes(frame),
    })
    this.#link.send(frame)
    return true
  }

  // the relayed way

  /** A binary message of the phone; the reason when it was not delivered. */
  relayBinary(message: Uint8Array): DropReason | null {
    return this.#relay(message)
  }

  /** A text answer of the phone (`tag,json`). */
  relayText(message: Uint8Array): DropReason | null {
    const text = Buffer.from(message.buffer, message.byteOffset, message.length).toString('utf8')
    if (!isAnswer(text)) return 'malformed'
    this.#openRequests?.answered(tagOf(text))
    return this.#relay(text)
  }

  #relay(frame: Frame): DropReason | null {
    if (!this.isOpen || this.#services.relay.isEnding(this)) return 'noSuchConnection'
    if (this.#held) {
      const full = this.#held.put(frame, this.#context.clock.now())
      if (full) this.#context.counters.add('limits', full)
      return full ? 'heldFull' : null
    }
    return this.#send(frame) ? null : 'slowReader'
  }

  /** Conn is out: from now on frames are relayed, after the hold of spec 5.6. */
  startRelaying(resumed: boolean): void {
    this.#relays = true
    this.#link.largest?.('BROWSER_FRAME_BYTES', 'SOCKET_CHUNKS')
    this.#connGap.begin(limit('HOLD_AFTER_CONN_MS'))
    this.#connGap.whenOver(() => this.#release())
    this.#services.relay.open(this, resumed)
  }

  #release(): void {
    this.#connGap.cancel()
    const held = this.#held?.takeAll() ?? []
    this.#held = null
    if (this.#services.relay.isEnding(this)) {
      this.#context.counters.drop('noSuchConnection', held.length)
      return
    }
    const { clock, counters } = this.#context
    for (const [at, { frame, since }] of held.entries()) {
      if (!this.#send(frame)) {
        counters.drop('slowReader', held.length - at - 1)
        return
      }
      counters.buckets('relayWaits', 'held').addMs(clock.now() - since)
    }
  }

  /** The phone does not know this opening: both sides count from 0. */
  forgetPhone(): void {
    this.sentToPhone = newRing()
    this.fromPhone = 0
  }

  /** The phone is away: keeps a request until it is back, or drops it with a reason (spec 12: no answer). */
  keepForPhone(message: Frame, since = this.#context.clock.now()): void {
    const full = this.#keptForPhone.put(message, since)
    if (!full) return
    this.#context.counters.drop('awayQueueFull')
    this.#context.counters.add('limits', full)
    this.#context.trace?.emit('drop', { connection: this.connection, reason: 'awayQueueFull' })
  }

  /** The phone is back: hands over what was kept. */
  releaseForPhone(): void {
    for (const { frame, since } of this.#keptForPhone.takeAll())
      this.#services.relay.toPhone(this, frame, since)
  }

  get queuedBytes(): number {
    return this.#link.queuedBytes
  }

  get framesKept(): { readonly away: number; readonly held: number } {
    return { away: this.#keptForPhone.length, held: this.#held?.length ?? 0 }
  }

  // the end

  /** Tells the client why, then closes (spec 8.2, 8.4). Before Conn nothing may be pushed: it would be s1. */
  end(push: readonly unknown[], reason: string): void {
    if (this.#relays) this.#push(push)
    this.close(1000, reason)
  }

  close(code: number, reason: string): void {
    if (this.#state === 'closed') return
    this.#link.close(code, reason)
    this.#closed(reason)
  }

  #refuse(code: ErrorCode, limitName: LimitName): void {
    this.#context.counters.add('limits', limitName)
    this.#note(code, limitName)
    this.close(closeCode(code), code)
  }

  #note(code: ErrorCode, what: string): void {
    this.#context.counters.add('errors', code)
    this.#context.trace?.emit('error', { connection: this.connection, code, what })
    this.#context.log.debug({ connection: this.connection, code, what }, 'browser input refused')
  }

  #closed(reason: string): void {
    if (this.#state === 'closed') return
    this.become('socketClosed')
    for (const timer of [this.#idleTimer, this.#answerGap, this.#connGap, this.#pace]) timer?.cancel()
    this.#context.counters.drop('phoneGone', this.#keptForPhone.length)
    this.#context.counters.drop('noSuchConnection', this.#held?.length ?? 0)
    this.#keptForPhone.takeAll()
    this.#held = null
    this.#todo = []
    this.#services.browserClosed(this, reason)
  }
}

/** What clients survive as text of the phone: `tag,json` or the empty answer `tag,`, with one comma (spec 2.1). */
function isAnswer(text: string): boolean {
  try {
    const frame = parseTextFrame(text)
    if (frame.kind === 'empty') return text === formatTextFrame(frame.tag)
    if (frame.kind !== 'json' || text[frame.tag.length + 1] === ',') return false
    parseFrameJson(frame.json)
    return true
  } catch {
    return false
  }
}

/** The close code of an error's row; for callers that must throw one, 1008 when it names none. */
function closeCode(code: ErrorCode): number {
  const row = new TetherError(code).row
  return row.close ?? 1008
}
