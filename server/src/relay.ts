/**
 * Who is connected, and the hot path between a browser and its phone. LAW: this file never looks behind the message
 * tag of a binary frame; it forwards the bytes as they came, and names a drop reason for everything it does not
 * forward. Never silent towards the phone; towards a browser silence is the protocol (spec 12).
 */
import { utf8 } from 'proto/bytes'
import { tagEnd, tagOf } from 'proto/frame'
import { limit } from 'proto/limits'
import type { Frame } from 'proto/link'
import { RELAY_BINARY, RELAY_HEADER_BYTES, RELAY_TEXT, type RelayHeader } from 'proto/phone-link'
import { AddressSockets } from './address-sockets.ts'
import type { Context } from './context.ts'
import type { AttachedPhone, Browser } from './peers.ts'
import type { Cell } from './counters.ts'
import { messageIn, relayedFrame, type RelayedFrame, sendRelayed } from './relayed-frame.ts'
import type { DropReason } from 'proto/drop-reasons'

const SEND_QUEUE_BYTES = limit('SEND_QUEUE_BYTES')
const PHONE_QUEUE_BYTES = limit('PHONE_QUEUE_BYTES')
const MAIL_QUEUE_BYTES = limit('MAIL_QUEUE_BYTES')

export class Relay {
  readonly #context: Context
  readonly #traffic: Readonly<Record<'toPhone' | 'toBrowser', { frames: Cell; bytes: Cell }>>
  /** Every browser connection, by its number. */
  readonly browsers = new Map<number, Browser>()
  /** Those that no phone stands behind, by their addresses. */
  readonly unpairedOf: AddressSockets
  /** The attached phone of each number. */
  readonly phones = new Map<string, AttachedPhone>()
  /** Every link of a phone, attached or not. */
  readonly phoneLinks = new Set<AttachedPhone>()
  /** Logins whose end is on its way to the disk: from before the commit on nothing of theirs is delivered (research S7). */
  readonly ending = new Set<string>()
  /** The one open browser of each phone number (spec 8.4). */
  readonly #open = new Map<string, Browser>()
  #connections = 0

  constructor(context: Context) {
    this.#context = context
    this.unpairedOf = new AddressSockets(context.config.addressSockets)
    const traffic = (leg: 'browserToPhone' | 'phoneToBrowser'): { frames: Cell; bytes: Cell } => ({
      frames: context.counters.cell('frames', leg),
      bytes: context.counters.cell('bytes', leg),
    })
    this.#traffic = { toPhone: traffic('browserToPhone'), toBrowser: traffic('phoneToBrowser') }
  }

  nextConnection(): number {
    this.#connections = this.#connections === 0xffff_ffff ? 1 : this.#connections + 1
    return this.#connections
  }

  browserOpened(browser: Browser): void {
    this.browsers.set(browser.connection, browser)
    this.unpairedOf.joined(browser.connection, browser.facts.address)
  }

  /** Connections that no phone stands behind: waiting to be paired or logging in. */
  get unpaired(): number {
    return this.browsers.size - this.#open.size
  }

  /** Links that have not proved a number. */
  get unattached(): number {
    return this.phoneLinks.size - this.phones.size
  }

  openBrowser(number: string): Browser | undefined {
    return this.#open.get(number)
  }

  /** A browser's Conn is out: it takes the place of any other browser of this phone, and the phone is told. */
  open(browser: Browser, resumed: boolean): void {
    const number = browser.opening!.number
    this.#open.set(number, browser)
    this.unpairedOf.paired(browser.connection)
    const phone = this.phones.get(number)
    if (phone) this.announce(browser, phone, resumed)
    else browser.become('phoneLost')
  }

  /** Tells a phone of an open browser: when the browser opens, and again when the phone attaches. */
  announce(browser: Browser, phone: AttachedPhone, resumed = true): void {
    const { login, epoch } = browser.opening!
    const { connection, fromPhone: received } = browser
    phone.send({ type: 'browser', connection, epoch, login, resumed, received })
  }

  /** A phone attached anew: its open browser is announced, and requests wait until the phone says where to go on. */
  announceAgain(phone: AttachedPhone): void {
    const browser = this.#open.get(phone.number)
    if (!browser) return
    browser.become('phoneBack')
    browser.awaitsResume = true
    this.announce(browser, phone)
  }

  /** What was lost with the old link goes out again, then what waited (proto/phone-link `resume`). */
  resume(phone: AttachedPhone, connection: number, epoch: number, received: number | null): void {
    const browser = this.browsers.get(connection)
    if (browser?.opening?.number !== phone.number || browser.opening.epoch !== epoch) return
    if (!browser.awaitsResume) return
    browser.awaitsResume = false
    if (received === null) browser.forgetPhone()
    else {
      const lost = browser.sentToPhone.since(received)
      if (lost === null) this.#dropped(phone, connection, 'linkGap')
      for (const frame of lost ?? []) this.#hand(phone, browser, frame)
    }
    browser.releaseForPhone()
  }

