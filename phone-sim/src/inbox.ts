/**
 * Mail from other phones. Everything that a mail changes is one transaction: message, Signal session, used prekey,
 * receipt and watermark; only then the server may delete it. So a mail that comes twice is shown once, and a crash
 * at any instant loses nothing (research: reliability 2.2, 2.3). A mail that cannot be read becomes a placeholder and
 * is taken all the same: it never comes back for ever.
 */
import { parseBase64 } from 'proto/base64'
import type { Clock, Timer } from 'proto/clock'
import type { Crash } from 'proto/crash-points'
import { codeOf, type ErrorCode, errors } from 'proto/errors'
import { parseGroupNotice } from 'proto/group'
import { limit } from 'proto/limits'
import type { LinkBody } from 'proto/phone-link'
import type { Trace } from 'proto/trace'
import { numberOf, personJid } from './addresses.ts'
import type { Arrivals } from './arrivals.ts'
import type { Audit } from './audit.ts'
import type { Chats } from './chats.ts'
import type { Groups } from './groups.ts'
import type { Keychain } from './keychain.ts'
import type { PeerKeys } from './peer-keys.ts'
import type { PhonesMeters } from './phones-meters.ts'
import { parseReceipt } from './receipt-mail.ts'
import type { Receipts } from './receipts.ts'
import { identityOf } from './signal-envelope.ts'
import type { Signal } from './signal-port.ts'
import type { HeldMail, MessageRow, PhoneStore } from './store.ts'
import type { Uplink } from './uplink.ts'

export interface InboxOptions {
  readonly store: PhoneStore
  readonly chats: Chats
  readonly keychain: Keychain
  readonly signal: Signal
  readonly receipts: Receipts
  readonly arrivals: Arrivals
  readonly groups: Pick<Groups, 'take' | 'read'>
  readonly peerKeys: PeerKeys
  readonly uplink: Pick<Uplink, 'send' | 'restart'>
  readonly clock: Clock
  readonly audit: Audit
  readonly meters: PhonesMeters
  readonly trace?: Trace | undefined
  readonly crash?: Crash | undefined
  /** A message came that cannot be read; called in the transaction. */
  readonly arrived: (row: MessageRow) => void
  /** Runs a task in the phone's queue. */
  readonly inQueue: (task: () => Promise<void>) => void
  /** A one-time prekey was used up. */
  readonly prekeyUsed: () => void
}

const WATERMARK = 'taken'
/** `seq tries` of the mail that a link began with, and that was begun before by earlier links. */
const TRYING = 'trying'
const RETRY_MS = 60_000 // SIGNAL_FAILURES counts per minute
/** How long mail that came too early waits for the one before it; late frames are late by far less. */
const GAP_MS = 1_000

export class Inbox {
  readonly #options: InboxOptions
  readonly #retries = new Map<string, Timer>()
  /** Mail that came before the one it has to follow, by seq. */
  readonly #early = new Map<number, LinkBody<'delivery'>>()
  #gap: Timer | null = null
  /** Nothing was taken on this link yet. */
  #isFresh = true
  /** The first mail behind a gap on an earlier link: when it is first again, the server has none of those between. */
  #behindGap = 0

  constructor(options: InboxOptions) {
    this.#options = options
  }

