/**
 * The browser connections that are open at the server now, and what is sent to them: answers, pushes and the sealed
 * frames of the sync. While the link is away, the phone dozes or the person has paused a browser, what it must not miss
 * is kept for it; of chats that its consent does not cover it is told nothing.
 */
import { utf8 } from 'proto/bytes'
import { acknowledgedIds } from 'proto/causal-log'
import type { Clock } from 'proto/clock'
import type { Entropy } from 'proto/entropy'
import { formatTextFrame } from 'proto/frame'
import { limit } from 'proto/limits'
import { judgePhoneNode } from 'proto/message-verdict'
import type { Node } from 'proto/node'
import {
  encodeRelayFrame,
  type LinkBody,
  type LinkMessage,
  RELAY_BINARY,
  RELAY_HEADER_BYTES,
  RELAY_TEXT,
  type RelayHeader,
} from 'proto/phone-link'
import { ResendRing } from 'proto/resend-ring'
import { sealFrame } from 'proto/seal'
import type { Trace } from 'proto/trace'
import { decodeWebMessage } from 'proto/web-message'
import type { Companions } from './companions.ts'
import type { PhonesMeters } from './phones-meters.ts'
import type { Uplink } from './uplink.ts'

type Outgoing =
  | { readonly kind: 'node'; readonly tag: string; readonly node: Node; readonly isAnswer: boolean }
  | { readonly kind: 'text'; readonly tag: string; readonly json: unknown }
  | { readonly kind: 'push'; readonly body: readonly unknown[] }

/** What goes over the link for a browser: a relay frame, or a push that the server numbers. */
type Sent = Uint8Array | LinkMessage

export interface Browser {
  readonly connection: number
  readonly epoch: number
  readonly login: string
  /** Numbers the tags of what the phone sends unasked. */
  tags: number
  /** Position of the newest message that its last sync had, or could have had. */
  synced: number
  /** Frames of the server that were handled, and what was sent to it lately (proto/phone-link `resume`). */
  received: number
  readonly sent: ResendRing<Sent>
  /** What waits for the link, or for the end of a pause; null while nothing has to. Too much of it: all is dropped and the next sync is full. */
  backlog: Outgoing[] | 'overflown' | null
  /** Requests of a paused browser, in order. */
  readonly held: Uint8Array[]
}

export interface BrowsersOptions {
  readonly uplink: Pick<Uplink, 'send' | 'sendRelayFrame'>
  readonly companions: () => Companions
  readonly clock: Clock
  readonly entropy: Entropy
  readonly meters: PhonesMeters
  readonly trace?: Trace | undefined
  /** A frame was taken from a browser or sent to one: it costs the phone's battery. */
  readonly relayed?: (() => void) | undefined
}

export class Browsers {
  readonly #options: BrowsersOptions
  readonly #open = new Map<number, Browser>()

  constructor(options: BrowsersOptions) {
    this.#options = options
  }