  /**
   * Ends the browser that is open for the phone of `winner` (spec 8.4). False when `winner` has lost itself: its login
   * was opened again later, and only the newest opening may have an effect (research S4).
   */
  takeOver(winner: Browser): boolean {
    const { login, number, epoch } = winner.opening!
    const old = this.#open.get(number)
    if (!old || old === winner) return true
    if (old.opening?.login === login && old.opening.epoch > epoch) return false
    old.end(['Cmd', { type: 'disconnect', kind: 'replaced' }], 'replaced')
    return true
  }

  browserClosed(browser: Browser, reason: string): void {
    this.browsers.delete(browser.connection)
    this.unpairedOf.left(browser.connection)
    const opening = browser.opening
    if (!opening) return
    if (this.#open.get(opening.number) === browser) this.#open.delete(opening.number)
    this.phones.get(opening.number)?.send({ type: 'browserGone', connection: browser.connection, reason })
  }

  isEnding({ opening }: Browser): boolean {
    return this.ending.size > 0 && opening !== null && this.ending.has(opening.login)
  }

  /**
   * browser -> phone: one message, untouched behind a fixed header; JSON that only the phone answers as text. `keptSince`:
   * it waits here since then.
   */
  toPhone(browser: Browser, message: Frame, keptSince?: number): void {
    const { number, epoch } = browser.opening!
    const phone = this.phones.get(number)
    if (this.isEnding(browser)) {
      this.#context.counters.drop('noSuchConnection')
      return
    }
    if (!phone || browser.awaitsResume) {
      browser.keepForPhone(message, keptSince)
      return
    }
    const isText = typeof message === 'string'
    const bytes = isText ? utf8(message) : message
    this.#traffic.toPhone.frames.value += 1
    this.#traffic.toPhone.bytes.value += bytes.length
    this.#context.crash?.at('relay.forwarding')
    const kind = isText ? RELAY_TEXT : RELAY_BINARY
    const { connection, fromPhone: heard } = browser
    const frame = relayedFrame({ kind, connection, epoch, heard }, bytes)
    browser.sentToPhone.push(frame, RELAY_HEADER_BYTES + bytes.length)
    const isOut = this.#hand(phone, browser, frame)
    if (phone.queuedBytes > PHONE_QUEUE_BYTES) browser.waitForPhone()
    if (!isOut || keptSince === undefined) return
    const { clock, counters } = this.#context
    counters.buckets('relayWaits', 'away').addMs(clock.now() - keptSince)
  }

  /** A relay frame, new or again; the log tells of it when it is out. */
  #hand(phone: AttachedPhone, { connection }: Browser, frame: RelayedFrame): boolean {
    if (!sendRelayed(phone, frame)) return false
    const { trace } = this.#context
    if (!trace) return true
    const message = messageIn(frame)
    trace.emit('frame.handed', { connection, messageTag: tagOf(message), bytes: message.length })
    return true
  }

  /** Whether the phone of this number has to take something before its browser is read from again. */
  isPhoneFull(number: string): boolean {
    return (this.phones.get(number)?.queuedBytes ?? 0) > PHONE_QUEUE_BYTES
  }

  /** phone -> browser: checks owner and epoch, then what follows the header goes out as one message. */
  toBrowser(phone: AttachedPhone, header: RelayHeader, message: Uint8Array): void {
    const browser = this.browsers.get(header.connection)
    if (!browser?.opening || browser.opening.number !== phone.number) {
      this.#dropped(phone, header.connection, 'noSuchConnection')
      return
    }
    if (browser.opening.epoch !== header.epoch) {
      this.#dropped(phone, header.connection, 'staleEpoch')
      return
    }
    browser.fromPhone += 1
    browser.sentToPhone.confirm(header.heard)
    if (tagEnd(message) < 0) {
      this.#dropped(phone, header.connection, 'malformed')
      return
    }
    this.#traffic.toBrowser.frames.value += 1
    this.#traffic.toBrowser.bytes.value += message.length
    const reason = header.kind === RELAY_TEXT ? browser.relayText(message) : browser.relayBinary(message)
    if (reason) this.#dropped(phone, header.connection, reason)
  }

  /** Whether a link may take more: beyond it the reader is too slow and is cut off. */
  hasRoom(queuedBytes: number): boolean {
    return queuedBytes <= SEND_QUEUE_BYTES
  }

  /** Whether a link may take more of what can wait elsewhere: mail stops long before a reader is cut off. */
  hasRoomForMail(queuedBytes: number): boolean {
    return queuedBytes <= MAIL_QUEUE_BYTES
  }

  #dropped(phone: AttachedPhone, connection: number, reason: DropReason): void {
    const { counters, trace } = this.#context
    counters.drop(reason)
    trace?.emit('drop', { connection, reason })
    phone.send({ type: 'dropped', connection, reason, frames: 1 })
  }
}