  /** A new link: the server starts again behind the watermark, and what is held may be from before a restart. */
  attached(): void {
    this.#forgetEarly()
    this.#isFresh = true
    for (const number of this.#options.store.inbox.heldSenders()) this.#retryLater(number)
  }

  /** Mail that came before the one it has to follow. */
  get early(): number {
    return this.#early.size
  }

  /** Handles one delivery, in the order of seq; runs in the phone's queue. Rejects only when the store does. */
  async deliver(delivery: LinkBody<'delivery'>): Promise<void> {
    // Not above the watermark: it was taken and comes again, or the server counts from an older state again.
    if (delivery.seq <= this.watermark()) {
      await this.#take(delivery)
      return
    }
    this.#early.set(delivery.seq, delivery)
    await this.#takeInOrder()
  }

  async #takeInOrder(): Promise<void> {
    for (;;) {
      const next = this.#early.get(this.watermark() + 1)
      if (!next) break
      await this.#take(next)
      this.#early.delete(next.seq)
    }
    this.#gap?.cancel()
    this.#gap = null
    if (this.#early.size === 0) return
    this.#gap = this.#options.clock.after(GAP_MS, () => this.#options.inQueue(() => this.#closeGap()))
  }

  /**
   * Mail is missing in front of what is here. Taking that would tell the server to delete the missing one, so the
   * link starts again; what is still missing then has expired at the server.
   */
  async #closeGap(): Promise<void> {
    if (this.#early.size === 0) return
    const { audit, uplink, store } = this.#options
    const first = Math.min(...this.#early.keys())
    if (first > this.watermark() + 1 && first !== this.#behindGap) {
      audit.record('mail.gap', { expected: this.watermark() + 1, seq: first })
      this.#behindGap = first
      this.#forgetEarly()
      uplink.restart('a gap in the mailbox')
      return
    }
    store.facts.put(WATERMARK, String(first - 1))
    await this.#takeInOrder()
  }

  #forgetEarly(): void {
    this.#early.clear()
    this.#gap?.cancel()
    this.#gap = null
  }

  /** Takes the mail that follows the last one, or one that may have been taken before. */
  async #take(delivery: LinkBody<'delivery'>): Promise<void> {
    const { store, uplink, trace, clock, crash, meters } = this.#options
    crash?.at('delivery.received')
    const { seq, from, mail, kind, at } = delivery
    const pass = () => {
      if (seq > this.watermark()) store.facts.put(WATERMARK, String(seq))
    }
    const take = () => {
      store.inbox.add(from, mail, clock.now())
      pass()
    }
    const isKnown = store.inbox.knows(from, mail)
    if (isKnown) pass()
    else if (this.#isPoison(seq)) this.#park(delivery, take)
    else await this.#work(delivery, take)
    meters.add('mails', isKnown ? 'known' : 'taken')
    if (!isKnown) meters.buckets('mailLag', '').addMs(clock.now() - at)
    crash?.at('delivery.committed')
    this.#isFresh = false
    trace?.emit('mail.taken', { mail, seq, kind, from })
    uplink.send({ type: 'taken', seq })
    await this.#options.groups.read(this.watermark())
  }

  async #work({ from, mail, kind, body, at }: LinkBody<'delivery'>, take: () => void): Promise<void> {
    try {
      if (kind === 'receipt') this.#takeReceipt(personJid(from), mail, parseBase64(body), take)
      else if (kind === 'notice') this.#takeNotice(parseBase64(body), take)
      else await this.#openInOrder({ from, mail, kind, body: parseBase64(body), at }, take)
    } catch (error) {
      // it is not to blame for a full disk; when not even this can be written, nothing was counted either
      if (codeOf(error).startsWith('TETHER_ERR_STORE')) this.#options.store.facts.remove(TRYING)
      throw error
    }
  }

  /**
   * Has this mail ended MAIL_POISON_TRIES links, or the whole program as often? What fails comes first on the next link,
   * so only the first mail of a link is counted, before it is touched.
   */
  #isPoison(seq: number): boolean {
    if (!this.#isFresh) return false
    const { facts } = this.#options.store
    const [before, tries] = (facts.find(TRYING) ?? '0 0').split(' ').map(Number)
    const begun = before === seq ? tries : 0
    if (begun >= limit('MAIL_POISON_TRIES')) return true
    facts.put(TRYING, `${seq} ${begun + 1}`)
    return false
  }