  isOnline(login: string): boolean {
    return [...this.#open.values()].some((browser) => browser.login === login && browser.backlog === null)
  }

  find(connection: number): Browser | null {
    return this.#open.get(connection) ?? null
  }

  /**
   * A browser is open at the server. `resumes`: it is the one known before the link went away, and now gets what was
   * lost with the link, then what was kept for it; otherwise it is owed an initial sync. The server is told which.
   */
  open({ connection, epoch, login, received }: LinkBody<'browser'>): {
    readonly browser: Browser
    readonly resumes: boolean
  } {
    const known = this.#open.get(connection)
    const { uplink } = this.#options
    if (known?.epoch === epoch && known.login === login && known.backlog !== 'overflown') {
      const lost = known.sent.since(received)
      if (lost !== null) {
        uplink.send({ type: 'resume', connection, epoch, received: known.received })
        for (const sent of lost) this.#transmit(sent)
        this.#flush(known)
        return { browser: known, resumes: true }
      }
    }
    uplink.send({ type: 'resume', connection, epoch, received: null })
    for (const other of [...this.#open.values()])
      if (other.login === login) this.#open.delete(other.connection)
    const sent = new ResendRing<Sent>(limit('RESEND_FRAMES'), limit('RESEND_BYTES'))
    const isPaused = this.#options.companions().isPaused(login)
    // what a paused browser has not been told yet comes as one sync when the pause ends
    const backlog = isPaused ? 'overflown' : null
    const held = known?.login === login ? known.held : []
    const counts = { tags: 0, synced: 0, received: 0 }
    const browser: Browser = { connection, epoch, login, ...counts, sent, backlog, held }
    this.#open.set(connection, browser)
    return { browser, resumes: isPaused }
  }

  /** A relay frame of the server is being handled, or was given up. */
  took({ connection, epoch, heard }: RelayHeader): void {
    const browser = this.#open.get(connection)
    if (browser?.epoch !== epoch) return
    browser.received += 1
    browser.sent.confirm(heard)
    this.#options.meters.add('frames', 'in')
    this.#options.relayed?.()
  }

  /** Keeps a request of a paused browser for the end of the pause; false when there are too many. */
  hold(browser: Browser, frame: Uint8Array): boolean {
    if (browser.held.length >= limit('DOZE_QUEUE_FRAMES')) {
      this.#options.meters.add('limits', 'DOZE_QUEUE_FRAMES')
      return false
    }
    browser.held.push(frame)
    return true
  }

  /** The open connection of a login, or null. */
  ofLogin(login: string): Browser | null {
    return [...this.#open.values()].find((browser) => browser.login === login) ?? null
  }

  /** Gives the login that has gone, if it was known. */
  gone(connection: number): string | null {
    const browser = this.#open.get(connection)
    this.#open.delete(connection)
    return browser?.login ?? null
  }

  goneLogin(login: string): void {
    for (const browser of [...this.#open.values()])
      if (browser.login === login) this.#open.delete(browser.connection)
  }

  /** Keeps what is sent from now on: the link is away, or the phone dozes. */
  suspend(): void {
    for (const browser of this.#open.values()) browser.backlog ??= []
  }

  /** The person paused a browser: what it is told from now on waits. */
  pause(browser: Browser): void {
    browser.backlog ??= []
  }

  /**
   * The phone is there for a browser again: lets out what was kept, unless the person has paused it. Gives what it asked
   * for meanwhile, and whether it is owed a full sync instead.
   */
  letOut(browser: Browser): { readonly isOwed: boolean; readonly held: readonly Uint8Array[] } {
    if (this.#options.companions().isPaused(browser.login)) return { isOwed: false, held: [] }
    const isOwed = browser.backlog === 'overflown'
    this.#flush(browser)
    return { isOwed, held: browser.held.splice(0) }
  }

  /** All that are open at the server. */
  all(): Browser[] {
    return [...this.#open.values()]
  }

  answerNode(browser: Browser, tag: string, node: Node): void {
    this.#send(browser, { kind: 'node', tag, node, isAnswer: true })
  }

  /** JSON under the request's tag, in clear. */
  answerJson(browser: Browser, tag: string, json: unknown): void {
    this.#send(browser, { kind: 'text', tag, json })
  }

  /** Sends a node unasked, with a fresh tag `<prefix><seconds>-<n>`. */
  sendNode(browser: Browser, node: Node, prefix = ''): void {
    const tag = `${prefix}${Math.floor(this.#options.clock.now() / 1000)}-${++browser.tags}`
    this.#send(browser, { kind: 'node', tag, node, isAnswer: false })
  }

  /** To every open browser but one that may know of `chat`; null: it is about no chat. */
  pushNode(node: Node, chat: string | null, except?: Browser): void {
    for (const browser of this.listeners(chat, except)) this.sendNode(browser, node)
  }

  /** A JSON push, which the server numbers. */
  pushJson(body: readonly unknown[], chat: string | null, except?: Browser): void {
    for (const browser of this.listeners(chat, except)) this.sendJson(browser, body)
  }

  /** Open browsers that may know of `chat`, but one. */
  listeners(chat: string | null, except?: Browser): Browser[] {
    const companions = this.#options.companions()
    return [...this.#open.values()].filter(
      (browser) => browser !== except && companions.mayHear(browser.login, chat),
    )
  }

  /** A JSON push to one browser. */
  sendJson(browser: Browser, body: readonly unknown[]): void {
    this.#send(browser, { kind: 'push', body })
  }

  #flush(browser: Browser): void {
    if (this.#options.companions().isPaused(browser.login)) return
    const kept = browser.backlog
    browser.backlog = null
    if (Array.isArray(kept)) for (const outgoing of kept) this.#send(browser, outgoing)
  }

  #send(browser: Browser, outgoing: Outgoing): void {
    if (this.#open.get(browser.connection) !== browser) return // it has gone meanwhile
    if (browser.backlog !== null) {
      this.#keep(browser, outgoing)
      return
    }
    const { connection, epoch, received: heard } = browser
    const { trace, companions, meters } = this.#options
    if (!companions().findLive(browser.login)) {
      meters.drop('noConsent')
      trace?.emit('drop', { connection, reason: 'noConsent' })
      return
    }
    switch (outgoing.kind) {
      case 'push':
        this.#post(browser, { type: 'push', connection, body: [...outgoing.body] })
        break
      case 'text': {
        const message = utf8(formatTextFrame(outgoing.tag, outgoing.json))
        this.#post(browser, encodeRelayFrame({ kind: RELAY_TEXT, connection, epoch, heard }, message))
        break
      }
      case 'node': {
        const { tag, node } = outgoing
        const iv = this.#options.entropy.bytes(16)
        const sealed = companions().useKeys(browser.login, (keys) => sealFrame({ ...keys, tag, node, iv }))
        // the server would end the link for it
        if (sealed && sealed.length > limit('PHONE_FRAME_BYTES') - RELAY_HEADER_BYTES) {
          meters.drop('tooLarge')
          meters.add('limits', 'PHONE_FRAME_BYTES')
          trace?.emit('drop', { connection, messageTag: tag, reason: 'tooLarge' })
          if (outgoing.isAnswer) this.answerJson(browser, tag, { status: 413 }) // silence would be waited for
          return
        }
        if (sealed)
          this.#post(browser, encodeRelayFrame({ kind: RELAY_BINARY, connection, epoch, heard }, sealed))
      }
    }
    if (outgoing.kind === 'push') {
      if (trace)
        for (const message of acknowledgedIds(outgoing.body)) trace.emit('ack.out', { connection, message })
      return
    }
    trace?.emit('frame.out', {
      connection,
      messageTag: outgoing.tag,
      form: outgoing.kind,
      message: outgoing.kind === 'node' ? onlyMessageId(outgoing.node) : undefined,
    })
    if (outgoing.kind === 'node' && !outgoing.isAnswer)
      trace?.emit('told', { connection, messageTag: outgoing.tag, ...judgePhoneNode(outgoing.node) })
  }

  #post(browser: Browser, sent: Sent): void {
    this.#options.meters.add('frames', 'out')
    browser.sent.push(sent, sent instanceof Uint8Array ? sent.length : JSON.stringify(sent).length)
    this.#transmit(sent)
    this.#options.relayed?.()
  }

  #transmit(sent: Sent): void {
    const { uplink } = this.#options
    if (sent instanceof Uint8Array) uplink.sendRelayFrame(sent)
    else uplink.send(sent)
  }

  #keep(browser: Browser, outgoing: Outgoing): void {
    if (!Array.isArray(browser.backlog)) return
    browser.backlog.push(outgoing)
    if (browser.backlog.length <= limit('BROWSER_BACKLOG')) return
    this.#options.meters.add('limits', 'BROWSER_BACKLOG')
    browser.backlog = 'overflown'
  }
}

/** The id of the message that a node is about; of a history with many, none. */
function onlyMessageId({ content }: Node): string | undefined {
  if (!Array.isArray(content) || content.length !== 1) return undefined
  const [{ tag, content: info }] = content
  return tag === 'message' && info instanceof Uint8Array ? decodeWebMessage(info).key.id : undefined
}
