/**
 * The browser connections that are open at the server now, and what is sent to them: answers, pushes and the sealed
 * frames of the sync. While the link is away or the phone dozes, what a browser must not miss is kept for it.
 */
import { utf8 } from 'proto/bytes'
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
import type { Companions } from './companions.ts'
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
  /** Frames of the server that were handled, and what was sent to it lately (proto/phone-link `resume`). */
  received: number
  readonly sent: ResendRing<Sent>
  /** What waits for the link; null while it is there. Too much of it: all is dropped and the next sync is full. */
  backlog: Outgoing[] | 'overflown' | null
}

export interface BrowsersOptions {
  readonly uplink: Pick<Uplink, 'send' | 'sendRelayFrame'>
  readonly companions: () => Companions
  readonly clock: Clock
  readonly entropy: Entropy
  readonly trace?: Trace | undefined
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
    const browser = { connection, epoch, login, tags: 0, received: 0, sent, backlog: null }
    this.#open.set(connection, browser)
    return { browser, resumes: false }
  }

  /** A relay frame of the server is being handled, or was given up. */
  took({ connection, epoch }: RelayHeader): void {
    const browser = this.#open.get(connection)
    if (browser?.epoch === epoch) browser.received += 1
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

  /** The phone is awake again on the same link. Gives the browsers that are owed a full sync instead. */
  resume(): Browser[] {
    const owed: Browser[] = []
    for (const browser of this.#open.values()) {
      if (browser.backlog === 'overflown') owed.push(browser)
      this.#flush(browser)
    }
    return owed
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

  /** To every open browser but one. */
  pushNode(node: Node, except?: Browser): void {
    for (const browser of this.#open.values()) if (browser !== except) this.sendNode(browser, node)
  }

  /** A JSON push, which the server numbers. */
  pushJson(body: readonly unknown[], except?: Browser): void {
    for (const browser of this.#open.values()) if (browser !== except) this.sendJson(browser, body)
  }

  /** A JSON push to one browser. */
  sendJson(browser: Browser, body: readonly unknown[]): void {
    this.#send(browser, { kind: 'push', body })
  }

  #flush(browser: Browser): void {
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
    const { connection, epoch } = browser
    const { trace, companions } = this.#options
    if (!companions().findLive(browser.login)) {
      trace?.emit('drop', { connection, reason: 'noConsent' })
      return
    }
    switch (outgoing.kind) {
      case 'push':
        this.#post(browser, { type: 'push', connection, body: [...outgoing.body] })
        break
      case 'text': {
        const message = utf8(formatTextFrame(outgoing.tag, outgoing.json))
        this.#post(browser, encodeRelayFrame({ kind: RELAY_TEXT, connection, epoch }, message))
        break
      }
      case 'node': {
        const { tag, node } = outgoing
        const iv = this.#options.entropy.bytes(16)
        const sealed = companions().useKeys(browser.login, (keys) => sealFrame({ ...keys, tag, node, iv }))
        // the server would end the link for it
        if (sealed && sealed.length > limit('PHONE_FRAME_BYTES') - RELAY_HEADER_BYTES) {
          trace?.emit('drop', { connection, messageTag: tag, reason: 'tooLarge' })
          if (outgoing.isAnswer) this.answerJson(browser, tag, { status: 413 }) // silence would be waited for
          return
        }
        if (sealed) this.#post(browser, encodeRelayFrame({ kind: RELAY_BINARY, connection, epoch }, sealed))
      }
    }
    if (outgoing.kind === 'push') return
    trace?.emit('frame.out', { connection, messageTag: outgoing.tag, form: outgoing.kind })
    if (outgoing.kind === 'node' && !outgoing.isAnswer)
      trace?.emit('told', { connection, messageTag: outgoing.tag, ...judgePhoneNode(outgoing.node) })
  }

  #post(browser: Browser, sent: Sent): void {
    browser.sent.push(sent, sent instanceof Uint8Array ? sent.length : JSON.stringify(sent).length)
    this.#transmit(sent)
  }

  #transmit(sent: Sent): void {
    const { uplink } = this.#options
    if (sent instanceof Uint8Array) uplink.sendRelayFrame(sent)
    else uplink.send(sent)
  }

  #keep(browser: Browser, outgoing: Outgoing): void {
    if (!Array.isArray(browser.backlog)) return
    browser.backlog.push(outgoing)
    if (browser.backlog.length > limit('BROWSER_BACKLOG')) browser.backlog = 'overflown'
  }
}