  /** Sets a mail aside that this phone cannot work on, and goes on with what follows it. Nothing of it is lost. */
  #park({ from, mail, kind, body, at }: LinkBody<'delivery'>, take: () => void): void {
    const { store, chats, audit, arrived, meters } = this.#options
    const jid = personJid(from)
    const isMessage = kind === 'prekey' || kind === 'whisper'
    const isKnown = chats.find({ chat: jid, fromMe: false, id: mail }) !== null
    store.transaction(() => {
      take()
      store.inbox.park({ from, mail, kind, body: parseBase64(body), at })
      if (isMessage && !isKnown && !chats.isBlocked(jid)) arrived(chats.addUndecryptable(jid, mail, at))
      audit.record('mail.parked', { from, mail, kind, tries: limit('MAIL_POISON_TRIES') })
    })
    meters.add('mails', 'parked')
    meters.add('limits', 'MAIL_POISON_TRIES')
  }

  /** Tries the held mail of a sender again; runs in the phone's queue. */
  async retry(number: string): Promise<void> {
    for (const held of this.#options.store.inbox.held(number)) {
      const code = await this.#open(held, () => this.#options.store.inbox.release(number, held.mail), true)
      if (code !== 'TETHER_ERR_LIMIT') continue
      this.#retryLater(number)
      return // what follows it must not come first
    }
  }

  /** Trusts the new identity of a contact and opens what was held because of it. */
  async acceptIdentity(jid: string): Promise<void> {
    const { store, peerKeys } = this.#options
    const number = numberOf(jid)
    const first = store.inbox.held(number).find(({ kind }) => kind === 'prekey')
    peerKeys.accept(jid, first ? identityOf(first.body) : await peerKeys.fetch(jid))
    await this.retry(number)
  }

  /** Forgets ids of mail that the server cannot have any more. */
  prune(): void {
    this.#options.store.inbox.prune(this.#options.clock.now() - 2 * limit('MAILBOX_LIFE_MS'))
  }

  stop(): void {
    this.#gap?.cancel()
    for (const timer of this.#retries.values()) timer.cancel()
  }

  /** Everything up to this place of the mailbox is in the store. */
  watermark(): number {
    return Number(this.#options.store.facts.find(WATERMARK) ?? '0')
  }

  #takeReceipt(jid: string, mail: string, body: Uint8Array, take: () => void): void {
    const { store, receipts, trace, audit } = this.#options
    store.transaction(() => {
      take()
      try {
        const receipt = parseReceipt(body)
        store.afterCommit(() => {
          for (const message of receipt.ids)
            trace?.emit('receipt.stored', { message, mail, kind: receipt.level })
        })
        receipts.receive(jid, receipt)
      } catch (error) {
        if (codeOf(error) !== 'TETHER_ERR_BODY' && codeOf(error) !== 'TETHER_ERR_NODE_TEXT') throw error
        audit.record('receipt.malformed', { jid })
      }
    })
  }

  #takeNotice(body: Uint8Array, take: () => void): void {
    const { store, groups, audit } = this.#options
    store.transaction(() => {
      take()
      try {
        groups.take(parseGroupNotice(body))
      } catch (error) {
        if (codeOf(error) !== 'TETHER_ERR_BODY') throw error
        audit.record('notice.malformed')
      }
    })
  }

  /** Opens a mail after those of its sender that are held for a time only. */
  async #openInOrder(mail: HeldMail, done: () => void): Promise<void> {
    if (this.#retries.has(mail.from)) await this.retry(mail.from)
    await this.#open(mail, done, false)
  }

  /**
   * Decrypts a mail and commits what it means together with `done`; gives the code when it stays held. What a blocked
   * person writes is decrypted too, or the session would be lost, and then forgotten.
   */
  async #open(mail: HeldMail, done: () => void, isHeld: boolean): Promise<ErrorCode | null> {
    const { store, arrivals, signal, keychain, peerKeys, prekeyUsed, trace, crash } = this.#options
    const begins = mail.kind === 'prekey' && !signal.hasSession(mail.from)
    let usedPrekey = false
    try {
      await signal.decrypt(mail.from, mail.kind, mail.body, ({ plaintext, changes }) => {
        const envelope = { from: personJid(mail.from), mail: mail.mail, at: mail.at }
        const info = arrivals.read(plaintext, envelope)
        crash?.at('delivery.opened')
        store.transaction(() => {
          done()
          store.afterCommit(() => trace?.emit('message.stored', { message: info.key.id, mail: mail.mail }))
          keychain.apply(changes)
          if (begins && changes.usedPrekey === undefined) peerKeys.weak(envelope.from, 'firstMessage')
          arrivals.store(info, envelope)
        })
        usedPrekey = changes.usedPrekey !== undefined
      })
    } catch (error) {
      return this.#refuse(mail, error, done, isHeld)
    }
    if (usedPrekey) prekeyUsed()
    return null
  }

  #refuse(mail: HeldMail, error: unknown, done: () => void, isHeld: boolean): ErrorCode | null {
    const { store, chats, audit, peerKeys, arrived, meters } = this.#options
    const jid = personJid(mail.from)
    const code = codeOf(error)
    const isBlocked = chats.isBlocked(jid)
    const holds = !isBlocked && (code === 'TETHER_ERR_IDENTITY_CHANGED' || code === 'TETHER_ERR_LIMIT')
    // bad mail is taken and shown as unreadable; when the store fails, the mail is not taken
    if (!holds && errors[code].fault !== 'remote') throw error
    const isKnown = chats.find({ chat: jid, fromMe: false, id: mail.mail }) !== null
    meters.add('signalFailures', code)
    if (holds && isHeld && (isKnown || code === 'TETHER_ERR_LIMIT')) return code
    store.transaction(() => {
      done()
      if (holds) store.inbox.hold(mail)
      if (code !== 'TETHER_ERR_LIMIT' && !isKnown && !isBlocked)
        arrived(chats.addUndecryptable(jid, mail.mail, mail.at))
      audit.record('mail.unreadable', { from: mail.from, mail: mail.mail, code })
    })
    meters.add('mails', holds ? 'held' : 'unreadable')
    if (holds && code === 'TETHER_ERR_IDENTITY_CHANGED' && !isKnown) peerKeys.changed(jid)
    if (holds && code === 'TETHER_ERR_LIMIT') this.#retryLater(mail.from)
    return holds ? code : null
  }

  #retryLater(number: string): void {
    if (this.#retries.has(number)) return
    const timer = this.#options.clock.after(RETRY_MS, () => {
      this.#retries.delete(number)
      this.#options.inQueue(() => this.retry(number))
    })
    this.#retries.set(number, timer)
  }
}
